// Reading a log that grows, moves, ends in the middle of something, or is finished.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { followLog } from "../../../src/system/read-log.ts";
import { openRunLog } from "../../../src/system/run-log.ts";
import { waitUntil } from "../../support/wait-until.ts";

const dir = mkdtempSync(join(tmpdir(), "pobsync-read-log-"));
afterAll(() => rmSync(dir, { recursive: true }));
let logs = 0;
const newPath = (): string => join(dir, `${++logs}.log.gz`);
/** Lines that compress as badly as checksums do. */
const text = Array.from({ length: 3000 }, (_, n) => `${n} ${(Math.sin(n) * 1e15).toString(36)}\n`).join("");

/** Reads a log in the background, until `over` is called. */
function follow(path: string) {
  const pieces: string[] = [];
  const stopping = new AbortController();
  let isOver = false;
  const reading = (async () => {
    const following = { stop: stopping.signal, isOver: async () => isOver, pollMs: 5 };
    for await (const piece of followLog(path, following)) pieces.push(piece);
    return pieces.join("");
  })();
  return {
    seen: () => pieces.join(""),
    pieces,
    sees: (what: string) => waitUntil(() => pieces.join("").includes(what), { what: `"${what}" in the log` }),
    over: () => {
      isOver = true;
      return reading;
    },
    stop: () => {
      stopping.abort();
      return reading;
    },
  };
}

const readWhole = (path: string): Promise<string> => follow(path).over();

/** Writes numbered lines without end, in a process of its own, with a breath now and then so that they do not fill the disk. */
function startWriter(path: string) {
  const code = `
    const { openRunLog } = await import(${JSON.stringify(new URL("../../../src/system/run-log.ts", import.meta.url))});
    const log = openRunLog(${JSON.stringify(path)});
    for (let n = 0; ; n += 1) {
      await log.write(n + " " + (Math.sin(n) * 1e15).toString(36) + "\\n");
      if (n % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }`;
  return spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "ignore" });
}

describe("following a log", () => {
  it("gives what another process writes, line by line, and ends quietly when that one is killed", async () => {
    const path = newPath();
    const reader = follow(path);
    const writer = startWriter(path);
    await reader.sees("\n5000 ");
    writer.kill("SIGKILL");
    await once(writer, "exit");
    const found = (await reader.over()).split("\n");
    expect(found.length).toBeGreaterThan(5000);
    expect(found.slice(0, -1).every((line, n) => line.startsWith(`${n} `))).toBe(true);
    expect(reader.pieces.slice(0, -1).every((piece) => piece.endsWith("\n"))).toBe(true);
  });

  it("waits for a log that is not there yet, and for nothing when the run is over", async () => {
    const path = newPath();
    expect(await readWhole(path)).toBe("");
    const reader = follow(path);
    const log = openRunLog(path);
    log.write("late, but here\n");
    await reader.sees("here");
    await log.close();
    expect(await reader.over()).toBe("late, but here\n");
  });

  it("goes on when the log moves with its folder", async () => {
    const [before, after] = [join(dir, "incomplete"), join(dir, "snapshot")];
    mkdirSync(before);
    const log = openRunLog(join(before, "1.log.gz"));
    const reader = follow(join(before, "1.log.gz"));
    log.write("transferring\n");
    await reader.sees("transferring");
    renameSync(before, after);
    log.write("published\n");
    await log.close();
    expect(await reader.over()).toBe("transferring\npublished\n");
  });

  it("stops at once when it is asked to, whatever it waits for", async () => {
    const path = newPath();
    const forAFile = follow(path);
    expect(await forAFile.stop()).toBe("");
    writeFileSync(path, gzipSync("one\ntwo"));
    const forMore = follow(path);
    await forMore.sees("one");
    expect(await forMore.stop()).toBe("one\ntwo");
  });

  it("reads everything that was written before the end, however late it looks", async () => {
    const path = newPath();
    writeFileSync(path, gzipSync("early\n"));
    let asked = 0;
    const isOver = async (): Promise<boolean> => {
      asked += 1;
      if (asked === 1) writeFileSync(path, gzipSync("last words\n"), { flag: "a" });
      return true;
    };
    const pieces: string[] = [];
    const following = { stop: new AbortController().signal, isOver, pollMs: 5 };
    for await (const piece of followLog(path, following)) pieces.push(piece);
    expect([pieces, asked]).toEqual([["early\n", "last words\n"], 1]);
  });

  it("gives what can be read of a log that ends anywhere, and of one with rubbish behind it", async () => {
    const path = newPath();
    const whole = gzipSync(text, { level: 1 });
    let longest = 0;
    for (let end = 0; end <= whole.length; end += 211) {
      writeFileSync(path, whole.subarray(0, end));
      const found = await readWhole(path);
      expect(text.startsWith(found)).toBe(true);
      expect(found.length).toBeGreaterThanOrEqual(longest);
      longest = found.length;
    }
    expect(longest).toBeGreaterThan(text.length - 1000);
    for (const rubbish of [Buffer.alloc(20_000), Buffer.from("not gzip\n")]) {
      writeFileSync(path, Buffer.concat([whole, rubbish]));
      const found = await readWhole(path);
      expect(text.startsWith(found)).toBe(true);
      expect(found.length).toBeGreaterThan(text.length - 20_000);
    }
  });

  it("reads members as one, wherever pieces of them arrive", async () => {
    const path = newPath();
    const members = Buffer.concat([gzipSync("one\n"), gzipSync(""), gzipSync("two\n")]);
    for (let end = 0; end <= members.length; end += 1) {
      writeFileSync(path, members.subarray(0, end));
      const reader = follow(path);
      writeFileSync(path, members.subarray(end), { flag: "a" });
      expect(await reader.over()).toBe("one\ntwo\n");
    }
  });

  it("keeps bytes as they are, and gives an endless line in parts", async () => {
    const path = newPath();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
    writeFileSync(path, gzipSync(bytes));
    expect(Buffer.from(await readWhole(path), "latin1").equals(bytes)).toBe(true);
    const endless = text.replaceAll("\n", " ").repeat(10);
    writeFileSync(path, gzipSync(endless));
    const reader = follow(path);
    expect(await reader.over()).toBe(endless);
    expect(reader.pieces.length).toBeGreaterThan(3);
  });
});
