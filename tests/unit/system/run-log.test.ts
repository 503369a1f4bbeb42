// The log of a run as it is written: limited, readable meanwhile, and never a reason to fail.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { openRunLog } from "../../../src/system/run-log.ts";
import { runTool } from "../../support/tool.ts";
import { waitUntil } from "../../support/wait-until.ts";

const dir = mkdtempSync(join(tmpdir(), "pobsync-run-log-"));
afterAll(() => rmSync(dir, { recursive: true }));
let logs = 0;
const newPath = (): string => join(dir, `${++logs}.log.gz`);
const zcat = async (path: string): Promise<string> => (await runTool("zcat", [path])).toString();
/** 100 bytes. */
const line = (n: number, what = "line"): string => `${what} ${n} `.padEnd(99, ".").concat("\n");
const lines = (from: number, to: number, what?: string): string =>
  Array.from({ length: to - from }, (_, n) => line(from + n, what)).join("");

describe("the log of a run", () => {
  it("holds what was written, byte for byte, and is private", async () => {
    const path = newPath();
    const log = openRunLog(path);
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7) % 256));
    log.write("caf\xe9\n");
    await log.write(bytes);
    log.writeImportant("! rsync: it broke\n");
    await log.close();
    const text = await runTool("zcat", [path]);
    expect(
      text.equals(
        Buffer.concat([Buffer.from("caf\xe9\n", "latin1"), bytes, Buffer.from("! rsync: it broke\n")]),
      ),
    ).toBe(true);
    expect((await runTool("stat", ["-c", "%a", path])).toString()).toBe("600\n");
  });

  it("leaves out whole lines beyond its limit, and says how many and how much", async () => {
    const path = newPath();
    const log = openRunLog(path, { limitBytes: 1050 });
    log.write(lines(0, 8));
    log.write(Buffer.from(lines(8, 1508)));
    log.write("short\n");
    await log.close();
    expect(await zcat(path)).toBe(
      `${lines(0, 10)}… 1,499 lines (147 KiB) were left out: the log is limited to 2 KiB.\n`,
    );
  });

  it("has room for important lines when it is full of others, but not for ever", async () => {
    const path = newPath();
    const log = openRunLog(path, { limitBytes: 1000 });
    log.write(lines(0, 20));
    for (let n = 0; n < 11; n += 1) log.writeImportant(line(n, "! complaint"));
    log.write(lines(20, 30));
    await log.close();
    expect(await zcat(path)).toBe(
      `${lines(0, 10)}${lines(0, 10, "! complaint")}… 21 lines (3 KiB) were left out: the log is limited to 1 KiB.\n`,
    );
  });

  it("says nothing when nothing was left out, and speaks of one line as one", async () => {
    const [full, over] = [newPath(), newPath()];
    for (const [path, count] of [
      [full, 10],
      [over, 11],
    ] as const) {
      const log = openRunLog(path, { limitBytes: 1000 });
      log.write(lines(0, count));
      await log.close();
    }
    expect(await zcat(full)).toBe(lines(0, 10));
    expect(await zcat(over)).toMatch(/\n… 1 line \(1 KiB\) was left out: /);
  });

  it("never cuts a line, never exceeds its limits, and counts each line that is missing", async () => {
    const text = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 12 });
    const piece = fc.record({ sizes: text, isImportant: fc.boolean() });
    const property = fc.asyncProperty(
      fc.array(piece, { maxLength: 12 }),
      fc.integer({ min: 1, max: 900 }),
      async (pieces, limitBytes) => {
        const path = newPath();
        const log = openRunLog(path, { limitBytes });
        const given: string[] = [];
        for (const { sizes, isImportant } of pieces) {
          const mark = isImportant ? "!" : "-";
          const own = sizes.map((size, n) => `${mark}${given.length + n} ${"x".repeat(size)}\n`);
          given.push(...own);
          if (isImportant) log.writeImportant(own.join(""));
          else log.write(own.join(""));
        }
        await log.close();
        const found = gunzipSync(readFileSync(path))
          .toString()
          .split(/(?<=\n)/);
        const kept = found.filter((one) => !one.startsWith("…"));
        expect(given.filter((one) => kept.includes(one))).toEqual(kept.filter((one) => one !== ""));
        expect(kept.join("").length).toBeLessThanOrEqual(2 * limitBytes);
        expect(kept.filter((one) => one.startsWith("-")).join("").length).toBeLessThanOrEqual(limitBytes);
        const missing = given.length - kept.filter((one) => one !== "").length;
        expect(found.join("")).toContain(missing === 0 ? "" : `… ${missing} line`);
        rmSync(path);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it("takes a flood of single lines without a warning", async () => {
    const warnings: Error[] = [];
    const heed = (warning: Error): void => void warnings.push(warning);
    process.on("warning", heed);
    const path = newPath();
    const log = openRunLog(path);
    for (let n = 0; n < 20_000; n += 1) log.writeImportant(line(n, "!"));
    await log.close();
    process.off("warning", heed);
    expect(await zcat(path)).toBe(lines(0, 20_000, "!"));
    expect(warnings).toEqual([]);
  });

  it("can be read up to the last second while it is written", async () => {
    const path = newPath();
    const log = openRunLog(path);
    const onDisk = (): string =>
      gunzipSync(readFileSync(path), { finishFlush: constants.Z_SYNC_FLUSH }).toString();
    for (const expected of [lines(0, 1), lines(0, 2)]) {
      log.write(expected.slice(-100));
      await waitUntil(() => existsSync(path) && onDisk() === expected, {
        what: "the line to be on the disk",
      });
    }
    await log.close();
    expect(await zcat(path)).toBe(lines(0, 2));
  });

  it("goes on where an earlier one ended", async () => {
    const path = newPath();
    for (const text of ["the run\n", "settled later\n"]) {
      const log = openRunLog(path);
      log.write(text);
      await log.close();
    }
    expect(await zcat(path)).toBe("the run\nsettled later\n");
  });

  it("does not grow, fail or wait for ever when the disk is full or its folder is gone", async () => {
    for (const path of ["/dev/full", join(dir, "gone", "1.log.gz")]) {
      const log = openRunLog(path);
      for (let n = 0; n < 20; n += 1) await log.write(Buffer.alloc(100_000, `${n}\n`));
      await log.close();
      await log.close();
    }
  });

  it("ignores what comes after its end", async () => {
    const path = newPath();
    const log = openRunLog(path);
    await log.close();
    log.write("late\n");
    log.writeImportant("late\n");
    expect(await zcat(path)).toBe("");
    // An empty file is no gzip, but a log may be put behind it.
    writeFileSync(path, "");
    const again = openRunLog(path);
    await again.close();
    expect(await zcat(path)).toBe("");
  });
});
