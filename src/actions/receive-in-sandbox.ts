// Receiving in a sandbox, in which finished snapshots can be read and nothing of them changed.
//
// A file that two snapshots share is one file with two names, so whoever may write to the new name may change the old snapshot.
// Therefore rsync inside gets no such name: first it only compares the host with the newest snapshot; what is as it was is linked
// from out here, where no host's words are taken apart by anything but our own code; then rsync fetches the rest into a folder
// that holds nothing else, from which it gets its place in the new tree.
import { rename, rmdir, writeFile } from "node:fs/promises";
import { pathBytes } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import type { Complaint } from "../domain/rsync-complaint.ts";
import { type ComplaintTally, joinTallies } from "../domain/transfer-verdict.ts";
import { type ComparisonTarget, nameList, readComparison } from "../system/comparison.ts";
import { folderExists } from "../system/folder.ts";
import { mergeTree } from "../system/merge-tree.ts";
import {
  comparisonArgs,
  foldersArgs,
  type Origin,
  pickArgs,
  type RsyncAbilities,
  rootAlone,
  sourceList,
  transferArgs,
} from "../system/rsync-args.ts";
import {
  askForCommand,
  runSandboxed,
  type Sandbox,
  startSandboxed,
  TELLING_SHELL,
} from "../system/sandbox.ts";
import { BRIDGE, inSandbox, type View } from "../system/sandbox-args.ts";
import { shareTree } from "../system/shared-tree.ts";
import { type Names, runTransfer, type TransferHooks, type TransferResult } from "../system/transfer.ts";
import type { Reception } from "./receive.ts";

type SshOrigin = Extract<Origin, { transport: "ssh" }>;

export interface SandboxedReception extends Reception {
  readonly origin: SshOrigin;
  readonly rsync: RsyncAbilities;
  readonly sandbox: Sandbox;
}

/** See `receive`. */
export async function receiveInSandbox(
  reception: SandboxedReception,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const { base } = reception;
  const result =
    base === null ? await receiveAll(reception, hooks) : await receiveChanges({ ...reception, base }, hooks);
  // A tree that could only be read was no base for links, so its files were copied, which is nothing to worry about.
  if (reception.leftovers.linked.length === 0) return result;
  return { ...result, stats: { ...result.stats, copiedInsteadOfLinked: 0 } };
}

/** Whether rsync came to its end, perhaps with complaints. */
const isWhole = ({ exitCode, stalled }: TransferResult, { stop }: TransferHooks): boolean =>
  !stop.aborted && !stalled && (exitCode === 0 || exitCode === 23 || exitCode === 24);

const sourceNames = ({ settings }: Reception): Buffer => sourceList(settings.sources.map(pathBytes));

/** Where rsync may write, and what it may read: the base, and what earlier attempts got. */
function viewsFor({ workplace, base, leftovers }: Reception): View[] {
  const readOnly = [...(base === null ? [] : [base]), ...leftovers.linked];
  return [
    { folder: workplace.received, at: "/h", isWritable: true },
    ...readOnly.map((folder, at) => ({ folder, at: `/r${at}` as const, isWritable: false })),
  ];
}

/** Runs rsync inside. `argsFor` gets what to take for the remote shell, and the words for places. */
async function step(
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

/** There is nothing to share with: everything comes in one step. */
async function receiveAll(reception: SandboxedReception, hooks: TransferHooks): Promise<TransferResult> {
  const { workplace, leftovers, rsync } = reception;
  const result = await step(
    reception,
    viewsFor(reception),
    (origin, place) =>
      transferArgs(
        {
          ...reception,
          origin,
          target: place(workplace.tree),
          partialDir: place(workplace.partial),
          linkDests: [...leftovers.received, ...leftovers.linked].map(place),
          confineRoot: "/",
          dryRun: false,
          isSandboxed: true,
        },
        rsync,
      ),
    sourceNames(reception),
    hooks,
  );
  if (isWhole(result, hooks) && (await folderExists(workplace.tree))) {
    await rmdir(workplace.data);
    await writeFile(workplace.alone, "");
    await rename(workplace.tree, workplace.data);
  }
  return result;
}

type WithBase = SandboxedReception & { readonly base: string };

async function receiveChanges(reception: WithBase, hooks: TransferHooks): Promise<TransferResult> {
  const { workplace, base } = reception;
  const [wanted, kept] = [nameList(workplace.wanted), nameList(workplace.kept)];
  const tree = shareTree(base, workplace.data);
  const target: ComparisonTarget = { tree, wanted, kept, onNewName: (line) => void hooks.log.write(line) };
  const reading = readComparison(target);
  let compared: TransferResult;
  let root: ReturnType<typeof reading.end> = "absent";
  try {
    compared = await compare(reception, { ...hooks, takeLines: reading.take });
    if (isWhole(compared, hooks)) root = reading.end();
  } finally {
    for (const list of [wanted, kept]) list.close();
  }
  if (!isWhole(compared, hooks)) return compared;
  const steps = [compared];
  if (wanted.count() > 0) steps.push(await pick(reception, { file: workplace.wanted }, compared, hooks));
  if (root === "different" && isWhole(steps.at(-1) as TransferResult, hooks))
    steps.push(await pick(reception, ROOT, compared, hooks));
  const result = joined(steps);
  if (isWhole(result, hooks)) await putTogether(reception, kept.count(), root, hooks.stop);
  return result;
}

/** The folder above everything, by a name that means just that. */
const ROOT = Buffer.from("/.\0");

/** First step. Nothing can be written inside. */
function compare(reception: WithBase, hooks: TransferHooks): Promise<TransferResult> {
  const { base, rsync } = reception;
  return step(
    reception,
    [{ folder: base, at: "/r0", isWritable: false }],
    (origin, place) => comparisonArgs({ ...reception, origin, base: place(base) }, rsync),
    sourceNames(reception),
    {
      ...hooks,
      // What is only compared counts as no bytes yet.
      onProgress: (seen) => hooks.onProgress({ ...seen, bytes: 0, percent: null, secondsLeft: null }),
    },
  );
}

/** Second step: the host sends these, into a folder that shares nothing with any snapshot. */
async function pick(
  reception: WithBase,
  names: Names,
  compared: TransferResult,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const { workplace, leftovers, base, rsync } = reception;
  const result = await step(
    reception,
    viewsFor(reception),
    (origin, place) => {
      const argv = pickArgs(
        {
          ...reception,
          origin,
          target: place(workplace.tree),
          partialDir: place(workplace.partial),
          linkDests: [...leftovers.received, base, ...leftovers.linked].map(place),
        },
        rsync,
      );
      return names === ROOT ? rootAlone(argv) : argv;
    },
    names,
    {
      ...hooks,
      meaning: goneSince,
      onProgress: (seen) => hooks.onProgress({ ...seen, files: compared.stats.files }),
    },
  );
  // rsync takes a name that was asked for and is not there for an error; here it was there a moment ago.
  const { hostErrors, serverErrors, otherErrors, special } = result.complaints;
  const isOnlyGone = result.exitCode === 23 && hostErrors + serverErrors + otherErrors + special.length === 0;
  return isOnlyGone ? { ...result, exitCode: 24 } : result;
}

const [ENOENT, ENOTDIR] = [2, 20];

/** What has been there when the host was compared, and no longer is. */
export const goneSince = (complaint: Complaint): Complaint =>
  complaint.kind === "error" &&
  complaint.side === "host" &&
  complaint.path !== null &&
  (complaint.errno === ENOENT || complaint.errno === ENOTDIR) &&
  complaint.line.includes("link_stat")
    ? { kind: "vanished", path: complaint.path }
    : complaint;

/** Steps as one transfer: what there is by the first, what came by all. */
function joined(steps: readonly TransferResult[]): TransferResult {
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
    complaints: steps.map(({ complaints }) => complaints).reduce((a, b): ComplaintTally => joinTallies(a, b)),
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

/** Joins what came with what is shared, and gives every folder its facts, which all of this has changed. */
async function putTogether(
  { sandbox, rsync, settings, base, workplace }: WithBase,
  keptFolders: number,
  root: "absent" | "as it was" | "different",
  stop: AbortSignal,
): Promise<void> {
  const changed = await mergeTree(workplace.tree, workplace.data, workplace.aside, stop);
  const copy = async (from: string, names: Names, isRoot = false): Promise<void> => {
    const views: View[] = [
      { folder: workplace.data, at: "/h", isWritable: true },
      { folder: from, at: "/r0", isWritable: false },
    ];
    const argv = foldersArgs(settings, rsync, "/r0", "/h");
    const { code, stderr } = await runSandboxed(
      { sandbox, views, argv: isRoot ? rootAlone(argv) : argv },
      { stop, ...("file" in names ? { inputFile: names.file } : { input: names }) },
    );
    stop.throwIfAborted();
    if (code !== 0)
      throw new Problem("server_write_failed", "Folders could not be given their owners, rights and times.", {
        detail: stderr.trim(),
      });
  };
  if (keptFolders > 0) await copy(base, { file: workplace.kept });
  if (changed.length > 0) await copy(workplace.tree, Buffer.concat(changed.flatMap(asName)));
  if (root !== "absent") await copy(root === "different" ? workplace.tree : base, ROOT, true);
}

const asName = (path: Buffer): Buffer[] => [Buffer.from("/"), path, Buffer.from([0])];
