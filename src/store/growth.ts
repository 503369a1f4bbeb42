// How much backups have brought and removals have given back.
import type { Growth } from "../domain/disk-forecast.ts";
import { listNodes, type OnNode } from "./site.ts";

/**
 * Of the snapshots on a backup server; on the only one those of all hosts, which is faster. Snapshots that were taken over are
 * not counted: they were there before.
 */
export async function growthSince({ db, node }: OnNode, since: Date): Promise<Growth> {
  const isOnly = (await listNodes(db)).length <= 1;
  const ofHere = db.sql.selectFrom("hosts").select("hosts.id").where("hosts.node", "=", node);
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
      .$if(!isOnly, (query) => query.where("hostId", "in", ofHere))
      .executeTakeFirstOrThrow(),
    db.sql
      .selectFrom("snapshots")
      .select("startedAt")
      .where("adoptedFrom", "is", null)
      .$if(!isOnly, (query) => query.where("hostId", "in", ofHere))
      .orderBy("id")
      .limit(1)
      .executeTakeFirst(),
  ]);
  return {
    ...{ addedBytes: Number(sums.addedBytes ?? 0), freedBytes: Number(sums.freedBytes ?? 0) },
    oldestAt: oldest?.startedAt ?? null,
  };
}
