// One step of receiving in a sandbox, and several of them as one transfer.

import { joinTallies } from "../domain/complaint-tally.ts";
import { pathBytes } from "../domain/path-text.ts";
import { type Origin, type RsyncAbilities, sourceList } from "../system/rsync-args.ts";
import { askForCommand, type Sandbox, startSandboxed, TELLING_SHELL } from "../system/sandbox.ts";
import { BRIDGE, inSandbox, type View } from "../system/sandbox-args.ts";
import { type Names, runTransfer, type TransferHooks, type TransferResult } from "../system/transfer.ts";
import type { Reception } from "./reception.ts";

export type SshOrigin = Extract<Origin, { transport: "ssh" }>;

export interface SandboxedReception extends Reception {
  readonly origin: SshOrigin;
  readonly rsync: RsyncAbilities;
  readonly sandbox: Sandbox;
}

/** Whether rsync came to its end, perhaps with complaints. */
export const isWhole = ({ exitCode, stalled }: TransferResult, { stop }: TransferHooks): boolean =>
  !stop.aborted && !stalled && (exitCode === 0 || exitCode === 23 || exitCode === 24);

export const sourceNames = ({ settings }: Reception): Buffer => sourceList(settings.sources.map(pathBytes));

/** Where rsync may write, and what it may read: the base, and what earlier attempts got. */
export function viewsFor({ workplace, base, leftovers }: Reception): View[] {
  const readOnly = [...(base === null ? [] : [base]), ...leftovers.linked];
  return [
    { folder: workplace.received, at: "/h", isWritable: true },
    ...readOnly.map((folder, at) => ({ folder, at: `/r${at}` as const, isWritable: false })),
  ];
}

/** Runs rsync inside. `argsFor` gets what to take for the remote shell, and the words for places. */
export async function step(
  { origin, sandbox }: SandboxedReception,
  views: readonly View[],
  argsFor: (origin: SshOrigin, place: (path: string) => string) => string[],
  names: Names,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const argsWith = (remoteShell: readonly string[]): string[] =>
    argsFor({ ...origin, remoteShell }, (path) => inSandbox(views, path));
  const outside = [...origin.remoteShell, ...(await askForCommand(argsWith(TELLING_SHELL)))];
  const sandboxed = { sandbox, views, argv: argsWith(BRIDGE) };
  return runTransfer((options) => startSandboxed(sandboxed, outside, options), names, hooks);
}

/** Steps as one transfer: what there is by the first, what came by all. */
export function joined(steps: readonly TransferResult[]): TransferResult {
  const [first, ...more] = steps as [TransferResult, ...TransferResult[]];
  const last = steps.at(-1) as TransferResult;
  const sum = (of: (result: TransferResult) => number): number =>
    steps.reduce((total, result) => total + of(result), 0);
  const added = (of: (result: TransferResult) => number): number =>
    more.reduce((total, result) => total + of(result), 0);
  return {
    exitCode: last.exitCode === 0 ? first.exitCode : last.exitCode,
    signal: last.signal,
    stalled: last.stalled,
    lastWords: steps
      .map(({ lastWords }) => lastWords)
      .filter((words) => words !== "")
      .join("\n"),
    complaints: steps.map(({ complaints }) => complaints).reduce((a, b) => joinTallies(a, b)),
    stats: {
      ...first.stats,
      newFiles: added(({ stats }) => stats.newFiles),
      newBytes: added(({ stats }) => stats.newBytes),
      copiedInsteadOfLinked: added(({ stats }) => stats.copiedInsteadOfLinked),
      sentBytes: sum(({ stats }) => stats.sentBytes),
      receivedBytes: sum(({ stats }) => stats.receivedBytes),
      durationMs: sum(({ stats }) => stats.durationMs),
    },
  };
}
