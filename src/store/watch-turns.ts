// Whose turn it is to look whether something is to be told: one process at a time, by the database's clock.
import type { Database } from "./database.ts";
import { isDuplicateKey } from "./database-problem.ts";

/**
 * Takes the turn of that name, unless another process has it or the last one was not long ago. It is lost when it is not ended
 * within `withinSeconds`.
 */
export async function takeTurn(
  db: Database,
  name: string,
  watcherId: string,
  withinSeconds: number,
): Promise<boolean> {
  const taken = await db.sql
    .updateTable("watchTurns")
    .set({ watcherId, nextLookAt: db.dialect.nowPlus(withinSeconds) })
    .where("name", "=", name)
    .where("nextLookAt", "<=", db.dialect.now)
    .executeTakeFirst();
  if (taken.numUpdatedRows === 1n) return true;
  const known = await db.sql
    .selectFrom("watchTurns")
    .select("name")
    .where("name", "=", name)
    .executeTakeFirst();
  if (known !== undefined) return false;
  try {
    await db.sql
      .insertInto("watchTurns")
      .values({ name, watcherId, nextLookAt: db.dialect.nowPlus(withinSeconds) })
      .execute();
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** The next turn may begin after so many seconds, whoever takes it. */
export async function endTurn(
  db: Database,
  name: string,
  watcherId: string,
  nextInSeconds: number,
): Promise<void> {
  await db.sql
    .updateTable("watchTurns")
    .set({ watcherId: null, nextLookAt: db.dialect.nowPlus(nextInSeconds) })
    .where("name", "=", name)
    .where("watcherId", "=", watcherId)
    .execute();
}
