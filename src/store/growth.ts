// How much backups have brought and removals have given back.
import type { Growth } from "../domain/disk-forecast.ts";
import type { Database } from "./database.ts";

/** Snapshots that were taken over are not counted: they were there before. */
export async function growthSince(db: Database, since: Date): Promise<Growth> {
  const [sums, oldest] = await Promise.all([
    // In one go over the table: two would cost twice as much, and indices for them every backup.
    db.sql
      .selectFrom("snapshots")
      .select(({ fn, and, eb }) => [
        fn
          .sum<number | null>(
            eb
              .case()
              .when(and([eb("startedAt", ">=", since), eb("adoptedFrom", "is", null)]))
              .then(eb.ref("newBytes"))
              .end(),
          )
          .as("addedBytes"),
        fn
          .sum<number | null>(eb.case().when("removedAt", ">=", since).then(eb.ref("freedBytes")).end())
          .as("freedBytes"),
      ])
      .executeTakeFirstOrThrow(),
    db.sql
      .selectFrom("snapshots")
      .select("startedAt")
      .where("adoptedFrom", "is", null)
      .orderBy("id")
      .limit(1)
      .executeTakeFirst(),
  ]);
  return {
    ...{ addedBytes: Number(sums.addedBytes ?? 0), freedBytes: Number(sums.freedBytes ?? 0) },
    oldestAt: oldest?.startedAt ?? null,
  };
}
