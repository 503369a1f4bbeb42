// Proof: what counts as read again, and that pieces of any size come round in time.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDrillDue, nextPiece, readWithin, shareText } from "../../../src/domain/proof.ts";

const DAY_MS = 86_400_000;
const at = (days: number): Date => new Date(Date.UTC(2026, 0, 1) + days * DAY_MS);

describe("what was read again", () => {
  it("counts for 90 days, and not on the 91st", () => {
    const day = Math.floor(at(0).getTime() / DAY_MS);
    const reads = [
      [day - 89, 10],
      [day - 90, 100],
      [day, 1],
    ] as const;
    expect(readWithin(reads, 90, at(0))).toBe(11);
    expect(readWithin(reads, 90, at(1))).toBe(1);
    expect(readWithin([], 90, at(0))).toBe(0);
  });

  it("is never rounded up to all, or down to nothing", () => {
    expect([0, 0.001, 0.5, 0.9999, 1, null].map(shareText)).toEqual([
      "0 %",
      "< 1 %",
      "50 %",
      "99 %",
      "100 %",
      "–",
    ]);
  });
});

describe("pieces", () => {
  it("come round within the time, whatever is stored, comes and goes", () => {
    const stored = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(stored, fc.integer({ min: 1, max: 400 }), fc.boolean(), (sizes, within, grows) => {
        // Gigabytes, each with the day of its last reading; the longest unread first, as the catalog gives them.
        const files = sizes.map((size) => ({ bytes: size * 2 ** 20, readOn: 0 }));
        let last: Date | null = null;
        const step = within / 200;
        for (let day = 0; day < 3 * within; day += step) {
          // Unread for longer than it should be, nothing may ever be; a look takes place every so often.
          for (const { readOn } of files) if (day - readOn > within + 2 * step) return false;
          if (grows && day < within) files.push({ bytes: 2 ** 18, readOn: day });
          const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
          const piece = nextPiece(all, within * 86_400, last, at(day));
          if (piece === null) continue;
          last = at(day);
          files.sort((one, other) => one.readOn - other.readOn);
          let left = piece.bytes;
          for (const file of files) {
            if (left <= 0) break;
            left -= file.bytes;
            file.readOn = day;
          }
        }
        return true;
      }),
      { numRuns: 60 },
    );
  });

  it("are small, even, and none where nothing is stored", () => {
    const TERABYTE = 1e12;
    expect(nextPiece(0, 90 * 86_400, null, at(0))).toBeNull();
    expect(nextPiece(TERABYTE, 90 * 86_400, null, at(0))?.bytes).toBe(Math.ceil((1.25 / 90) * TERABYTE));
    expect(nextPiece(TERABYTE, 90 * 86_400, at(0), at(0.9))).toBeNull();
    // A small host is read in a few pieces, not every day.
    expect(nextPiece(1e6, 90 * 86_400, at(0), at(10))).toBeNull();
    expect(nextPiece(1e6, 90 * 86_400, at(0), at(12))).not.toBeNull();
    // After a long pause some are made up for, and not everything at once.
    expect(nextPiece(TERABYTE, 90 * 86_400, at(0), at(80))?.bytes).toBeLessThan(TERABYTE / 10);
    // A clock that came back from the future does not stop it.
    expect(nextPiece(TERABYTE, 90 * 86_400, at(400), at(0))).not.toBeNull();
  });
});

it("a drill is due when the last one, whoever asked for it, is long enough ago", () => {
  const week = 7 * 86_400;
  expect(isDrillDue(week, [null, null], at(0))).toBe(true);
  expect(isDrillDue(week, [at(0), null], at(6.9))).toBe(false);
  expect(isDrillDue(week, [at(0), at(3)], at(7))).toBe(false);
  expect(isDrillDue(week, [at(0), at(3)], at(10))).toBe(true);
  expect(isDrillDue(week, [at(50), null], at(0))).toBe(true);
});
