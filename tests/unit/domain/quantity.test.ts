// Quantities that people type.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  durationText,
  parseCount,
  parseDuration,
  parsePercent,
  parseRate,
} from "../../../src/domain/quantity.ts";

const YEAR = 31_536_000;

describe("a rate", () => {
  it.each([
    ["1k", 1024],
    ["10M", 10 * 1024 ** 2],
    ["2.5m", 2.5 * 1024 ** 2],
    ["1 GiB/s", 1024 ** 3],
    ["500KB", 500 * 1024],
    ["4096", 4096],
    [4096, 4096],
  ])("of %s is %d bytes a second", (given, bytes) => {
    expect(parseRate("--bwlimit", given)).toBe(bytes);
  });
});

describe("a percentage", () => {
  it.each([
    ["0", 0],
    ["2.5", 2.5],
    ["100%", 100],
    ["5 %", 5],
    [50, 50],
  ])("may be written as %s", (given, percent) => {
    expect(parsePercent("--min-free", given)).toBe(percent);
  });
});

describe("a count", () => {
  it("is itself for every whole number within its bounds, and refused outside of them", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (a, b, value) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        if (value >= min && value <= max) expect(parseCount("N", String(value), min, max)).toBe(value);
        else expect(() => parseCount("N", String(value), min, max)).toThrow(`between ${min} and ${max}`);
      }),
    );
  });
});

describe("a duration", () => {
  it.each([
    ["90s", 90],
    ["30m", 1800],
    ["12h", 43_200],
    ["2w", 1_209_600],
    ["1y", YEAR],
    ["7 D", 604_800],
  ])("of %s is %d seconds", (given, seconds) => {
    expect(parseDuration("--keep-within", given, 0, YEAR)).toBe(seconds);
  });

  it("reads back exactly as it is printed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (seconds) => {
        expect(parseDuration("N", durationText(seconds), 0, 1e12)).toBe(seconds);
      }),
    );
  });

  it("that is out of bounds is refused with the bounds in words", () => {
    expect(() => parseDuration("--hook-timeout", "8d", 1, 604_800)).toThrow(
      '--hook-timeout "8d" must lie between 1s and 7d.',
    );
  });
});
