// Receiving in a sandbox, in which finished snapshots can be read and nothing of them changed.
//
// A file that two snapshots share is one file with two names, so whoever may write to the new name may change the old snapshot.
// Therefore rsync inside gets no such name: first it only compares the host with the newest snapshot; what is as it was is linked
// from out here, where no host's words are taken apart by anything but our own code; then rsync fetches the rest into a folder
// that holds nothing else, from which it gets its place in the new tree.
//
// Where the new tree begins as a copy of the newest snapshot, which btrfs makes at once, the same steps are taken without a sandbox
// too: there, what is as it was is in its place already.
import { join } from "node:path";
import { requireAskedFor } from "../system/asked-for.ts";
import { nameList, readComparison } from "../system/comparison.ts";
import { emptyFolder, folderExists } from "../system/folder.ts";
import { transferArgs } from "../system/rsync-args.ts";
import type { SharedTree } from "../system/shared-tree.ts";
import { takeReceived } from "../system/snapshot-tree.ts";
import { isSubvolume } from "../system/subvolume.ts";
import type { TransferHooks, TransferResult } from "../system/transfer.ts";
import { type Found, fetchingAll } from "./pick.ts";
import { receiveChanges, type WithBase } from "./receive-changes.ts";
import {
  compareWith,
  isWhole,
  joined,
  type SteppedReception,
  sourceNames,
  step,
  viewsFor,
} from "./sandbox-steps.ts";

/** See `receive`. */
export async function receiveInSandbox(
  reception: SteppedReception,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const result = await receiveSteps(reception, hooks);
  // A tree that could only be read was no base for links, so its files were copied, which is nothing to worry about.
  const { linked, received } = reception.leftovers;
  // Nor is any other tree, for one that is a subvolume.
  const copies = linked.length > 0 || (received.length > 0 && (await isSubvolume(reception.workplace.data)));
  if (!copies) return result;
  return { ...result, stats: { ...result.stats, copiedInsteadOfLinked: 0 } };
}

async function receiveSteps(reception: SteppedReception, hooks: TransferHooks): Promise<TransferResult> {
  const { base, streams, siblings } = reception;
  if (base !== null) return receiveChanges({ ...reception, base }, hooks);
  if (siblings.trees.length > 0) return receiveChanges(await besideLittle(reception), hooks);
  return streams.most > 1 ? receiveListed(reception, hooks) : receiveAll(reception, hooks);
}

/**
 * A first backup that siblings may help with takes two steps as well, because only then it is known of each file whether one may
 * have it. What an interrupted attempt got, or else an empty folder, stands for the base.
 */
async function besideLittle(reception: SteppedReception): Promise<WithBase> {
  const { received, linked } = reception.leftovers;
  const base = received[0] ?? linked[0] ?? (await emptyFolder(join(reception.workplace.received, "nothing")));
  const isOther = (tree: string): boolean => tree !== base;
  return {
    ...reception,
    base,
    leftovers: { received: received.filter(isOther), linked: linked.filter(isOther) },
  };
}

/** There is nothing to share with: everything comes in one step. */
async function receiveAll(reception: SteppedReception, hooks: TransferHooks): Promise<TransferResult> {
  const { workplace, leftovers, rsync } = reception;
  const result = await step(
    reception,
    viewsFor(reception),
    ({ origin, place }) =>
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
  if (isWhole(result, hooks)) await takeReceived(workplace);
  return result;
}

/** There is nothing in it that could be shared. */
const NOTHING: SharedTree = { folder: () => false, share: () => false, also: () => false };

/** The same in several streams, for which it has to be known first what there is. */
async function receiveListed(reception: SteppedReception, hooks: TransferHooks): Promise<TransferResult> {
  const { workplace } = reception;
  const { wanted, fetch } = fetchingAll(reception);
  const kept = nameList(workplace.kept);
  const reading = readComparison({ tree: NOTHING, wanted, kept, onNewName: () => {} });
  let compared: TransferResult;
  let root: Found["root"];
  try {
    compared = await compareWith(reception, workplace.data, true, { ...hooks, takeLines: reading.take });
    // Whatever the empty folder is like, it is not the host's.
    root = reading.end() === "absent" ? "absent" : "different";
  } finally {
    for (const list of [wanted, kept]) list.close();
  }
  if (!isWhole(compared, hooks)) return compared;
  const result = joined([compared, ...(await fetch({ root, compared }, hooks))]);
  if (!isWhole(result, hooks)) return result;
  if (await folderExists(workplace.tree))
    await requireAskedFor(workplace.tree, [workplace.wanted], hooks.stop);
  await takeReceived(workplace);
  return result;
}
