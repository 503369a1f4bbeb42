// One pass of a restore: rsync from start to end, as for a backup, with each entry counted.
import { countItem, type RestoreTally } from "../domain/restore-tally.ts";
import type { Progress } from "../domain/run.ts";
import { nameList, type RestoreRequest, restoreArgs } from "./restore-args.ts";
import type { RunLog } from "./run-log.ts";
import { type Sandbox, startAlone } from "./sandbox.ts";
import type { View } from "./sandbox-args.ts";
import { rsyncStarter } from "./sandboxed-rsync.ts";
import { runTransfer, type StartRsync, type TransferResult, unprotected } from "./transfer.ts";

export interface RestoreHooks {
  readonly onProgress: (progress: Progress) => void;
  readonly stop: AbortSignal;
  readonly stallTimeoutMs: number;
  /** Null: what a look finds is not worth keeping. */
  readonly log: RunLog | null;
  /** A file of ours for rsync's raw output. */
  readonly outputFile: string;
  /** Whether a difference is not to be counted, by rsync's eleven characters. */
  readonly passOver?: (code: string) => boolean;
  /** In what rsync runs. A folder of this server has to be there. Null or left out: rsync sees all of this server. */
  readonly box?: RestoreBox | null;
}

export interface RestoreBox {
  readonly sandbox: Sandbox;
  /** The rsync in it knows `--insecure-links`. */
  readonly insecureLinks: boolean;
}

export interface RestorePassResult extends TransferResult {
  /** rsync's words about what stands in the way. */
  readonly blocked: readonly string[];
}

/** What rsync says of a name before which something stands that it will not delete; it gives no reason that has a number. */
const BLOCKED = /^! (could not make way for .*)/;
const BLOCKED_MAX = 100;

/** Counts into `tally`. */
export async function runRestorePass(
  request: RestoreRequest,
  names: readonly Uint8Array[],
  tally: RestoreTally,
  hooks: RestoreHooks,
): Promise<RestorePassResult> {
  const blocked: string[] = [];
  const heard: RunLog = {
    write: (text) => {
      countItems(typeof text === "string" ? Buffer.from(text, "latin1") : text, tally, hooks.passOver);
      return hooks.log?.write(text);
    },
    writeImportant: (text) => {
      const match = BLOCKED.exec(String(text).trimEnd());
      if (match?.[1] !== undefined && blocked.length < BLOCKED_MAX) blocked.push(match[1]);
      return hooks.log?.writeImportant(text);
    },
    close: async () => {},
  };
  const isLocal = request.destination.transport === "local";
  const { box = null, ...told } = hooks;
  const result = await runTransfer(starterOf(request, box), nameList(names), {
    ...told,
    log: heard,
    isLocal,
  });
  return { ...result, blocked };
}

/**
 * rsync sees the tree, which it can only read there, the folder that it writes to when that is here, and the system's programs. So
 * no link that somebody put there leads it anywhere else, and it need not look for any: with many small files that is two thirds
 * of its work.
 */
function starterOf(request: RestoreRequest, box: RestoreBox | null): StartRsync {
  if (box === null) return unprotected(restoreArgs(request));
  const { sandbox, insecureLinks } = box;
  const { source, base, destination } = request;
  // A name that no host has, because a host says what is wrong there with words that look the same.
  const tree: View = { folder: source, at: "/.pobsync", isWritable: false };
  const sandboxed = { ...request, source: tree.at, sandboxed: { insecureLinks } };
  if (destination.transport === "ssh")
    return rsyncStarter(sandbox, destination, [tree], ({ origin }) =>
      restoreArgs({ ...sandboxed, destination: origin }),
    );
  const folder: View = { folder: base, at: "/h", isWritable: true };
  const argv = restoreArgs({ ...sandboxed, base: folder.at });
  return (options) => startAlone({ sandbox, views: [folder, tree], argv }, options);
}

const CODE_LENGTH = 11;
const SEPARATOR = Buffer.from(" // ");
const [LINE_FEED, BLANK, SLASH] = [0x0a, 0x20, 0x2f];

/** Whole lines. Those that tell of an entry have the separator right behind the eleven characters. */
function countItems(text: Buffer, tally: RestoreTally, passOver: RestoreHooks["passOver"]): void {
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf(LINE_FEED, at);
    const end = found < 0 ? text.length : found;
    const isItem = text[at + CODE_LENGTH] === BLANK && text[at + CODE_LENGTH + 1] === SLASH;
    const sizeAt = at + CODE_LENGTH + SEPARATOR.length;
    const sizeEnd = isItem ? text.indexOf(SEPARATOR, sizeAt) : -1;
    const code = text.toString("latin1", at, at + CODE_LENGTH);
    if (sizeEnd > 0 && sizeEnd < end && passOver?.(code) !== true)
      countItem(tally, code, Number(text.toString("latin1", sizeAt, sizeEnd)), () =>
        text.toString("latin1", sizeEnd + SEPARATOR.length, end),
      );
    at = end + 1;
  }
}
