// Pages of the list of snapshots, of one host or of all, however many there are.
import { SNAPSHOT_STATES, type Snapshot, type SnapshotState } from "../domain/snapshot.ts";
import type { Database } from "./database.ts";
import { asSnapshot, snapshotsWithHosts } from "./snapshots.ts";

/** Every part that is left out lets everything through. */
export interface SnapshotPageFilter {
  readonly hostId?: number | undefined;
  readonly states?: readonly SnapshotState[] | undefined;
  readonly kinds?: readonly Snapshot["kind"][] | undefined;
  readonly statuses?: readonly Snapshot["status"][] | undefined;
}

/** The last snapshot of the page before. Two may have begun at the same moment. */
export type SnapshotPlace = Pick<Snapshot, "startedAt" | "id">;

const KINDS: readonly Snapshot["kind"][] = ["scheduled", "manual"];
const STATUSES: readonly Snapshot["status"][] = ["succeeded", "warning"];

/** Snapshots, newest first: at most `limit`, and only what comes behind `after`. */
export async function snapshotPage(
  db: Database,
  filter: SnapshotPageFilter,
  limit: number,
  after: SnapshotPlace | null,
): Promise<Snapshot[]> {
  const { states = SNAPSHOT_STATES, kinds = KINDS, statuses = STATUSES } = filter;
  // "in ()" is no SQL for MariaDB.
  if (states.length === 0 || kinds.length === 0 || statuses.length === 0) return [];
  const rows = await snapshotsWithHosts(db)
    .where("snapshots.id", "in", newestIds(db, { ...filter, states, kinds, statuses }, limit, after))
    .orderBy("snapshots.startedAt", "desc")
    .orderBy("snapshots.id", "desc")
    .execute();
  return rows.map(asSnapshot);
}

/**
 * Which snapshots are on a page.
 *
 * An index gives the newest at once only when each of its columns has one value, so every combination of values is asked
 * for its newest, as for runs (see listRuns). One host has so few that its states are enough.
 */
function newestIds(
  db: Database,
  { hostId, states, kinds, statuses }: { readonly hostId?: number | undefined } & Lists,
  limit: number,
  after: SnapshotPlace | null,
) {
  const combinations =
    hostId === undefined
      ? states.flatMap((state) =>
          kinds.flatMap((kind) => statuses.map((status) => ({ state, kinds: [kind], statuses: [status] }))),
        )
      : states.map((state) => ({ state, kinds, statuses }));
  const newestOf = (values: (typeof combinations)[number]) => {
    let newest = db.sql
      .selectFrom("snapshots")
      .select(["id", "startedAt"])
      .where("state", "=", values.state)
      .where("kind", "in", values.kinds)
      .where("status", "in", values.statuses)
      .orderBy("startedAt", "desc")
      .orderBy("id", "desc")
      .limit(limit);
    if (hostId !== undefined) newest = newest.where("hostId", "=", hostId);
    if (after !== null)
      newest = newest
        .where("startedAt", "<=", after.startedAt)
        .where(({ or, eb }) => or([eb("startedAt", "<", after.startedAt), eb("id", "<", after.id)]));
    return db.sql.selectFrom(newest.as("newest")).select(["id", "startedAt"]);
  };
  const page = combinations.map(newestOf).reduce((together, more) => together.unionAll(more));
  const found = db.sql
    .selectFrom(page.as("page"))
    .select("id")
    .orderBy("startedAt", "desc")
    .orderBy("id", "desc")
    .limit(limit);
  // MariaDB takes no limit directly within "in".
  return db.sql.selectFrom(found.as("found")).select("id");
}

type Lists = Required<{
  readonly [Name in "states" | "kinds" | "statuses"]: NonNullable<SnapshotPageFilter[Name]>;
}>;
