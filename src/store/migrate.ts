// Bringing a database up to date. One process does it; the others refuse until it is done.
import { Migrator } from "kysely/migration";
import { Problem } from "../domain/problem.ts";
import { appliedMigrations, type Database } from "./database.ts";
import { databaseProblem } from "./database-problem.ts";
import { MIGRATION_NAMES, MIGRATION_TABLE, MIGRATIONS } from "./migrations.ts";

/** Applies what is missing and names it. Two processes at once are serialised; the second finds nothing left to do. */
export async function migrate(database: Database): Promise<{ applied: string[]; before: string[] }> {
  const before = await appliedMigrations(database);
  const newer = before.filter((name) => !MIGRATION_NAMES.includes(name));
  if (newer.length > 0)
    throw new Problem("database_newer", "The database was made by a newer version of pobsync.", {
      detail: `Migrations this version does not know: ${newer.join(", ")}`,
    });
  const migrations = Object.fromEntries(
    Object.entries(MIGRATIONS).map(([name, up]) => [
      name,
      { up: (db: Parameters<typeof up>[0]) => up(db, database.dialect) },
    ]),
  );
  const migrator = new Migrator({
    db: database.sql.withoutPlugins(),
    provider: { getMigrations: async () => migrations },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: `${MIGRATION_TABLE}_lock`,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw databaseProblem(error);
  return {
    applied: (results ?? []).filter((r) => r.status === "Success").map((r) => r.migrationName),
    before,
  };
}
