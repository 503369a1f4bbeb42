// A catalog of the first version is carried over: what it knows of damage is nowhere else.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hourOf, OPEN, openCatalog } from "../../src/catalog/catalog.ts";
import { entriesIn } from "../../src/catalog/look-ups.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pobsync-catalog-upgrade-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const HOUR = 3_600_000_000;

/** As the first version made it. */
function plant(file: string): void {
  const db = new DatabaseSync(file);
  db.exec(`
    CREATE TABLE snapshots (seq INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, entries INTEGER NOT NULL, way TEXT NOT NULL, changes TEXT NOT NULL);
    CREATE TABLE paths (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name BLOB NOT NULL);
    CREATE UNIQUE INDEX paths_by_name ON paths (parent, name);
    CREATE TABLE versions (
      path INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
      type TEXT NOT NULL, size INTEGER NOT NULL, mtime_s INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
      mode INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL,
      target BLOB, checksum BLOB, inode INTEGER, blocks INTEGER NOT NULL,
      verified INTEGER, damage BLOB, own INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (path, first)
    ) WITHOUT ROWID;
    PRAGMA user_version = 1;
    INSERT INTO snapshots VALUES (${HOUR}, 'first', 3, 'walk', '{}'), (${5 * HOUR}, 'second', 2, 'walk', '{}');
    INSERT INTO paths VALUES (1, 0, x'66ff'), (2, 1, CAST('damaged' AS BLOB)), (3, 1, CAST('gone' AS BLOB)), (4, 1, CAST('nothing' AS BLOB));
    INSERT INTO versions VALUES
      (1, ${HOUR}, ${OPEN}, 'd', 0, 1, 0, 493, 0, 0, NULL, NULL, NULL, 0, NULL, NULL, 0),
      (2, ${HOUR}, ${OPEN}, 'f', 7, 1, 0, 420, 0, 0, NULL, x'11', 9, 8, 1234, x'22', 1),
      (3, ${HOUR}, ${5 * HOUR - 1}, 'f', 7, 1, 0, 420, 0, 0, NULL, NULL, 10, 8, NULL, NULL, 0);
  `);
  db.close();
}

it("keeps every version, with what reading it again has found", () => {
  const file = join(folder, "catalog");
  plant(file);
  openCatalog(file, "write").close();
  const catalog = openCatalog(file, "read");
  const names = (hour: number): string[] =>
    entriesIn(catalog, Buffer.from([0x66, 0xff]), hour * HOUR, -1).map(({ name }) =>
      Buffer.from(name).toString(),
    );
  expect([names(1), names(5)]).toEqual([["damaged", "gone"], ["damaged"]]);
  const damaged = catalog
    .prepare("SELECT verified, damage, own, checksum FROM versions WHERE path = 2")
    .get();
  expect(damaged).toMatchObject({
    verified: 1234,
    damage: new Uint8Array([0x22]),
    own: 1,
    checksum: new Uint8Array([0x11]),
  });
  expect(catalog.prepare("SELECT id, born, gone FROM paths ORDER BY id").all()).toEqual([
    { id: 1, born: 1, gone: hourOf(OPEN) },
    { id: 2, born: 1, gone: hourOf(OPEN) },
    { id: 3, born: 1, gone: 4 },
    { id: 4, born: 0, gone: hourOf(OPEN) },
  ]);
  catalog.close();
});
