// Bringing snapshots that are marked as going to where they are gone: into the trash, and from there to nothing.
import { numberText } from "../domain/count-text.ts";
import { Problem } from "../domain/problem.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { markRemoved, type RunHolder } from "../store/snapshot-removal.ts";
import { findSnapshot, listSnapshots } from "../store/snapshots.ts";
import { deleteFromTrash, flushMoves, moveToTrash, namesInTrash, requireOurs } from "../system/trash.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import { removalProgress } from "./removal-progress.ts";
import { freedByCatalog } from "./weigh-removal.ts";

/** Everything that the removal of a host's snapshots has in hands. */
export interface Removal extends HostContext {
  /** The backup root's real path. */
  readonly root: string;
  readonly holder: RunHolder;
  readonly control: RunControl;
}

export interface ClearedAway {
  readonly removed: readonly string[];
  /** Still whole, and to be brought back for as long as their time in the trash lasts. */
  readonly trashed: readonly string[];
  /** Bytes of the disk; null when that is not known of one of them. */
  readonly freedBytes: number | null;
  /** What could not be removed, in a line each. */
  readonly failures: readonly string[];
}

/**
 * Finishes what was decided, by this run or by an earlier one that died. Every step may be repeated.
 *
 * @param all whether what still has time in the trash goes as well
 */
export async function clearAway(app: App, removal: Removal, all: boolean): Promise<ClearedAway> {
  const { host, root, control } = removal;
  const failures: string[] = [];
  const trash: Snapshot[] = [];
  const going = await listSnapshots(app.db, { hostId: host.id, states: ["removing"] });
  for (const snapshot of going.toReversed()) {
    const fault = await intoTrash(removal, snapshot);
    if (fault === null) trash.push(snapshot);
    else failures.push(fault);
  }
  if (trash.length > 0) await flushMoves(root, host.name);
  const now = app.clock();
  const isDue = ({ trashUntil }: Snapshot): boolean => all || trashUntil === null || trashUntil <= now;
  const removed: string[] = [];
  const freed: (number | null)[] = [];
  const due = trash.filter(isDue);
  const progress = removalProgress(due, control.onProgress);
  for (const snapshot of due) {
    control.stop.throwIfAborted();
    let freedBytes: number | null = 0;
    try {
      freedBytes = await deleteOne(app, removal, snapshot, progress.within(snapshot));
      freed.push(freedBytes);
      removed.push(snapshot.name);
    } catch (error) {
      control.stop.throwIfAborted();
      failures.push(lineOf(snapshot.name, error));
    }
    progress.done(snapshot, freedBytes ?? 0);
  }
  failures.push(...(await sweep(app, removal)));
  return {
    removed,
    trashed: trash.filter((snapshot) => !isDue(snapshot)).map(({ name }) => name),
    freedBytes: freed.reduce<number | null>(
      (sum, more) => (sum === null || more === null ? null : sum + more),
      0,
    ),
    failures,
  };
}

/** Returns what was wrong, or null. The lease is proved right before the move: whoever lost it moves nothing. */
async function intoTrash({ root, host, control }: Removal, snapshot: Snapshot): Promise<string | null> {
  try {
    await requireOurs(root, host.name, snapshot.name);
    await control.requireLease();
    await moveToTrash(root, host.name, snapshot.name, control.requireLease);
    return null;
  } catch (error) {
    control.stop.throwIfAborted();
    return lineOf(snapshot.name, error);
  }
}

async function deleteOne(
  app: App,
  { root, host, holder, control }: Removal,
  { id, name }: Snapshot,
  onShare: (share: number) => void,
): Promise<number | null> {
  await control.requireLease();
  const deleted = await deleteFromTrash(root, host.name, name, control.requireLease, {
    stop: control.stop,
    onShare,
  });
  // A subvolume of btrfs goes at once, and what it had comes back later.
  const freedBytes = deleted.freedBytes ?? (await freedByCatalog(app.db, root, host, name));
  if (!(await markRemoved(app.db, id, holder, freedBytes, app.clock()))) await control.requireLease();
  control.note(`deleted ${name}${freedBytes === null ? "" : `, ${numberText(freedBytes)} bytes given back`}`);
  return freedBytes;
}

/** Deletes again what SQL knows as removed: a power cut may have brought it back. What SQL does not know is left alone. */
async function sweep(app: App, { root, host, control }: Removal): Promise<string[]> {
  const failures: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      control.stop.throwIfAborted();
      failures.push(lineOf(what, error));
      return null;
    }
  };
  for (const name of (await attempt("the trash", () => namesInTrash(root, host.name))) ?? []) {
    if ((await findSnapshot(app.db, host.id, name))?.state !== "removed") continue;
    await control.requireLease();
    await attempt(name, () =>
      deleteFromTrash(root, host.name, name, control.requireLease, { stop: control.stop }),
    );
  }
  return failures;
}

function lineOf(name: string, error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const detail = error instanceof Problem && error.detail !== null ? ` (${error.detail})` : "";
  return `${name}: ${error.message}${detail}`;
}
