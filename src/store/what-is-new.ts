// Cheap looks at what has happened since the last one, for those who watch the whole site.
import type { Database } from "./database.ts";

/** Numbers are given before they are committed: on MariaDB a smaller one may appear after a larger one that was seen. */
const LATE_MAX = 50;

/** Rows of a table that only grows, as far as they were not seen before. */
export interface Newcomers<Row> {
  /** What has come since the last look; at the first one nothing, however much there is. At most a thousand. */
  readonly look: () => Promise<Row[]>;
}

const LOOK_AT_MAX = 1000;

type Numbered = { readonly id: number };

function newcomers<Row extends Numbered>(
  newestId: () => Promise<number>,
  rowsAfter: (id: number, limit: number) => Promise<Row[]>,
): Newcomers<Row> {
  let newest: number | null = null;
  let seen = new Set<number>();
  return {
    async look() {
      const isFirst = newest === null;
      newest ??= await newestId();
      const floor = newest - LATE_MAX;
      const rows = await rowsAfter(floor, LOOK_AT_MAX);
      const news = isFirst ? [] : rows.filter(({ id }) => !seen.has(id));
      newest = rows.reduce((most, { id }) => Math.max(most, id), newest);
      // Below the floor of the next look nobody asks for.
      const nextFloor = newest - LATE_MAX;
      seen = new Set(rows.map(({ id }) => id).filter((id) => id > nextFloor));
      return news;
    },
  };
}

/** Runs that were queued, by their ids, whatever has become of them since. */
export const newRuns = (db: Database): Newcomers<Numbered> =>
  newcomers(
    async () => {
      const row = await db.sql
        .selectFrom("runs")
        .select(({ fn }) => fn.max("id").as("id"))
        .executeTakeFirst();
      return Number(row?.id ?? 0);
    },
    (id, limit) =>
      db.sql.selectFrom("runs").select("id").where("id", ">", id).orderBy("id").limit(limit).execute(),
  );

/** What was done, by the kind of thing that it was done to. */
export const newAuditEntries = (db: Database): Newcomers<Numbered & { readonly subjectKind: string }> =>
  newcomers(
    async () => {
      const row = await db.sql
        .selectFrom("auditEntries")
        .select(({ fn }) => fn.max("id").as("id"))
        .executeTakeFirst();
      return Number(row?.id ?? 0);
    },
    (id, limit) =>
      db.sql
        .selectFrom("auditEntries")
        .select(["id", "subjectKind"])
        .where("id", ">", id)
        .orderBy("id")
        .limit(limit)
        .execute(),
  );

/** Ids of those that wait, oldest first. */
export async function queuedRunIds(db: Database, limit: number): Promise<number[]> {
  const rows = await db.sql
    .selectFrom("runs")
    .select("id")
    .where("status", "=", "queued")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Changes whenever a due time of a schedule was queued or skipped. */
export async function schedulesMark(db: Database): Promise<string> {
  const row = await db.sql
    .selectFrom("schedules")
    // Named as the column is, so that the codec reads it as an instant.
    .select(({ fn }) => [fn.max("lastDueAt").as("lastDueAt"), fn.countAll<number>().as("count")])
    .executeTakeFirstOrThrow();
  return `${row.count} ${row.lastDueAt?.getTime() ?? ""}`;
}

/** Differs when something of what decides about hosts was changed by whomever. One look into an index or a small table each. */
export async function changeToken(db: Database): Promise<string> {
  const { sql } = db;
  const row = await sql
    .selectFrom(
      sql
        .selectFrom("hosts")
        .select(({ fn }) => [fn.countAll<number>().as("count"), fn.max("updatedAt").as("updatedAt")])
        .as("hosts"),
    )
    .select(["hosts.count", "hosts.updatedAt"])
    .select(({ selectFrom }) => [
      selectFrom("auditEntries")
        .select(({ fn }) => fn.max("auditEntries.id").as("id"))
        .as("audit"),
      selectFrom("runs")
        .select(({ fn }) => fn.max("runs.id").as("id"))
        .as("run"),
      selectFrom("runs")
        .select(({ fn }) => fn.max("runs.finishedAt").as("finishedAt"))
        .as("finishedAt"),
      selectFrom("runLeases")
        .select(({ fn }) => fn.sum("runLeases.runId").as("sum"))
        .as("running"),
      selectFrom("snapshots")
        .select(({ fn }) => fn.max("snapshots.id").as("id"))
        .as("snapshot"),
      selectFrom("schedules")
        .select(({ fn }) => fn.max("schedules.lastDueAt").as("lastDueAt"))
        .as("lastDueAt"),
    ])
    .executeTakeFirst();
  return JSON.stringify(row ?? null);
}
