// Backups day by day: how the worst of each day ended, counted where the runs are.
import { sql } from "kysely";
import type { Database } from "./database.ts";

/** From the one that nobody looks at to the one that somebody must. */
const ENDS = ["none", "succeeded", "warning", "failed"] as const;
export type DayEnd = (typeof ENDS)[number];

export interface HostDay {
  readonly hostId: number;
  /** Which of the days, from 0. */
  readonly day: number;
  readonly worst: DayEnd;
}

/**
 * The days of these hosts on which a backup began that has ended, with how the worst of them did; the others are left out.
 *
 * @param bounds where the days begin, and as the last one where they are over
 */
export async function worstByDay(
  db: Database,
  hostIds: readonly number[],
  bounds: readonly Date[],
): Promise<HostDay[]> {
  const [first, last] = [bounds[0], bounds.at(-1)];
  if (hostIds.length === 0 || first === undefined || last === undefined) return [];
  const begun = sql.ref("runs.startedAt");
  const arms = bounds.slice(1).map((end, day) => sql`when ${begun} < ${end} then ${sql.lit(day)}`);
  const rows = await db.sql
    .selectFrom("runs")
    .select("hostId")
    .select(sql<number>`case ${sql.join(arms, sql` `)} end`.as("day"))
    .select(
      sql<number>`max(case ${sql.ref("runs.status")} when 'failed' then 3 when 'warning' then 2 when 'succeeded' then 1 else 0 end)`.as(
        "worst",
      ),
    )
    .where("hostId", "in", hostIds)
    .where("kind", "=", "backup")
    .where("startedAt", ">=", first)
    .where("startedAt", "<", last)
    .groupBy(["hostId", "day"])
    .execute();
  return rows.flatMap(({ hostId, day, worst }) => {
    const end = ENDS[Number(worst)];
    return end === undefined || end === "none" ? [] : [{ hostId, day: Number(day), worst: end }];
  });
}

/** Hosts by name, from the one after `after` on. */
export const hostNames = (
  db: Database,
  after: string | null,
  limit: number,
): Promise<{ id: number; name: string }[]> => {
  let query = db.sql.selectFrom("hosts").select(["id", "name"]).orderBy("name").limit(limit);
  if (after !== null) query = query.where("name", ">", after);
  return query.execute();
};
