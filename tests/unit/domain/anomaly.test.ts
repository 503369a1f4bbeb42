// What is kept of an anomaly with its snapshot, and of what a person has said of it.
import { describe, expect, it } from "vitest";
import {
  anomalyOf,
  isMild,
  parseVerdictReason,
  readVerdict,
  SLOW,
  VERDICTS,
  verdictJson,
  verdictText,
} from "../../../src/domain/anomaly.ts";

describe("an anomaly", () => {
  const slow = { code: "unusually_slow", message: `${SLOW}it took 5 hours; usually it is 4 minutes.` };
  const shrunk = { code: "snapshot_shrunk", message: "60 % fewer bytes than in the last snapshot." };
  const odd = { code: "suspicious_change", message: "Suspicious change: x." };

  it("is mild when a backup was slow and nothing else, whatever was found first", () => {
    expect(isMild(anomalyOf([slow]) ?? "")).toBe(true);
    for (const more of [shrunk, odd]) {
      const anomaly = anomalyOf([slow, more]) ?? "";
      expect(anomaly).toBe(`${more.message} ${slow.message}`);
      expect(isMild(anomaly)).toBe(false);
    }
  });

  it("is none for other warnings", () => {
    expect(anomalyOf([{ code: "files_vanished", message: "x" }])).toBeNull();
  });
});

describe("a verdict", () => {
  const at = new Date("2026-11-24T08:00Z");

  it("reads back as it was stored", () => {
    for (const verdict of VERDICTS)
      for (const by of ["ada", null]) {
        const word = { verdict, reason: "moved away", by, at };
        expect(readVerdict(JSON.parse(JSON.stringify(verdictJson(word))))).toEqual(word);
      }
  });

  it.each([
    [null],
    ["dismissed"],
    [{}],
    [{ verdict: "maybe", at: at.toISOString() }],
    [{ verdict: "dismissed" }],
  ])("that is none is none: %j", (stored) => {
    expect(readVerdict(stored)).toBeNull();
  });

  it("has a reason of one line", () => {
    expect(parseVerdictReason(" moved away ")).toBe("moved away");
    for (const given of ["", "  ", "a\nb", "x".repeat(201), undefined, 7])
      expect(() => parseVerdictReason(given)).toThrow(expect.objectContaining({ code: "bad_input" }));
  });

  it("follows what it is about, with who and why", () => {
    expect(verdictText({ verdict: "dismissed", reason: "moved away", by: null, at })).toBe(
      "dismissed by somebody: moved away",
    );
  });
});
