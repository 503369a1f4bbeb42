// Filling an empty database with a dump.
import { refuseNewerDump } from "../domain/dump.ts";
import { Problem } from "../domain/problem.ts";
import { appliedMigrations, type Database, openDatabase, openUnchecked } from "../store/database.ts";
import { alone, beginIdsAt, loadRows, requireEmpty } from "../store/load-rows.ts";
import { MIGRATION_NAMES } from "../store/migrations.ts";
import { givenChunks, STDIN } from "../system/given-lines.ts";
import type { RowCounts } from "./dump-data.ts";
import { migrateDatabase, placeOf } from "./migrate-database.ts";
import { type OpenedDump, openDump, unzipped } from "./read-dump.ts";

export interface LoadWish {
  readonly stop: AbortSignal;
  /** How many rows are in so far; none of them is there for others before the end. */
  readonly onRows: (rows: number) => void;
}

export interface LoadedDump {
  /** Where the database is, without its password. */
  readonly database: string;
  readonly rows: RowCounts;
}

/**
 * Loads a dump from a file, or from stdin (`-`), as it is or compressed with gzip, into an empty database; one that has no
 * tables yet is migrated first.
 *
 * All or nothing. A file is read twice: nothing is touched before it has proved to be whole. Nothing is written into the audit,
 * which is part of what is loaded.
 */
export async function loadData(
  databaseUrl: string,
  path: string,
  { stop, onRows }: LoadWish,
): Promise<LoadedDump> {
  if (path !== STDIN) await withDump(path, stop, requireWhole);
  return sayingNothingIsIn(
    stop,
    withDump(path, stop, async ({ header, rows }) => {
      refuseNewerDump(header, MIGRATION_NAMES);
      const db = await openTarget(databaseUrl);
      try {
        await requireEmpty(db);
        const isOlder = header.migrations.length < MIGRATION_NAMES.length;
        const loaded = await alone(db, async () => {
          await beginIdsAt(db, header.nextIds);
          return loadRows(db, rows, { isOlder, onRows });
        });
        return { database: placeOf(databaseUrl), rows: loaded };
      } finally {
        await db.close();
      }
    }),
  );
}

/** What is said of an interruption elsewhere is true of backups. */
async function sayingNothingIsIn<T>(stop: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!stop.aborted || !(error instanceof Problem) || error.code !== "interrupted") throw error;
    throw new Problem(error.code, error.message, {
      hint: "Nothing was loaded: the database is as it was. Load the dump again.",
    });
  }
}

/** What is left unread is let go of: a pipe that stays open would keep the program from ending. */
async function withDump<T>(
  path: string,
  stop: AbortSignal,
  work: (dump: OpenedDump) => Promise<T>,
): Promise<T> {
  const chunks = givenChunks(path, stop);
  try {
    return await work(await openDump(unzipped(chunks)));
  } finally {
    await chunks.return(undefined);
  }
}

async function requireWhole({ rows }: OpenedDump): Promise<void> {
  for await (const _ of rows);
}

/** One that has tables of an older pobsync is refused as everywhere: it is somebody's. */
async function openTarget(databaseUrl: string): Promise<Database> {
  try {
    return await openDatabase(databaseUrl);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const isNew =
      error.code === "database_missing" ||
      (error.code === "database_not_migrated" && (await hasNoTables(databaseUrl)));
    if (!isNew) throw error;
  }
  await migrateDatabase(databaseUrl);
  return openDatabase(databaseUrl);
}

async function hasNoTables(databaseUrl: string): Promise<boolean> {
  const db = await openUnchecked(databaseUrl);
  try {
    return (await appliedMigrations(db)).length === 0;
  } finally {
    await db.close();
  }
}
