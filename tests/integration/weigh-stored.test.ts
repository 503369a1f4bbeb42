// What a host has stored is summed up in steps, between which others have their turn.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Catalog, openCatalog } from "../../src/catalog/catalog.ts";
import { weighStored } from "../../src/catalog/weight.ts";
import type { StoredWeight } from "../../src/domain/proof.ts";
import { below, seededRandom } from "../support/random.ts";

const DAY_MS = 86_400_000;
const PATHS = 150_000;
let folder = "";
const open = (how: "read" | "write"): Catalog => openCatalog(join(folder, "catalog.sqlite3"), how);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pobsync-weight-"));
  const catalog = open("write");
  const random = seededRandom(7);
  const add = catalog.prepare(
    `INSERT INTO versions (path, first, last, type, size, mtime_s, mtime_ns, mode, uid, gid, inode, blocks, verified, damage)
     VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?, 0, ?, ?)`,
  );
  catalog.db.exec("BEGIN");
  for (let path = 1; path <= PATHS; path += 1) {
    // Hard links and files that were replaced, folders, files without a number, files never read, damaged ones.
    const inode = below(random, 50) === 0 ? null : below(random, PATHS);
    const verified =
      below(random, 3) === 0 ? null : DAY_MS * (20_000 + below(random, 30)) + below(random, DAY_MS);
    const damage = below(random, 1000) === 0 ? Buffer.from("x") : null;
    const type = below(random, 20) === 0 ? "d" : "f";
    add.run(path, 1, 2, type, below(random, 1_000_000), inode, verified, damage);
  }
  catalog.db.exec("COMMIT");
  catalog.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** In one go. */
function oracle(catalog: Catalog): StoredWeight {
  const rows = catalog.db
    .prepare(
      `SELECT max(size) AS size, max(verified) AS verified, max(damage IS NOT NULL) AS damaged
       FROM versions WHERE type = 'f' GROUP BY coalesce(inode, -path)`,
    )
    .all() as unknown as { size: number; verified: number | null; damaged: number }[];
  const reads = new Map<number, number>();
  for (const { size, verified } of rows)
    if (verified !== null) {
      const day = Math.floor(verified / DAY_MS);
      reads.set(day, (reads.get(day) ?? 0) + size);
    }
  return {
    files: rows.length,
    bytes: rows.reduce((sum, { size }) => sum + size, 0),
    damaged: rows.reduce((sum, { damaged }) => sum + damaged, 0),
    reads: [...reads].sort(([a], [b]) => a - b),
  };
}

describe("what is stored", () => {
  it("comes to the same as in one go, each file once, though the catalog may only be read", () => {
    const catalog = open("read");
    let steps = 0;
    for (const weighing = weighStored(catalog); ; ) {
      const step = weighing.next();
      steps += 1;
      if (step.done !== true) continue;
      expect(step.value).toEqual(oracle(catalog));
      break;
    }
    expect(steps).toBeGreaterThan(PATHS / 20_000);
    catalog.close();
  });

  it("may be summed up again on the same connection, and of a catalog with nothing in it", () => {
    const catalog = open("write");
    const weigh = (): StoredWeight => {
      for (const weighing = weighStored(catalog); ; ) {
        const step = weighing.next();
        if (step.done === true) return step.value;
      }
    };
    expect(weigh()).toEqual(weigh());
    catalog.db.exec("DELETE FROM versions");
    expect(weigh()).toEqual({ files: 0, bytes: 0, damaged: 0, reads: [] });
    catalog.close();
  });
});
