// What other hosts of the same trust group have already is asked for beside their snapshots; everything else as ever, in one stream.
import { countText, sizeText } from "../domain/count-text.ts";
import { progressOfPart } from "../domain/part-progress.ts";
import { folderExists } from "../system/folder.ts";
import { gatherHalves } from "../system/half-files.ts";
import { type SortedNames, siblingLists, sortBySibling } from "../system/sibling-lists.ts";
import type { TransferHooks, TransferResult } from "../system/transfer.ts";
import { type Fetching, type Found, pick, ROOT } from "./pick.ts";
import type { Sibling } from "./reception.ts";
import { isWhole, type SteppedReception } from "./sandbox-steps.ts";

export function fetchingBeside(reception: SteppedReception): Fetching {
  const { workplace, base, leftovers, siblings } = reception;
  const own = [...(base === null ? [] : [base]), ...leftovers.received, ...leftovers.linked];
  const trees = siblings.trees.map(({ data }) => data);
  const wanted = sortBySibling(workplace.wanted, trees, own);
  return { wanted, fetch: (found, hooks) => pickBesideAll(reception, wanted, found, hooks) };
}

async function pickBesideAll(
  reception: SteppedReception,
  wanted: SortedNames,
  { root, compared }: Found,
  hooks: TransferHooks,
): Promise<TransferResult[]> {
  const picked: TransferResult[] = [];
  const areWhole = (): boolean => picked.every((result) => isWhole(result, hooks));
  const [count, found] = [wanted.count(), wanted.found()];
  const namesOfAll = found.reduce((sum, more) => sum + more, count);
  let namesBefore = 0;
  const hooksFor = (names: number): TransferHooks => {
    const bytesBefore = picked.reduce((sum, { stats }) => sum + stats.newBytes, 0);
    const part = { names, namesBefore, namesOfAll, bytesBefore };
    namesBefore += names;
    return { ...hooks, onProgress: (seen) => hooks.onProgress(progressOfPart(seen, part)) };
  };
  const { workplace, siblings } = reception;
  await gatherHalves(workplace);
  if (count > 0)
    picked.push(await pick(reception, { names: { file: workplace.wanted } }, compared, hooksFor(count)));
  for (const [at, sibling] of siblings.trees.entries()) {
    const [file, files] = [siblingLists(workplace.wanted)[at], found[at] ?? 0];
    if (file !== undefined && files > 0 && areWhole())
      picked.push(await pickBeside(reception, sibling, { file, files }, compared, hooksFor(files)));
  }
  if (root === "different" && areWhole())
    picked.push(await pick(reception, { names: ROOT }, compared, hooks));
  return picked;
}

/** Files that are likely to be in a snapshot of another host as well. */
async function pickBeside(
  reception: SteppedReception,
  sibling: Sibling,
  { file, files }: { readonly file: string; readonly files: number },
  compared: TransferResult,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const { note } = reception.siblings;
  const names = { file };
  const result = await pick(reception, { names, sibling: sibling.data }, compared, hooks);
  const { matchedBytes } = result;
  if (isWhole(result, hooks) && matchedBytes > 0)
    note(
      `Not sent again, because ${sibling.host} has it here: ${sizeText(matchedBytes)} in ${countText(files, "file")}`,
    );
  const isSettled = isWhole(result, hooks) || result.stalled || hooks.stop.aborted;
  // Nobody keeps it from being pruned meanwhile; then all of it is sent.
  if (isSettled || (await folderExists(sibling.data))) return result;
  note(`The snapshot of ${sibling.host} is gone: what it had is sent`);
  return pick(reception, { names }, compared, hooks);
}
