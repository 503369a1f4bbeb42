// Logs and real disks: one that is full, one that is another, and one that allows no more links.
import { linkSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { linkLog, makeLogFolder, runLogFile } from "../../src/system/log-shelf.ts";
import { openRunLog } from "../../src/system/run-log.ts";
import { withSmallDisk } from "../support/small-disk.ts";

describe("a log on a disk that fills up", () => {
  it("ends there without an error, and what it holds can be read", async () => {
    await withSmallDisk({ megabytes: 2 }, async (disk) => {
      const path = join(disk, "1.log.gz");
      const log = openRunLog(path);
      let given = "";
      for (let n = 0; n < 100; n += 1) {
        const lines = Array.from(
          { length: 1000 },
          (_, m) =>
            `${n} ${m} ${(Math.sin(n * 1000 + m) * 1e15).toString(36)} ${(Math.cos(n * 1000 + m) * 1e15).toString(36)} ${(Math.tan(n * 1000 + m) * 1e15).toString(36)}\n`,
        ).join("");
        given += lines;
        await log.write(Buffer.from(lines));
      }
      await log.close();
      const before = readFileSync(path);
      const found = gunzipSync(before, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
      expect(found.length).toBeGreaterThan(1_000_000);
      expect(given.startsWith(found)).toBe(true);
    });
  });
});

describe("the log of a snapshot", () => {
  it("is a copy where it cannot be a link", async () => {
    await withSmallDisk({ megabytes: 8 }, async (disk) => {
      await withSmallDisk({ megabytes: 2 }, async (otherDisk) => {
        await makeLogFolder(disk, "nas");
        const log = runLogFile(disk, "nas", 1);
        writeFileSync(log, "what was said", { mode: 0o600 });
        const onAnother = join(otherDisk, "rsync.log.gz");
        await linkLog(disk, "nas", 1, onAnother);
        // ext4 allows 65,000 links to a file.
        for (let n = 1; n < 65_000; n += 1) linkSync(log, join(disk, `${n}`));
        const oneTooMany = join(disk, "rsync.log.gz");
        await linkLog(disk, "nas", 1, oneTooMany);
        for (const copy of [onAnother, oneTooMany]) {
          expect(readFileSync(copy, "utf8")).toBe("what was said");
          expect(statSync(copy)).toMatchObject({ nlink: 1, mode: 0o100600 });
        }
      });
    });
  });
});
