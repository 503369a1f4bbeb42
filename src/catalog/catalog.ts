// The catalog: the index of one host's files across all its snapshots, in an SQLite file beside them.
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { Problem } from "../domain/problem.ts";

/** Goes up whenever the tables change. What a catalog of an earlier version knows of damage is nowhere else, so it is carried over. */
const VERSION = 2;

/**
 * A path has one row, and one more for each version of what was there: from its first snapshot to its last.
 *
 * `first` and `last` are places in time (`seq`), not snapshots: a snapshot that is removed takes its own row away and
 * nothing else, and one that is found later fits in between. What is still there in the newest has no last one yet.
 */
const PATHS = `
  CREATE TABLE paths (
    parent INTEGER NOT NULL, name BLOB NOT NULL, id INTEGER NOT NULL,
    -- The hours between which all of its versions lie, so that a folder in which names come and go need not look at each.
    born INTEGER NOT NULL, gone INTEGER NOT NULL,
    PRIMARY KEY (parent, name)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX paths_by_id ON paths (id);
`;
const TABLES = `
  CREATE TABLE snapshots (seq INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, entries INTEGER NOT NULL, way TEXT NOT NULL, changes TEXT NOT NULL);
  ${PATHS}
  CREATE TABLE versions (
    path INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    type TEXT NOT NULL, size INTEGER NOT NULL, mtime_s INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    mode INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL,
    target BLOB, checksum BLOB, inode INTEGER, blocks INTEGER NOT NULL,
    -- Read again last (milliseconds), what it was then when that was not as it should be, and whether the checksum is our own.
    verified INTEGER, damage BLOB, own INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (path, first)
  ) WITHOUT ROWID;
  PRAGMA user_version = ${VERSION};
`;

/** The folder `data` itself. */
export const ROOT_PATH = 0;
/** The last place of what is still there. */
export const OPEN = Number.MAX_SAFE_INTEGER;

/** Places in time are milliseconds with room between them, for snapshots of the same moment. */
export const PLACES_A_MILLISECOND = 1000;

const PLACES_AN_HOUR = 3_600_000 * PLACES_A_MILLISECOND;

/** The hour of a place in time. It takes three bytes where a place takes eight, and there may be a million. */
export const hourOf = (place: number): number => Math.floor(place / PLACES_AN_HOUR);

export interface Catalog {
  readonly db: DatabaseSync;
  /** Prepared once for as long as the catalog is open. */
  readonly prepare: (sql: string) => StatementSync;
  readonly close: () => void;
}

/**
 * Opens a host's catalog, or makes an empty one. `frozen`: on a disk that may only be read, where SQLite cannot make the file
 * by which readers and writers see each other.
 *
 * @throws Problem `catalog_unusable` when it is damaged or of another version: it can be thrown away and made anew from the
 *   snapshots without losing anything
 */
export function openCatalog(file: string, how: "read" | "write" | "frozen"): Catalog {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(how === "frozen" ? frozen(file) : file, {
      readOnly: how !== "write",
      timeout: 2000,
    });
    if (how === "write") prepareTables(db);
    const { user_version: version } = db.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version !== VERSION)
      throw unusable(file, `it is of version ${version}, this program's is ${VERSION}`);
  } catch (error) {
    db?.close();
    // One that is only locked, or on a disk that fails, is not to be thrown away.
    throw isDamage(error) ? unusable(file, (error as Error).message) : error;
  }
  const open = db;
  const statements = new Map<string, StatementSync>();
  return {
    db: open,
    prepare: (sql) => {
      const known = statements.get(sql) ?? open.prepare(sql);
      statements.set(sql, known);
      return known;
    },
    close: () => open.close(),
  };
}

function frozen(file: string): URL {
  const url = pathToFileURL(file);
  url.searchParams.set("immutable", "1");
  return url;
}

const unusable = (file: string, why: string): Problem =>
  new Problem("catalog_unusable", `The catalog ${file} cannot be used: ${why}.`);

/** What SQLite says of a file that is none of its own or has been damaged: SQLITE_CORRUPT, SQLITE_NOTADB. */
export function isDamage(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && [11, 26].includes(errcode & 0xff);
}

function prepareTables(db: DatabaseSync): void {
  // Large pages, because a look into a cold catalog waits for each page that it reads: a folder with 10,000 entries took two
  // thirds of the time, and filling the catalog no longer. One that has smaller pages keeps them.
  db.exec("PRAGMA page_size = 16384;");
  // A power cut may cost the newest changes, never the file: the snapshots say what is missing.
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;");
  const { user_version: version } = db.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version === 0) db.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT;`);
  if (version === 1) db.exec(`BEGIN IMMEDIATE; ${FROM_VERSION_1} COMMIT;`);
}

/** Paths had no hours, and all kinds of names stayed for ever: those of nothing stay until they come back. */
const FROM_VERSION_1 = `
  ALTER TABLE paths RENAME TO former_paths;
  DROP INDEX paths_by_name;
  ${PATHS}
  INSERT INTO paths (parent, name, id, born, gone)
    SELECT parent, name, id, coalesce(min(first) / ${PLACES_AN_HOUR}, 0), coalesce(max(last), ${OPEN}) / ${PLACES_AN_HOUR}
    FROM former_paths LEFT JOIN versions ON path = id GROUP BY id ORDER BY parent, name;
  DROP TABLE former_paths;
  PRAGMA user_version = ${VERSION};
`;

/** How a snapshot came into the catalog: by what rsync said of it, or by walking over it. */
export type IndexedBy = "log" | "walk";

/** A snapshot that the catalog knows. `entries` are those of every type below `data`. */
export interface IndexedSnapshot {
  readonly seq: number;
  readonly name: string;
  readonly entries: number;
  readonly way: IndexedBy;
}

/** All that are indexed, oldest first. */
export const indexedSnapshots = (catalog: Catalog): IndexedSnapshot[] =>
  catalog
    .prepare("SELECT seq, name, entries, way FROM snapshots ORDER BY seq")
    .all() as unknown as IndexedSnapshot[];

/** Paths whose versions are looked through together. */
const PURGED_AT_ONCE = 20_000;

/**
 * Deletes versions that no snapshot has any more, and paths that have no other, a part with each step, so that nobody has to
 * wait for all of it.
 */
export function* purge(catalog: Catalog): Generator<void> {
  const { last } = catalog.prepare("SELECT coalesce(max(id), 0) AS last FROM paths").get() as {
    last: number;
  };
  const clear = catalog.prepare(
    `DELETE FROM versions WHERE path BETWEEN ? AND ?
       AND NOT EXISTS (SELECT 1 FROM snapshots WHERE seq BETWEEN first AND last) RETURNING path`,
  );
  for (let from = 0; from <= last; from += PURGED_AT_ONCE) {
    inOneGo(catalog, () => {
      const cleared = clear.all(from, from + PURGED_AT_ONCE - 1) as { path: number }[];
      for (const path of new Set(cleared.map((row) => row.path))) forgetPath(catalog, path);
    });
    yield;
  }
}

/** Of a path that never was there, nor anything below it, only the name is left: it goes, and so may the folder it lay in. */
function forgetPath(catalog: Catalog, path: number): void {
  const forget = catalog.prepare(
    `DELETE FROM paths WHERE id = ?1
       AND NOT EXISTS (SELECT 1 FROM versions WHERE path = ?1) AND NOT EXISTS (SELECT 1 FROM paths WHERE parent = ?1)
     RETURNING parent`,
  );
  for (let id = path; id !== ROOT_PATH; ) {
    const forgotten = forget.get(id) as { parent: number } | undefined;
    if (forgotten === undefined) return;
    id = forgotten.parent;
  }
}

/** All of what is done, or nothing of it. */
export function inOneGo(catalog: Catalog, work: () => void): void {
  catalog.db.exec("BEGIN IMMEDIATE");
  try {
    work();
    catalog.db.exec("COMMIT");
  } catch (error) {
    catalog.db.exec("ROLLBACK");
    throw error;
  }
}

/**
 * Takes a snapshot out. Versions that no other one has stay until `purge`, and are in no answer.
 *
 * When it is the newest, the one before it becomes the newest: what that has is still there, whatever came later, and what came
 * later never was. The next one is told by its differences from it.
 */
export function forgetSnapshot(catalog: Catalog, name: string): void {
  inOneGo(catalog, () => {
    const newest = indexedSnapshots(catalog).at(-1);
    catalog.prepare("DELETE FROM snapshots WHERE name = ?").run(name);
    if (newest?.name === name) becomeNewest(catalog, indexedSnapshots(catalog).at(-1)?.seq ?? -1);
  });
}

function becomeNewest(catalog: Catalog, seq: number): void {
  const { prepare } = catalog;
  const unmade = prepare("DELETE FROM versions WHERE first > ? RETURNING path").all(seq) as {
    path: number;
  }[];
  const isEnded = "first <= ?1 AND last >= ?1 AND last < ?2";
  prepare(`UPDATE paths SET gone = ?3 WHERE id IN (SELECT path FROM versions WHERE ${isEnded})`).run(
    ...([seq, OPEN, hourOf(OPEN)] as const),
  );
  prepare(`UPDATE versions SET last = ?2 WHERE ${isEnded}`).run(seq, OPEN);
  for (const path of new Set(unmade.map((row) => row.path))) forgetPath(catalog, path);
}
