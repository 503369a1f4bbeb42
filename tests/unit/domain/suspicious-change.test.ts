// Changes of a host that look like damage.
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { anomalyOf } from "../../../src/domain/anomaly.ts";
import { bitsPerByte, isSuspicion, suspicions } from "../../../src/domain/suspicious-change.ts";

const calm = { before: 1000, now: 1000, created: 0, replaced: 0 };
const usual = [0.02, 0.01, 0.05];
const files = (count: number, before: number | null, now: number | null) =>
  Array.from({ length: count }, () => ({ before, now }));

describe("a change is suspicious", () => {
  it.each([
    ["nothing changed", calm, usual],
    ["a little did", { ...calm, replaced: 100, created: 30, now: 1010 }, usual],
    ["many came and none went", { ...calm, created: 5000, now: 6000 }, usual],
    ["many went and none came, which is another matter", { ...calm, now: 10 }, usual],
    ["half of very few were renamed", { before: 49, now: 49, created: 49, replaced: 0 }, usual],
    ["it is always like that", { ...calm, replaced: 900 }, [0.9, 0.88, 0.91]],
    ["it is always renamed like that", { ...calm, created: 900 }, [0.9, 0.88, 0.91]],
    ["nobody knows yet whether it is always like that", { ...calm, replaced: 900 }, [0.01, 0.01]],
    ["nobody knows yet whether names are always others", { ...calm, created: 900 }, []],
    ["there was nothing", { before: 0, now: 500, created: 500, replaced: 0 }, []],
  ])("not when %s", (_, change, past) => {
    expect(suspicions(change, past, [])).toEqual([]);
  });

  it("when nearly all names are others", () => {
    expect(suspicions({ before: 1200, now: 1200, created: 1100, replaced: 0 }, usual, [])).toEqual([
      "Suspicious change: 1,100 of 1,200 files are gone, and 1,100 with other names have come.",
    ]);
    expect(suspicions({ ...calm, created: 700, now: 1100 }, usual, [])).toHaveLength(1);
    expect(suspicions({ ...calm, created: 700, now: 1300 }, usual, [])).toEqual([]);
  });

  it("when far more than ever have new content", () => {
    expect(suspicions({ ...calm, replaced: 620 }, usual, [])).toEqual([
      "Suspicious change: 620 of 1,000 files have new content; usually it is 2 %.",
    ]);
    // One large change that was right hides none that comes after it.
    expect(suspicions({ ...calm, replaced: 620 }, [0.9, 0.01, 0.01], [])).toHaveLength(1);
    expect(suspicions({ ...calm, replaced: 620 }, [0.3, 0.25, 0.01], [])).toEqual([]);
  });

  it("when what could be read before looks encrypted now, however few changed", () => {
    expect(suspicions({ ...calm, replaced: 9 }, [], files(9, 4.5, 7.99))).toEqual([
      "Suspicious change: of 9 changed files that were looked into, 9 could be read before and look encrypted now.",
    ]);
    expect(suspicions(calm, [], files(7, 4.5, 7.99))).toEqual([]);
    expect(suspicions(calm, [], [...files(8, 4.5, 7.99), ...files(9, 4.5, 4.6)])).toEqual([]);
    // What was packed before and is packed now.
    expect(suspicions(calm, [], files(64, 7.95, 7.99))).toEqual([]);
    expect(suspicions(calm, [], [...files(8, 4.5, 7.99), ...files(50, null, 7.99)])).toHaveLength(1);
  });

  it("and stays an open question, with all that was found", () => {
    const messages = suspicions({ ...calm, replaced: 900 }, usual, files(20, 4, 7.99));
    const shrunk = { code: "snapshot_shrunk", message: "60 % fewer bytes than in the last snapshot." };
    const anomaly = anomalyOf([
      shrunk,
      ...messages.map((message) => ({ code: "suspicious_change", message })),
    ]);
    expect(anomaly).toBe([shrunk.message, ...messages].join(" "));
    expect([isSuspicion(anomaly ?? ""), isSuspicion(shrunk.message)]).toEqual([true, false]);
    expect(anomalyOf([{ code: "files_vanished", message: "x" }])).toBe(null);
  });
});

describe("files that are gone", () => {
  const gone = "400 of 1,000 files are gone; usually it is 3.";

  it("are said of by themselves, unless as many with other names have come", () => {
    expect(suspicions({ ...calm, now: 600 }, usual, [], gone)).toEqual([`Suspicious change: ${gone}`]);
    expect(suspicions({ ...calm, created: 700, now: 1000 }, usual, [], gone)).toEqual([
      expect.stringContaining("with other names have come"),
    ]);
  });
});

describe("bits a byte", () => {
  it("tell text from what is packed or encrypted", () => {
    const text = Buffer.from(
      Array.from({ length: 9000 }, (_, n) => `line ${n * 7919} of a letter that somebody has written\n`).join(
        "",
      ),
    );
    expect(bitsPerByte(Buffer.alloc(4096))).toBe(0);
    expect(bitsPerByte(text)).toBeLessThan(5);
    expect(bitsPerByte(gzipSync(text).subarray(0, 65_536))).toBeGreaterThan(7.5);
    for (const size of [4096, 65_536]) expect(bitsPerByte(randomBytes(size))).toBeGreaterThan(7.9);
  });
});
