// rsync that talks to a host: in a sandbox where there is one, else as it is.
import type { Origin } from "./rsync-args.ts";
import { type Sandbox, startSandboxed, TELLING_SHELL, viewsIn } from "./sandbox.ts";
import { BRIDGE, inSandbox, type View } from "./sandbox-args.ts";
import { type StartRsync, unprotected } from "./transfer.ts";

/** What rsync's words are made from, where it runs. */
export interface Standpoint {
  readonly origin: Origin;
  /** A folder of this server, or what lies below it, as it is called there. */
  readonly place: (path: string) => string;
  readonly isSandboxed: boolean;
}

/**
 * How rsync is started with these words. In a sandbox it sees `views` and nothing else; ssh stays outside, with just the command
 * for which rsync, asked out here with the same words, would have asked.
 */
export function rsyncStarter(
  sandbox: Sandbox | null,
  origin: Origin,
  views: readonly View[],
  wordsFrom: (standpoint: Standpoint) => string[],
): StartRsync {
  if (sandbox === null || origin.transport === "local")
    return unprotected(wordsFrom({ origin, place: (path) => path, isSandboxed: false }));
  const shown = viewsIn(sandbox, views);
  const place = (path: string): string => inSandbox(shown, path);
  const wordsWith = (remoteShell: readonly string[]): string[] =>
    wordsFrom({ origin: { ...origin, remoteShell }, place, isSandboxed: true });
  const outside = { remoteShell: origin.remoteShell, asking: wordsWith(TELLING_SHELL) };
  const program = { sandbox, views: shown, argv: wordsWith(BRIDGE) };
  return (options) => startSandboxed(program, outside, options);
}
