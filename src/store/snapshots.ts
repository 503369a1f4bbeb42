// Snapshots in SQL.
import type { Selectable } from "kysely";
import { readVerdict } from "../domain/anomaly.ts";
import { parsePin, pinJson, SNAPSHOT_STATES, type Snapshot, type SnapshotState } from "../domain/snapshot.ts";
import type { Database } from "./database.ts";
import { storedOneOf } from "./stored.ts";
import type { Sql, Tables } from "./tables.ts";

export type NewSnapshot = Pick<
  Snapshot,
  | "hostId"
  | "name"
  | "kind"
  | "status"
  | "startedAt"
  | "finishedAt"
  | "base"
  | "files"
  | "bytes"
  | "newBytes"
  | "runId"
> &
  Partial<Pick<Snapshot, "anomaly" | "adoptedFrom" | "pin" | "fakeSuper">>;

type SnapshotRow = Selectable<Tables["snapshots"]> & { hostName: string };

export const asSnapshot = (row: SnapshotRow): Snapshot => ({
  id: row.id,
  hostId: row.hostId,
  host: row.hostName,
  name: row.name,
  kind: storedOneOf(["scheduled", "manual"], row.kind, "snapshots.kind"),
  state: storedOneOf(SNAPSHOT_STATES, row.state, "snapshots.state"),
  status: storedOneOf(["succeeded", "warning"], row.status, "snapshots.status"),
  startedAt: row.startedAt,
  finishedAt: row.finishedAt,
  base: row.baseName,
  files: row.files,
  bytes: row.bytes,
  newBytes: row.newBytes,
  runId: row.runId,
  pin: parsePin(row.pin),
  verifiedAt: row.verifiedAt,
  verifyResult: row.verifyResult,
  revision: row.revision,
  removalRunId: row.removalRunId,
  removedAt: row.removedAt,
  trashUntil: row.trashUntil,
  freedBytes: row.freedBytes,
  anomaly: row.anomaly,
  anomalyVerdict: readVerdict(row.anomalyVerdict),
  adoptedFrom: row.adoptedFrom,
  fakeSuper: row.fakeSuper,
});

export const snapshotsWithHosts = (db: Database) =>
  db.sql
    .selectFrom("snapshots")
    .innerJoin("hosts", "hosts.id", "snapshots.hostId")
    .selectAll("snapshots")
    .select("hosts.name as hostName");

/** Records a snapshot that lies complete on disk, inside the caller's transaction. One that is on record already stays. */
export async function insertSnapshot(tx: Sql, snapshot: NewSnapshot): Promise<void> {
  const known = await tx
    .selectFrom("snapshots")
    .select("id")
    .where("hostId", "=", snapshot.hostId)
    .where("name", "=", snapshot.name)
    .executeTakeFirst();
  if (known !== undefined) return;
  const base =
    snapshot.base === null
      ? undefined
      : await tx
          .selectFrom("snapshots")
          .select("id")
          .where("hostId", "=", snapshot.hostId)
          .where("name", "=", snapshot.base)
          .executeTakeFirst();
  const { base: baseName, pin = null, ...facts } = snapshot;
  const values = { ...facts, state: "complete", baseName, baseId: base?.id ?? null };
  await tx
    .insertInto("snapshots")
    .values({ ...values, pin: pin === null ? null : pinJson(pin) })
    .execute();
}

export interface SnapshotFilter {
  readonly hostId?: number;
  readonly states?: readonly SnapshotState[];
}

/** Snapshots, newest first. */
export async function listSnapshots(db: Database, filter: SnapshotFilter = {}): Promise<Snapshot[]> {
  if (filter.states?.length === 0) return [];
  let query = snapshotsWithHosts(db).orderBy("snapshots.startedAt", "desc").orderBy("snapshots.id", "desc");
  if (filter.hostId !== undefined) query = query.where("snapshots.hostId", "=", filter.hostId);
  if (filter.states !== undefined) query = query.where("snapshots.state", "in", filter.states);
  return (await query.execute()).map(asSnapshot);
}

export async function findSnapshot(db: Database, hostId: number, name: string): Promise<Snapshot | null> {
  const row = await snapshotsWithHosts(db)
    .where("snapshots.hostId", "=", hostId)
    .where("snapshots.name", "=", name)
    .executeTakeFirst();
  return row === undefined ? null : asSnapshot(row);
}

/** Of each host, or of each of these, how many complete snapshots there are and when the newest one was finished, by the host's id. */
export async function snapshotCounts(
  db: Database,
  hostIds: readonly number[] | null = null,
): Promise<Map<number, { count: number; finishedAt: Date }>> {
  if (hostIds?.length === 0) return new Map();
  const rows = await db.sql
    .selectFrom("snapshots")
    .select("hostId")
    // Named as the column is, so that the codec reads it as an instant.
    .select(({ fn }) => [fn.countAll<number>().as("count"), fn.max("finishedAt").as("finishedAt")])
    .where("state", "=", "complete")
    .where(({ and, eb }) => and(hostIds === null ? [] : [eb("hostId", "in", hostIds)]))
    .groupBy("hostId")
    .execute();
  return new Map(rows.map((row) => [row.hostId, { count: Number(row.count), finishedAt: row.finishedAt }]));
}

/** When the newest complete snapshot of each of these hosts was finished that have one. */
export async function newestSuccesses(db: Database, hostIds: readonly number[]): Promise<Map<number, Date>> {
  if (hostIds.length === 0) return new Map();
  const rows = await db.sql
    .selectFrom("hosts")
    .select("hosts.id")
    .select(({ selectFrom }) =>
      selectFrom("snapshots")
        .select("snapshots.finishedAt")
        .where("snapshots.state", "=", "complete")
        .whereRef("snapshots.hostId", "=", "hosts.id")
        .orderBy("snapshots.finishedAt", "desc")
        .limit(1)
        .as("finishedAt"),
    )
    .where("hosts.id", "in", hostIds)
    .execute();
  return new Map(
    rows.flatMap(({ id, finishedAt }) => (finishedAt === null ? [] : [[id, finishedAt] as const])),
  );
}

/** Notes since when a snapshot has been read as a whole, and what came of it: "ok" or "damaged". */
export async function saveVerification(
  db: Database,
  id: number,
  verifiedAt: Date | null,
  verifyResult: string | null,
): Promise<void> {
  await db.sql.updateTable("snapshots").set({ verifiedAt, verifyResult }).where("id", "=", id).execute();
}
