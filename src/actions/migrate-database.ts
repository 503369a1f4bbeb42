// Creating a database or bringing it up to date: the one action that does not want it ready.
import { openUnchecked, parseDatabaseUrl } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { makePrivateParent } from "../system/folder.ts";

/** Returns the migrations that were applied, and where the database is (without its password). */
export async function migrateDatabase(databaseUrl: string): Promise<{ applied: string[]; where: string }> {
  const target = parseDatabaseUrl(databaseUrl);
  if (target.kind === "sqlite") await makePrivateParent(target.path);
  const database = await openUnchecked(databaseUrl);
  try {
    const { applied } = await migrate(database);
    return { applied, where: placeOf(databaseUrl) };
  } finally {
    await database.close();
  }
}

/** Where a database is, without its password. */
export function placeOf(databaseUrl: string): string {
  const target = parseDatabaseUrl(databaseUrl);
  return target.kind === "sqlite" ? target.path : `${target.url.hostname}${target.url.pathname}`;
}
