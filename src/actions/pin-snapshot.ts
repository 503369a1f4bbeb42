// Pinning: a person's reason to keep a snapshot, whatever the rules say, and the end of one.
import { isDeepStrictEqual } from "node:util";
import { parsePinReason, parsePinUntil } from "../domain/pin-input.ts";
import { Problem, quoted } from "../domain/problem.ts";
import { type Pin, parseSnapshotName, type Snapshot } from "../domain/snapshot.ts";
import { savePin } from "../store/snapshot-claims.ts";
import { findSnapshot, listSnapshots } from "../store/snapshots.ts";
import { diskProblem } from "../system/disk-problem.ts";
import { type NoteAnswer, notePin } from "../system/snapshot-notes.ts";
import { requireOurs } from "../system/trash.ts";
import type { App } from "./app.ts";
import { asOne, recordAudit } from "./audit.ts";
import { type HostContext, hostContext, rootHere } from "./host-context.ts";

export interface PinChange {
  readonly context: HostContext;
  readonly snapshot: Snapshot;
  /** What held before; null: it was not pinned. */
  readonly before: Pin | null;
  /** What became of it on disk. `no-snapshot`: there it is not, so only the database knows. */
  readonly onDisk: NoteAnswer;
}

/** As they were typed. */
export interface PinWish {
  readonly reason: unknown;
  /** Left out: for ever. */
  readonly until?: unknown;
}

/** Stands for the newest complete snapshot of a host. */
const LATEST = "latest";

/**
 * Keeps a snapshot until a moment, or for ever; one that is pinned already gets the new reason and end.
 *
 * Refuses before anything is changed with `not_found`, `bad_input`, `snapshot_removing`, `root_not_mounted` (the pin could
 * not survive on disk) or `not_our_snapshot`.
 */
export async function pinSnapshot(
  app: App,
  hostName: string,
  snapshotName: string,
  wish: PinWish,
): Promise<PinChange> {
  const context = await hostContext(app, hostName);
  const { timeZone } = context.effective.values;
  const pin = {
    reason: parsePinReason(wish.reason),
    until: wish.until === undefined ? null : parsePinUntil(wish.until, app.clock(), timeZone),
    by: app.requestedBy,
  };
  return changePin(app, context, snapshotName, pin);
}

/** Leaves a snapshot to the rules again. One without a pin stays as it is. Refuses as `pinSnapshot` does. */
export async function unpinSnapshot(app: App, hostName: string, snapshotName: string): Promise<PinChange> {
  return changePin(app, await hostContext(app, hostName), snapshotName, null);
}

/**
 * SQL first, because it decides: it refuses what is on its way out, and from then on no prune takes the snapshot. The disk
 * is told afterwards and only matters to a rebuild. A crash between the two leaves a new pin that holds but would be lost
 * in a rebuild, or the old note of one that was taken off, which would keep too much; the same command again mends both.
 */
async function changePin(app: App, context: HostContext, given: string, pin: Pin | null): Promise<PinChange> {
  const { host, site } = context;
  const snapshot = await requireStaying(app, context, given);
  const root = await rootHere(site);
  await requireOurs(root, host.name, snapshot.name);
  if ((pin !== null || snapshot.pin !== null) && !(await writePin(app, snapshot, pin))) {
    await requireStaying(app, context, snapshot.name);
    throw new Problem("snapshot_removing", `${snapshot.name} was on its way out at this moment.`, {
      hint: "It is back already. Say it again.",
    });
  }
  const { onDisk, told } = await tellDisk(app, context, root, snapshot);
  return { context, snapshot: told, before: snapshot.pin, onDisk };
}

/** False: it was on its way out. */
const writePin = (app: App, { id, host, name }: Snapshot, pin: Pin | null): Promise<boolean> =>
  asOne(app, async (tx) => {
    if (!(await savePin(tx.db, id, pin))) return false;
    const action = pin === null ? "snapshot.unpinned" : "snapshot.pinned";
    const detail = pin === null ? {} : { reason: pin.reason, until: pin.until?.toISOString() ?? null };
    await recordAudit(tx, { action, subjectKind: "snapshot", subject: `${host}/${name}`, detail });
    return true;
  });

async function requireStaying(app: App, { host }: HostContext, given: string): Promise<Snapshot> {
  const snapshot =
    given === LATEST
      ? (await listSnapshots(app.db, { hostId: host.id, states: ["complete"] }))[0]
      : parseSnapshotName(given) && (await findSnapshot(app.db, host.id, given));
  const missing = (message: string): Problem =>
    new Problem("not_found", message, { hint: `pobsync snapshots ${host.name} lists them.` });
  if (!snapshot)
    throw missing(
      given === LATEST
        ? `${host.name} has no snapshot yet.`
        : `${host.name} has no snapshot ${quoted(given)}.`,
    );
  const { state, name, removedAt } = snapshot;
  switch (state) {
    case "complete":
    case "missing":
      return snapshot;
    case "removing":
      throw new Problem("snapshot_removing", `${name} of ${host.name} is on its way out.`, {
        hint: `While it lies whole in the trash it can be brought back: pobsync restore-from-trash ${host.name} ${name}`,
      });
    case "removed":
      throw missing(
        `${name} of ${host.name} was removed${removedAt === null ? "" : ` (${removedAt.toISOString()})`}.`,
      );
    default:
      return state satisfies never;
  }
}

const ROUNDS_MAX = 20;

/**
 * Writes what SQL says onto the disk, and looks whether SQL still says so. Of two people who pin the same snapshot, whoever
 * writes last onto the disk has so seen the end of both, and SQL and disk agree.
 */
async function tellDisk(
  app: App,
  { host }: HostContext,
  root: string,
  { id, name }: Snapshot,
): Promise<{ onDisk: NoteAnswer; told: Snapshot }> {
  const look = async (): Promise<Snapshot> => {
    const found = await findSnapshot(app.db, host.id, name);
    if (found?.id === id) return found;
    throw new Problem("not_found", `${name} of ${host.name} was taken off the record at this moment.`);
  };
  let told = await look();
  for (let left = ROUNDS_MAX; left > 0; left -= 1) {
    const onDisk = await notePin(root, host.name, name, told.pin, app.randomHex(6)).catch((error) => {
      throw halfDone(error, host.name, name);
    });
    const seen = await look();
    if (isDeepStrictEqual(seen.pin, told.pin)) return { onDisk, told: seen };
    told = seen;
  }
  const problem = new Problem("server_write_failed", "Others keep changing the pin at the same time.");
  throw halfDone(problem, host.name, name);
}

/** The database has changed and the disk has not. */
function halfDone(error: unknown, host: string, name: string): unknown {
  const problem = diskProblem(error);
  if (!(problem instanceof Problem)) return problem;
  return new Problem(
    problem.code,
    `The database knows it, but it could not be written into snapshot.json of ${name}.`,
    {
      hint: `Until then it would be lost in a rebuild of the database from disk. Mend the disk, then say the same again for ${host}.`,
      detail: problem.detail ?? problem.message,
      cause: error,
    },
  );
}
