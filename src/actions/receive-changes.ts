// A host that has a snapshot already is received in two steps; see receive-in-sandbox.ts for why.
import { basename } from "node:path";
import { countText, sizeText } from "../domain/count-text.ts";
import { progressOfPart } from "../domain/part-progress.ts";
import { Problem } from "../domain/problem.ts";
import { asGoneSince } from "../domain/rsync-complaint.ts";
import { requireAskedFor } from "../system/asked-for.ts";
import { type Comparison, type ComparisonTarget, nameList, readComparison } from "../system/comparison.ts";
import { copiedTree } from "../system/copied-tree.ts";
import { folderExists } from "../system/folder.ts";
import { mergeTree } from "../system/merge-tree.ts";
import { runProgram } from "../system/program.ts";
import { runSandboxed, viewsIn } from "../system/sandbox.ts";
import { inSandbox, type View } from "../system/sandbox-args.ts";
import { shareTree } from "../system/shared-tree.ts";
import { siblingLists, sortBySibling } from "../system/sibling-lists.ts";
import type { Names, TransferHooks, TransferResult } from "../system/transfer.ts";
import {
  comparisonArgs,
  foldersArgs,
  namesBelow,
  pickArgs,
  rootAlone,
  rootArgs,
} from "../system/two-step-args.ts";
import type { Sibling } from "./reception.ts";
import {
  isWhole,
  joined,
  type SteppedReception,
  siblingView,
  sourceNames,
  step,
  viewsFor,
} from "./sandbox-steps.ts";

export type WithBase = SteppedReception & { readonly base: string };

/** Fills `data` with what the base has that is the same, by links where it did not begin as a copy, and what the host has that is different. */
export async function receiveChanges(reception: WithBase, hooks: TransferHooks): Promise<TransferResult> {
  const { workplace, base } = reception;
  const model = modelOf(reception, base);
  const siblings = reception.siblings.trees.map(({ data }) => data);
  const own = [base, ...reception.leftovers.received, ...reception.leftovers.linked];
  const wanted = sortBySibling(workplace.wanted, siblings, own);
  const kept = nameList(workplace.kept, namesBelow(model));
  const copy = workplace.beganAsCopy
    ? copiedTree(workplace.data, basename(workplace.received), workplace.seen)
    : null;
  const target: ComparisonTarget = {
    tree: copy ?? shareTree(base, workplace.data),
    wanted,
    // A copy has its folders as they were. Those in which something changes are noted later.
    kept: copy === null ? kept : { ...kept, add: () => {} },
    onNewName: (line) => void hooks.log.write(line),
  };
  const reading = readComparison(target);
  let compared: TransferResult;
  let root: ReturnType<Comparison["end"]> = "absent";
  try {
    compared = await compare(reception, { ...hooks, takeLines: reading.take });
    if (isWhole(compared, hooks)) {
      for (const path of (await copy?.settle(hooks.stop)) ?? []) wanted.add(path);
      root = reading.end();
      for (const path of copy?.touched() ?? []) kept.add(path);
    }
  } finally {
    for (const list of [wanted, kept, ...(copy === null ? [] : [copy])]) list.close();
  }
  if (!isWhole(compared, hooks)) return compared;
  const [picked] = await both(
    pickAll(reception, { count: wanted.count(), found: wanted.found(), root }, compared, hooks),
    kept.count() === 0 ? undefined : copyFolders(reception, base, { file: workplace.kept }, hooks.stop),
  );
  const result = joined([compared, ...picked]);
  if (isWhole(result, hooks)) await putTogether(reception, root, hooks.stop);
  return result;
}

/** Waits for both, also when one fails. */
async function both<A, B>(a: Promise<A>, b: Promise<B> | B): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

async function pickAll(
  reception: WithBase,
  { count, found, root }: { count: number; found: readonly number[]; root: ReturnType<Comparison["end"]> },
  compared: TransferResult,
  hooks: TransferHooks,
): Promise<TransferResult[]> {
  const picked: TransferResult[] = [];
  const areWhole = (): boolean => picked.every((result) => isWhole(result, hooks));
  const namesOfAll = found.reduce((sum, more) => sum + more, count);
  let namesBefore = 0;
  const hooksFor = (names: number): TransferHooks => {
    const bytesBefore = picked.reduce((sum, { stats }) => sum + stats.newBytes, 0);
    const part = { names, namesBefore, namesOfAll, bytesBefore };
    namesBefore += names;
    return { ...hooks, onProgress: (seen) => hooks.onProgress(progressOfPart(seen, part)) };
  };
  const { wanted } = reception.workplace;
  if (count > 0) picked.push(await pick(reception, { file: wanted }, compared, hooksFor(count)));
  for (const [at, sibling] of reception.siblings.trees.entries()) {
    const [file, files] = [siblingLists(wanted)[at], found[at] ?? 0];
    if (file !== undefined && files > 0 && areWhole())
      picked.push(await pickBeside(reception, sibling, { file, files }, compared, hooksFor(files)));
  }
  if (root === "different" && areWhole()) picked.push(await pick(reception, ROOT, compared, hooks));
  return picked;
}

/** The folder above everything, by a name that means just that. */
const ROOT = Buffer.from("/.\0");

/** First step. Nothing can be written inside. A copy is compared itself, so that it need not be believed to be one. */
function compare(reception: WithBase, hooks: TransferHooks): Promise<TransferResult> {
  const { workplace, folder, rsync } = reception;
  const base = workplace.beganAsCopy ? workplace.data : reception.base;
  return step(
    reception,
    [{ folder: base, at: "/r0", isWritable: false }],
    ({ origin, place, isSandboxed }) =>
      comparisonArgs({ ...reception, origin, base: place(base), isSandboxed, confineRoot: folder }, rsync),
    sourceNames(reception),
    {
      ...hooks,
      // What is only compared counts as no bytes yet.
      onProgress: (seen) => hooks.onProgress({ ...seen, bytes: 0, percent: null, secondsLeft: null }),
    },
  );
}

/** The same, of files that are likely to be in a snapshot of another host as well. */
async function pickBeside(
  reception: WithBase,
  sibling: Sibling,
  { file, files }: { readonly file: string; readonly files: number },
  compared: TransferResult,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const { note } = reception.siblings;
  const result = await pick(reception, { file }, compared, hooks, sibling.data);
  const { matchedBytes } = result;
  if (isWhole(result, hooks) && matchedBytes > 0)
    note(
      `Not sent again, because ${sibling.host} has it here: ${sizeText(matchedBytes)} in ${countText(files, "file")}`,
    );
  const isSettled = isWhole(result, hooks) || result.stalled || hooks.stop.aborted;
  // Nobody keeps it from being pruned meanwhile; then all of it is sent.
  if (isSettled || (await folderExists(sibling.data))) return result;
  note(`The snapshot of ${sibling.host} is gone: what it had is sent`);
  return pick(reception, { file }, compared, hooks);
}

/** Second step: the host sends these, into a folder that shares nothing with any snapshot. */
async function pick(
  reception: WithBase,
  names: Names,
  compared: TransferResult,
  hooks: TransferHooks,
  sibling: string | null = null,
): Promise<TransferResult> {
  const { workplace, leftovers, base, rsync } = reception;
  const result = await step(
    reception,
    [...viewsFor(reception), ...(sibling === null ? [] : [siblingView(sibling)])],
    ({ origin, place, isSandboxed }) => {
      const argv = pickArgs(
        {
          ...reception,
          origin,
          isSandboxed,
          confineRoot: reception.folder,
          target: place(workplace.tree),
          partialDir: place(workplace.partial),
          linkDests: [...leftovers.received, base, ...leftovers.linked].map(place),
          sibling: sibling === null ? null : place(sibling),
        },
        rsync,
      );
      return names === ROOT ? rootAlone(argv) : argv;
    },
    names,
    {
      ...hooks,
      meaning: asGoneSince,
      onProgress: (seen) => hooks.onProgress({ ...seen, files: compared.stats.files }),
    },
  );
  // rsync takes a name that was asked for and is not there for an error; here it was there a moment ago.
  const { hostErrors, serverErrors, otherErrors, special } = result.complaints;
  const isOnlyGone = result.exitCode === 23 && hostErrors + serverErrors + otherErrors + special.length === 0;
  return isOnlyGone ? { ...result, exitCode: 24 } : result;
}

/** A tree whose folders say what those of the new one are. */
const modelView = (folder: string): View => ({ folder, at: "/r0", isWritable: false });

/** As it is called inside. */
const modelOf = ({ sandbox }: Pick<WithBase, "sandbox">, folder: string): string =>
  inSandbox(viewsIn(sandbox, [modelView(folder)]), folder);

/** Gives folders of the new tree the owners, rights and times of those in another. */
async function copyFolders(
  { sandbox, rsync, settings, workplace }: WithBase,
  from: string,
  names: Names,
  stop: AbortSignal,
): Promise<void> {
  const views = viewsIn(sandbox, [{ folder: workplace.data, at: "/h", isWritable: true }, modelView(from)]);
  const [to, model] = [inSandbox(views, workplace.data), inSandbox(views, from)];
  // What xargs reads comes last, and where it all goes has to come after that.
  const words = ["xargs", "-0", "-r", "sh", "-c", 'exec "$@" "$0"', `${to}/`];
  const argv =
    names === ROOT ? rootArgs(settings, rsync, model, to) : [...words, ...foldersArgs(settings, rsync)];
  const options = { stop, ...("file" in names ? { inputFile: names.file } : { input: names }) };
  const { code, stderr } =
    sandbox === null
      ? await runProgram(argv, options)
      : await runSandboxed({ sandbox, views, argv }, options);
  stop.throwIfAborted();
  if (code !== 0)
    throw new Problem("server_write_failed", "Folders could not be given their owners, rights and times.", {
      detail: stderr.trim().slice(-1000),
    });
}

/** Joins what came with what is shared, and gives the folders their facts, which that has changed. */
async function putTogether(
  reception: WithBase,
  root: "absent" | "as it was" | "different",
  stop: AbortSignal,
): Promise<void> {
  const { workplace, base } = reception;
  const fromSiblings = siblingLists(workplace.wanted).slice(0, reception.siblings.trees.length);
  if (await folderExists(workplace.tree))
    await requireAskedFor(workplace.tree, [workplace.wanted, ...fromSiblings], stop);
  const changed = await mergeTree(workplace.tree, workplace.data, workplace.aside, stop);
  const prefix = Buffer.from(`${namesBelow(modelOf(reception, workplace.tree))}/`);
  const names = Buffer.concat(changed.flatMap((path) => [prefix, path, Buffer.from([0])]));
  if (changed.length > 0) await copyFolders(reception, workplace.tree, names, stop);
  const hasNewRoot = root === "different" && (await folderExists(workplace.tree));
  if (root !== "absent") await copyFolders(reception, hasNewRoot ? workplace.tree : base, ROOT, stop);
}
