// What the catalog makes of a log in which rsync tells of a file twice, because it had to be sent again.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { indexSnapshot } from "../../src/actions/index-snapshot.ts";
import { type Catalog, openCatalog } from "../../src/catalog/catalog.ts";

let folder: string;
let catalog: Catalog;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pobsync-told-twice-"));
  catalog = openCatalog(join(folder, "catalog"), "write");
});
afterAll(() => {
  catalog.close();
  rmSync(folder, { recursive: true });
});

const [FIRST, SECOND] = ["11".repeat(16), "22".repeat(16)];
/** As many lines as it takes for the second word on a file to be read long after the first. */
const OTHERS = 1000;

it.each([0, OTHERS])(
  "the checksum of the second time is the one that counts, %i files later",
  async (others) => {
    const data = join(folder, `data-${others}`);
    mkdirSync(data);
    const names = ["file", ...Array.from({ length: others }, (_, n) => `other ${n}`)];
    for (const name of names) writeFileSync(join(data, name), "content");
    const line = (name: string, checksum: string) => `>f+++++++++ // 7 // ${checksum} // ${name}\n`;
    const told = [...names.map((name) => line(name, FIRST)), line("file", SECOND)].join("");
    const log = join(folder, `log-${others}`);
    writeFileSync(log, gzipSync(told));
    const metadata = { base: null, stats: { files: names.length }, logTellsAll: true, adopted: null };
    catalog.db.exec("DELETE FROM snapshots; DELETE FROM versions; DELETE FROM paths;");
    const snapshot = { name: "first", seq: 1, data, log, fakeSuper: false, metadata: metadata as never };
    expect(await indexSnapshot(catalog, snapshot)).toBe("log");
    const stored = catalog
      .prepare("SELECT checksum FROM versions JOIN paths ON id = path WHERE name = CAST('file' AS BLOB)")
      .all() as { checksum: Uint8Array }[];
    expect(stored.map(({ checksum }) => Buffer.from(checksum).toString("hex"))).toEqual([SECOND]);
  },
);
