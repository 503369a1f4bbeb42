// How much backups have brought and removals have given back.
import type { Growth } from "../domain/disk-forecast.ts";
import type { Database } from "./database.ts";

/** Snapshots that were taken over are not counted: they were there before. */
export async function growthSince(db: Database, since: Date): Promise<Growth> {
  const [added, freed, oldest] = await Promise.all([
    db.sql
      .selectFrom("snapshots")
      .select(({ fn }) => fn.sum<number | null>("newBytes").as("bytes"))
      .where("startedAt", ">=", since)
      .where("adoptedFrom", "is", null)
      .executeTakeFirstOrThrow(),
    db.sql
      .selectFrom("snapshots")
      .select(({ fn }) => fn.sum<number | null>("freedBytes").as("bytes"))
      .where("removedAt", ">=", since)
      .executeTakeFirstOrThrow(),
    db.sql
      .selectFrom("snapshots")
      // Named as the column is, so that the codec reads it as an instant.
      .select(({ fn }) => fn.min("startedAt").as("startedAt"))
      .where("adoptedFrom", "is", null)
      .executeTakeFirst(),
  ]);
  return {
    ...{ addedBytes: Number(added.bytes ?? 0), freedBytes: Number(freed.bytes ?? 0) },
    oldestAt: oldest?.startedAt ?? null,
  };
}
