// A host that has a snapshot already is received in two steps; see receive-in-sandbox.ts for why.
import { basename } from "node:path";
import { Problem } from "../domain/problem.ts";
import { requireAskedFor } from "../system/asked-for.ts";
import { type Comparison, type ComparisonTarget, nameList, readComparison } from "../system/comparison.ts";
import { copiedTree } from "../system/copied-tree.ts";
import { folderExists } from "../system/folder.ts";
import { mergeTree } from "../system/merge-tree.ts";
import { runProgram } from "../system/program.ts";
import { runSandboxed, viewsIn } from "../system/sandbox.ts";
import { inSandbox, type View } from "../system/sandbox-args.ts";
import { shareTree } from "../system/shared-tree.ts";
import { siblingLists } from "../system/sibling-lists.ts";
import type { Names, TransferHooks, TransferResult } from "../system/transfer.ts";
import { foldersArgs, namesBelow, rootArgs } from "../system/two-step-args.ts";
import { fetchingAll, ROOT } from "./pick.ts";
import { fetchingBeside } from "./pick-beside.ts";
import { compareWith, isWhole, joined, type SteppedReception } from "./sandbox-steps.ts";

export type WithBase = SteppedReception & { readonly base: string };

/** Fills `data` with what the base has that is the same, by links where it did not begin as a copy, and what the host has that is different. */
export async function receiveChanges(reception: WithBase, hooks: TransferHooks): Promise<TransferResult> {
  const { workplace, base } = reception;
  const model = modelOf(reception, base);
  const { wanted, fetch } =
    reception.siblings.trees.length > 0 ? fetchingBeside(reception) : fetchingAll(reception);
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
    // A copy is compared itself, so that it need not be believed to be one.
    const tree = workplace.beganAsCopy ? workplace.data : base;
    compared = await compareWith(reception, tree, false, { ...hooks, takeLines: reading.take });
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
    fetch({ root, compared }, hooks),
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
  // What xargs reads comes last, and where it all goes has to come after that. By itself it takes 128 KiB at a time.
  const words = ["xargs", "-0", "-r", "-s", "1000000", "sh", "-c", 'exec "$@" "$0"', `${to}/`];
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
