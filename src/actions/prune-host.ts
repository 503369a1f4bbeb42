// The story of a prune: plan from SQL, refuse what looks wrong, mark what goes, clear it away.

import { countText } from "../domain/count-text.ts";
import { Problem } from "../domain/problem.ts";
import type { RunOptions } from "../domain/run.ts";
import type { Site } from "../domain/site.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { markRemoving } from "../store/snapshot-removal.ts";
import { type Room, roomOn } from "../system/backup-root.ts";
import { requireOurs, whereaboutsOf } from "../system/trash.ts";
import type { App } from "./app.ts";
import { type ClearedAway, clearAway, type Removal } from "./clear-away.ts";
import { rootHere } from "./host-context.ts";
import { isPinnedByUs, unpinOurs } from "./look-for-anomalies.ts";
import { type HostRetention, planHostRetention } from "./plan-retention.ts";

/** Nothing is kept in the trash on a disk that is nearly as full as that no backup would begin. */
const TRASH_MARGIN_PERCENT = 5;

export interface PruneOrder extends Pick<RunOptions, "maxDelete" | "overrideHold"> {
  /** Part of a backup that went well. */
  readonly justBackedUp: boolean;
}

/**
 * Removes what no rule keeps.
 *
 * A hold that is overridden stays: only `judgeAnomaly` says that what holds pruning is as it should be.
 * Refuses before anything is marked with `no_policy`, `pruning_held` or `too_many_to_delete`; what could not be removed is
 * in `failures`, and stays marked for the next prune unless it was no snapshot of ours.
 */
export async function pruneHost(
  app: App,
  removal: Omit<Removal, "root">,
  order: PruneOrder,
): Promise<ClearedAway> {
  const { control, site, effective } = removal;
  await control.onPhase("pruning");
  const root = await rootHere(site);
  const found = await planUnpinned(app, removal, order);
  requireConsent(found, order);
  await requireKept(root, found);
  const trashUntil = await trashEnd(app, root, site, effective.values.trashKeepSeconds);
  const failures: string[] = [];
  for (const snapshot of found.plan.remove.toReversed()) {
    control.stop.throwIfAborted();
    const fault = await markOne(app, { ...removal, root }, snapshot, trashUntil);
    if (fault !== null) failures.push(fault);
  }
  const cleared = await clearAway(app, { ...removal, root }, false);
  return { ...cleared, failures: [...failures, ...cleared.failures] };
}

/** What we have pinned for an open question is left to the rules once that is none any more. */
async function planUnpinned(
  app: App,
  removal: Omit<Removal, "root">,
  { justBackedUp }: PruneOrder,
): Promise<HostRetention> {
  const found = await planHostRetention(app, removal, { justBackedUp });
  if (found.held !== null || !found.snapshots.some(isPinnedByUs)) return found;
  await unpinOurs(app, removal.host.name, found.snapshots);
  return planHostRetention(app, removal, { justBackedUp });
}

/** Refuses with `pruning_held` or `too_many_to_delete` what nobody may have meant. */
export function requireConsent(
  { context, plan, held }: HostRetention,
  order: Omit<PruneOrder, "justBackedUp">,
): void {
  if (held !== null && !order.overrideHold) throw held;
  if (order.maxDelete === null || plan.remove.length <= order.maxDelete) return;
  const { name } = context.host;
  throw new Problem(
    "too_many_to_delete",
    `${countText(plan.remove.length, "snapshot")} of ${name} would go, and --max-delete allows ${order.maxDelete}. Nothing was removed.`,
    {
      detail: plan.remove.map((snapshot) => snapshot.name).join("\n"),
      hint: `Look at the plan: pobsync retention ${name}. If it is right, allow more with --max-delete, or leave that out.`,
    },
  );
}

/**
 * What the plan counts on must really be there. It is made from SQL, and SQL has not seen what somebody removed by hand:
 * on its word alone, the last snapshots that exist could go in favour of some that don't.
 */
async function requireKept(root: string, { context, plan }: HostRetention): Promise<void> {
  if (plan.remove.length === 0) return;
  const { name } = context.host;
  const missing: string[] = [];
  for (const { snapshot } of plan.keep)
    if (!(await isInPlace(root, name, snapshot.name))) missing.push(snapshot.name);
  if (missing.length === 0) return;
  throw new Problem(
    "snapshots_missing",
    `${countText(missing.length, "snapshot")} of ${name} that should stay ${missing.length === 1 ? "is" : "are"} not on disk, so nothing is removed.`,
    { detail: missing.join("\n") },
  );
}

async function isInPlace(root: string, host: string, name: string): Promise<boolean> {
  if ((await whereaboutsOf(root, host, name)) !== "snapshots") return false;
  try {
    await requireOurs(root, host, name);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === "not_our_snapshot") return false;
    throw error;
  }
}

/** Until when removed snapshots stay in the trash; null when they don't. */
async function trashEnd(app: App, root: string, site: Site, keepSeconds: number): Promise<Date | null> {
  if (keepSeconds === 0 || isTight(await roomOn(root), site)) return null;
  return new Date(app.clock().getTime() + keepSeconds * 1000);
}

/** Whether the disk is so full that the trash has to go. */
export function isTight(room: Room, { minFreePercent }: Pick<Site, "minFreePercent">): boolean {
  const limit = minFreePercent + TRASH_MARGIN_PERCENT;
  const isShort = (free: number | null, total: number | null): boolean =>
    free !== null && total !== null && total > 0 && (100 * free) / total < limit;
  return isShort(room.freeBytes, room.totalBytes) || isShort(room.freeInodes, room.totalInodes);
}

/** Looks at it, then marks it. What has been pinned or is read since it was planned simply stays. */
async function markOne(
  app: App,
  { host, root, holder, control }: Removal,
  snapshot: Snapshot,
  trashUntil: Date | null,
): Promise<string | null> {
  try {
    await requireOurs(root, host.name, snapshot.name);
  } catch (error) {
    if (error instanceof Problem && error.code === "not_our_snapshot") return error.message;
    throw error;
  }
  if (await markRemoving(app.db, snapshot, holder, trashUntil)) return null;
  await control.requireLease();
  control.note(`${snapshot.name} stays: somebody has asked for it meanwhile`);
  return null;
}
