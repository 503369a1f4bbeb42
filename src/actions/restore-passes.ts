// The passes of a restore over a place that is ready: looking, writing, and comparing afterwards.
import { numberText } from "../domain/count-text.ts";
import { Problem } from "../domain/problem.ts";
import { durationText } from "../domain/quantity.ts";
import type { RestorePreview } from "../domain/restore.ts";
import type { Delivery } from "../domain/restore-plan.ts";
import { itemText, NAMED_MAX, newRestoreTally, type RestoreTally } from "../domain/restore-tally.ts";
import { restoreProblem } from "../domain/restore-verdict.ts";
import type { Progress } from "../domain/run.ts";
import { countTree } from "../system/count-tree.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import type { RestorePass } from "../system/restore-args.ts";
import { isOutOfReach, makePlace, roomAt } from "../system/restore-place.ts";
import { holesOf } from "../system/restore-source.ts";
import { runRestorePass } from "../system/restore-transfer.ts";
import type { RunLog } from "../system/run-log.ts";
import type { ReadyRestore } from "./prepare-restore.ts";

/** How it reports and is steered. */
export interface PassControl {
  readonly onProgress: (progress: Progress) => void;
  readonly stop: AbortSignal;
  readonly log: RunLog | null;
  readonly passOver?: (code: string) => boolean;
}

const LOOK = { dryRun: true, existingOnly: false } as const;

/** Runs one pass over some names, counting into `tally`. Returns how many entries it went through. */
async function pass(
  ready: ReadyRestore,
  { delivery, request }: ReadyRestore["deliveries"][number],
  how: RestorePass,
  tally: RestoreTally,
  control: PassControl,
): Promise<number> {
  const names = how.recursive ? delivery.names : delivery.parents;
  if (names.length === 0) return 0;
  const { reached, stallTimeoutSeconds, targetHost } = ready;
  const folder = await makePrivateFolder();
  try {
    const result = await runRestorePass({ ...request, ...how }, names, tally, {
      ...control,
      box: isBoxed(ready, how) ? ready.box : null,
      stallTimeoutMs: stallTimeoutSeconds * 1000,
      outputFile: `${folder.path}/out`,
    });
    control.stop.throwIfAborted();
    if (result.stalled)
      throw new Problem("no_progress", `Nothing moved for ${durationText(stallTimeoutSeconds)}.`, {
        detail: result.lastWords || null,
      });
    const problem = restoreProblem({
      ...result,
      connectionProblem: reached.connection?.broken() ?? null,
      targetHost: targetHost?.host.name ?? null,
    });
    if (problem !== null) throw problem;
    return result.stats.files;
  } finally {
    await folder.remove();
  }
}

/** A folder of this server is not there yet while a restore is only looked at. */
const isBoxed = ({ localFolder }: ReadyRestore, { dryRun, byContent }: RestorePass): boolean =>
  localFolder === null || !dryRun || byContent;

/** What was counted of one transfer. */
interface Look {
  readonly delivery: Delivery;
  readonly tally: RestoreTally;
  /** Only of what stands there. rsync calls new what takes the place of something of another type. */
  readonly standing: RestoreTally;
  readonly entries: number;
}

/**
 * What a restore would do. Nothing is written anywhere.
 *
 * Refuses with the Problem for which it could not be done, `restore_target_full` among them where the room is known.
 */
export async function previewPasses(ready: ReadyRestore, control: PassControl): Promise<RestorePreview> {
  const byContent = ready.order.check && !ready.isNew;
  const looks: Look[] = [];
  for (const one of ready.deliveries) {
    const [tally, standing] = [newRestoreTally(), newRestoreTally()];
    const { implied, parents, names } = one.delivery;
    if (isForUs(ready, one)) {
      const files = await countTree(ready.data, names, tally, control.stop);
      await pass(ready, one, { ...LOOK, recursive: false, byContent: false }, tally, control);
      if (ready.localFolder === null) await askToReceive(ready, one, control);
      looks.push({ delivery: one.delivery, tally, standing, entries: files + parents.length });
      continue;
    }
    await pass(ready, one, { ...LOOK, recursive: false, byContent: false }, tally, control);
    const files = await pass(ready, one, { ...LOOK, recursive: true, byContent }, tally, control);
    const entries = files - implied + parents.length;
    if (!ready.isNew && tally.created > 0)
      for (const recursive of [false, true])
        await pass(ready, one, { dryRun: true, existingOnly: true, recursive, byContent }, standing, control);
    looks.push({ delivery: one.delivery, tally, standing, entries });
  }
  await requireRoom(ready, looks);
  return previewOf(ready, looks);
}

/** Into an empty folder everything is created, which takes no rsync to say, unless only rsync can read what it is. */
const isForUs = ({ isNew, order }: ReadyRestore, { request }: ReadyRestore["deliveries"][number]): boolean =>
  isNew && !order.delete && request.leaveAlone.length === 0 && request.decoding === "none";

/** Whether another host would receive at all, which one whose key may only read does not: asked with the names alone. */
async function askToReceive(
  ready: ReadyRestore,
  { delivery, request }: ReadyRestore["deliveries"][number],
  control: PassControl,
): Promise<void> {
  const names = { ...delivery, parents: delivery.names };
  const how = { ...LOOK, recursive: false, byContent: false };
  await pass(ready, { delivery: names, request }, how, newRestoreTally(), control);
}

function previewOf(ready: ReadyRestore, looks: readonly Look[]): RestorePreview {
  const sum = (of: (look: Look) => number): number => looks.reduce((total, look) => total + of(look), 0);
  const replaced = sum(({ standing }) => standing.created);
  const attributesOnly = ready.isNew ? 0 : sum(({ tally }) => tally.attributes);
  // What is new takes nothing from anybody; the folder itself may be there and gets the attributes it has in the snapshot.
  const changed = ready.isNew ? 0 : sum(({ tally }) => tally.overwritten) + attributesOnly + replaced;
  const created = sum(({ tally }) => tally.created + tally.overwritten + tally.attributes) - changed;
  const names = (of: (look: Look) => readonly string[]): string[] =>
    looks.flatMap((look) => of(look).map((name) => itemText(look.delivery.base, name))).slice(0, NAMED_MAX);
  const withOtherAttributes = ready.isNew ? [] : names(({ tally }) => tally.names.attributes);
  const replacedNames = names(({ tally, standing }) =>
    ready.isNew ? [] : [...tally.names.overwritten, ...standing.names.created],
  );
  return {
    ...{ created, overwritten: changed, attributesOnly, deleted: sum(({ tally }) => tally.deleted) },
    unchanged: Math.max(0, sum(({ entries }) => entries) - created - changed),
    bytes: sum(({ tally }) => tally.bytes),
    items: {
      created: names(({ tally, standing }) => [
        ...(ready.isNew ? [...tally.names.attributes, ...tally.names.overwritten] : []),
        ...tally.names.created.filter((name) => !standing.names.created.includes(name)),
      ]),
      overwritten: [...replacedNames, ...withOtherAttributes].slice(0, NAMED_MAX),
      attributesOnly: withOtherAttributes,
      deleted: names(({ tally }) => tally.names.deleted),
    },
  };
}

/** Refuses before anything is written when what is new does not fit. Elsewhere than on this server nobody knows. */
async function requireRoom({ localFolder, data }: ReadyRestore, looks: readonly Look[]): Promise<void> {
  if (localFolder === null) return;
  const room = await roomAt(localFolder);
  if (room === null) return;
  let needed = 0;
  for (const { tally, delivery } of looks)
    needed += tally.createdBytes - (await holesOf(data, delivery.anchor, tally.large));
  if (needed <= room.freeBytes) return;
  throw new Problem(
    "restore_target_full",
    `It needs ${numberText(needed)} bytes, and ${numberText(room.freeBytes)} are free where ${localFolder} lies.`,
    { hint: "Nothing was changed. Free space there, restore less of it, or restore to another folder." },
  );
}

/**
 * Makes the folder of this server. Where others could put a link in its place, rsync has to look for links itself, which it does
 * only outside of the sandbox.
 */
export async function makeReady(ready: ReadyRestore): Promise<ReadyRestore> {
  const { localFolder, box } = ready;
  if (localFolder === null) return ready;
  await makePlace(localFolder);
  return { ...ready, box: box !== null && (await isOutOfReach(localFolder)) ? box : null };
}

/** Writes. Folders on the way are made first, and once more at the end, because what is put into them changes their times. */
export async function restorePasses(ready: ReadyRestore, control: PassControl): Promise<void> {
  const how = { dryRun: false, existingOnly: false, byContent: false };
  const byContent = ready.order.check && !ready.isNew;
  for (const one of ready.deliveries) {
    await pass(ready, one, { ...how, recursive: false }, newRestoreTally(), control);
    await pass(ready, one, { ...how, recursive: true, byContent }, newRestoreTally(), control);
    await pass(ready, one, { ...how, recursive: false }, newRestoreTally(), { ...control, log: null });
  }
}

export interface Differences {
  readonly differences: number;
  /** Absolute paths of the target, as text; only the first ones. */
  readonly items: readonly string[];
}

/**
 * Nothing but attributes. Where rsync reads the system's own from others, it sends them in another order than the other side has
 * them in, and takes that for a difference, which is one that no restore can mend.
 */
const ONLY_ATTRIBUTES = /^\.[fdLDS]\.{8}x$/;

/** Compares what is there with the snapshot, contents included. */
export async function comparePasses(ready: ReadyRestore, control: PassControl): Promise<Differences> {
  let differences = 0;
  const items: string[] = [];
  for (const one of ready.deliveries) {
    const tally = newRestoreTally();
    const passOver = (code: string): boolean =>
      one.request.decoding === "given" && ONLY_ATTRIBUTES.test(code);
    for (const recursive of [false, true])
      await pass(ready, one, { ...LOOK, recursive, byContent: true }, tally, { ...control, passOver });
    const { created, overwritten, attributes, deleted, names } = tally;
    differences += created + overwritten + attributes + deleted;
    for (const name of [...names.created, ...names.overwritten, ...names.attributes, ...names.deleted])
      items.push(itemText(one.delivery.base, name));
  }
  return { differences, items: items.slice(0, NAMED_MAX) };
}
