// Writing one snapshot into the catalog: what changed when it is known, everything when it is not.
import type { EntryFacts } from "../domain/entry.ts";
import { idSet } from "../domain/id-set.ts";
import { type Catalog, hourOf, type IndexedBy, OPEN, ROOT_PATH } from "./catalog.ts";
import { newTally } from "./changes.ts";
import {
  entryColumns,
  hasSameContent,
  INSERT_VERSION,
  isSame,
  looksSame,
  type VersionRow,
  writeRow,
} from "./version-rows.ts";

/** The indexing of one snapshot: all of it is kept, or nothing. */
export interface Indexing {
  /** What lies at a path (without a slash at either end). A checksum that is not given stays as it was for the same inode. */
  readonly isThere: (path: Buffer, facts: EntryFacts, checksum: Uint8Array | null) => void;
  /** Nothing lies at a path, nor below it. */
  readonly isGone: (path: Buffer) => void;
  /** A checksum for a version that this snapshot brought. */
  readonly checksum: (path: Buffer, checksum: Uint8Array) => void;
  /** The file is another name of a file that comes with a checksum. */
  readonly sameContent: (path: Buffer, leader: Buffer) => void;
  /** Names that the catalog has in a folder, as things are so far. */
  readonly namesIn: (path: Buffer) => Buffer[];
  /** How many they are. */
  readonly countIn: (path: Buffer) => number;
  /** After a walk over everything: whatever was not said to be there is gone. */
  readonly restIsGone: () => void;
  /** How many entries the snapshot has by now. */
  readonly entries: () => number;
  readonly commit: (way: IndexedBy) => void;
  readonly abort: () => void;
}

const SLASH = 0x2f;
/** Folders whose place is kept in memory: an entry's neighbours come soon after it, and those of a million would take 30 MB. */
const FOLDERS_KNOWN = 5000;
const COVERING = "SELECT * FROM versions WHERE path = ? AND first <= ? AND last >= ?";

/**
 * Begins to write a snapshot into the catalog, at its place in time.
 *
 * What the catalog says of the moment before is the start: only differences need to be told. When the snapshot is not the
 * newest one, every entry must be, and `restIsGone` called at the end.
 */
export function beginIndexing(catalog: Catalog, name: string, seq: number): Indexing {
  const { prepare } = catalog;
  catalog.db.exec("BEGIN IMMEDIATE");
  prepare("DELETE FROM snapshots WHERE name = ? OR seq = ?").run(name, seq);
  const before = prepare("SELECT entries FROM snapshots WHERE seq < ? ORDER BY seq DESC LIMIT 1").get(seq) as
    | { entries: number }
    | undefined;
  let entries = before?.entries ?? 0;
  const changes = newTally();
  const folders = new Map<string, number>();
  const told = idSet();

  const find = prepare("SELECT id FROM paths WHERE parent = ? AND name = ?");
  const add = prepare("INSERT INTO paths (parent, name, id, born, gone) VALUES (?, ?, ?, ?, ?)");
  const lived = prepare("UPDATE paths SET born = min(born, ?), gone = max(gone, ?) WHERE id = ?");
  const died = prepare("UPDATE paths SET gone = ? WHERE id = ?");
  const cover = prepare(COVERING);
  const inFolder = `FROM paths p JOIN versions v ON v.path = p.id
     WHERE p.parent = ?1 AND p.born <= ?3 AND p.gone >= ?3 AND v.first <= ?2 AND v.last >= ?2`;
  const countEntries = prepare(`SELECT count(*) AS count ${inFolder}`);
  const listEntries = prepare(`SELECT p.name ${inFolder}`);
  const cut = prepare("UPDATE versions SET last = ? WHERE path = ? AND first = ?");
  const insert = prepare(INSERT_VERSION);

  // Paths beyond it are new: nothing can lie below them, or ever have been there, but what was told just now.
  const newest = (prepare("SELECT max(id) AS id FROM paths").get() as { id: number | null }).id ?? 0;
  let latest = newest;
  const last = isFollowed(catalog, seq) ? seq : OPEN;
  const [hour, lastHour] = [hourOf(seq), hourOf(last)];
  const addPath = (parent: number, part: Buffer): number => {
    add.run(parent, part, latest + 1, hour, lastHour);
    latest += 1;
    return latest;
  };
  const idOf = (parent: number, part: Buffer, isWanted: boolean): number | null => {
    if (isWanted && parent > newest) {
      try {
        return addPath(parent, part);
      } catch {
        // rsync tells of a file twice when it had to be sent again.
      }
    }
    const known = find.get(parent, part) as { id: number } | undefined;
    if (known !== undefined) return known.id;
    return isWanted ? addPath(parent, part) : null;
  };
  let lastFolder: { path: Buffer; id: number } = { path: Buffer.alloc(0), id: ROOT_PATH };
  const folderOf = (path: Buffer, isWanted: boolean): number | null => {
    if (path.length === 0) return ROOT_PATH;
    // Entries of one folder come one after the other.
    if (path.equals(lastFolder.path)) return lastFolder.id;
    const key = path.toString("latin1");
    const id = folders.get(key) ?? locate(path, isWanted);
    if (id === null) return null;
    if (folders.size >= FOLDERS_KNOWN) folders.clear();
    folders.set(key, id);
    lastFolder = { path, id };
    return id;
  };
  const locate = (path: Buffer, isWanted: boolean): number | null => {
    const at = path.lastIndexOf(SLASH);
    const parent = folderOf(at < 0 ? path.subarray(0, 0) : path.subarray(0, at), isWanted);
    return parent === null ? null : idOf(parent, path.subarray(at + 1), isWanted);
  };
  const coverOf = (id: number) => cover.get(id, seq, seq) as unknown as VersionRow | undefined;

  /** Takes this one moment out of a version, which may then go on after it. */
  const cutOut = (id: number, row: VersionRow): void => {
    if (row.last > seq && row.last !== OPEN) writeRow(insert, id, seq + 1, row.last, row);
    else if (row.last === OPEN && last !== OPEN) writeRow(insert, id, seq + 1, OPEN, row);
    if (row.first < seq) cut.run(seq - 1, id, row.first);
    else prepare("DELETE FROM versions WHERE path = ? AND first = ?").run(id, row.first);
  };
  const end = (id: number, row: VersionRow): void => {
    cutOut(id, row);
    changes.went();
    if (last === OPEN && row.last === OPEN) died.run(hourOf(seq - 1), id);
  };
  const endBelow = (id: number): void => {
    for (const { id: child } of childrenOf(catalog, id)) {
      const row = coverOf(child);
      if (row === undefined) continue;
      end(child, row);
      entries -= 1;
      if (row.type === "d") endBelow(child);
    }
  };

  const setChecksum = (path: Buffer, checksum: Uint8Array): void => {
    const id = locate(path, false);
    if (id !== null)
      prepare("UPDATE versions SET checksum = ? WHERE path = ? AND first = ? AND type = 'f'").run(
        checksum,
        id,
        seq,
      );
  };

  return {
    isThere: (path, facts, checksum) => {
      const id = locate(path, true) as number;
      const row = id > newest && !told.has(id) ? undefined : coverOf(id);
      told.add(id);
      if (row !== undefined && isSame(row, facts)) {
        // A file that had to be sent again is told of twice, and what came last is what lies there.
        if (checksum !== null && (row.checksum === null || row.first === seq))
          prepare("UPDATE versions SET checksum = ? WHERE path = ? AND first = ?").run(
            checksum,
            id,
            row.first,
          );
        return;
      }
      if (row === undefined) entries += 1;
      else {
        cutOut(id, row);
        if (row.type === "d" && facts.type !== "d") endBelow(id);
      }
      if (id <= newest && (row === undefined || row.last < last)) lived.run(hour, lastHour, id);
      const kept = row !== undefined && hasSameContent(row, facts) ? row.checksum : null;
      const own = checksum === null && kept !== null ? (row?.own ?? 0) : 0;
      insert.run(
        ...entryColumns(id, seq, last, facts),
        ...([facts.target, checksum ?? kept, facts.inode, facts.blocks, null, null, own] as const),
      );
      if (row === undefined || !looksSame(row, facts)) changes.came(path, facts, row !== undefined);
    },
    isGone: (path) => {
      const id = locate(path, false);
      const row = id === null ? undefined : coverOf(id);
      if (id === null || row === undefined) return;
      end(id, row);
      entries -= 1;
      if (row.type === "d") endBelow(id);
    },
    checksum: setChecksum,
    sameContent: (path, leader) => {
      const id = locate(leader, false);
      const found = id === null ? undefined : coverOf(id)?.checksum;
      if (found != null) setChecksum(path, found);
    },
    namesIn: (path) => {
      const id = folderOf(path, false);
      if (id === null) return [];
      const rows = listEntries.all(id, seq, hour) as { name: Uint8Array }[];
      return rows.map(({ name: part }) => Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    },
    countIn: (path) => {
      const id = folderOf(path, false);
      if (id === null) return 0;
      const { count } = countEntries.get(id, seq, hour) as { count: number };
      return count;
    },
    restIsGone: () => {
      // Looked at first and changed then: a statement that still runs must not meet its own changes.
      const gone: number[] = [];
      for (const path of coveredPaths(catalog, seq)) if (!told.has(path)) gone.push(path);
      for (const id of gone) {
        const row = coverOf(id);
        if (row !== undefined) end(id, row);
      }
      entries = told.size();
    },
    entries: () => entries,
    commit: (way) => {
      prepare("INSERT INTO snapshots (seq, name, entries, way, changes) VALUES (?, ?, ?, ?, ?)").run(
        ...([seq, name, entries, way, JSON.stringify(changes.sum())] as const),
      );
      catalog.db.exec("COMMIT");
    },
    abort: () => catalog.db.exec("ROLLBACK"),
  };
}

/** Paths that have something at that moment. They come in parts, because a million rows at once would all be in memory. */
function* coveredPaths(catalog: Catalog, seq: number): Generator<number> {
  const part = catalog.prepare(
    "SELECT path FROM versions WHERE path > ? AND first <= ? AND last >= ? ORDER BY path LIMIT 1000",
  );
  part.setReturnArrays(true);
  for (let after = -1; ; ) {
    const rows = part.all(after, seq, seq) as unknown as [number][];
    for (const [path] of rows) yield path;
    const last = rows.at(-1);
    if (last === undefined) return;
    [after] = last;
  }
}

/** Whether a later snapshot is known. */
const isFollowed = (catalog: Catalog, seq: number): boolean =>
  catalog.prepare("SELECT 1 FROM snapshots WHERE seq > ? LIMIT 1").get(seq) !== undefined;

const childrenOf = (catalog: Catalog, parent: number) =>
  catalog.prepare("SELECT id, name FROM paths WHERE parent = ?").all(parent) as {
    id: number;
    name: Uint8Array;
  }[];
