// A backup held against the host's own past: steady and slowly growing hosts raise no noise, and what is planted is found.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFarBeyond, PAST_BACKUPS, PAST_MIN } from "../../../src/domain/own-past.ts";
import {
  type BackupFacts,
  DELETED_FILES_MIN,
  GROWTH_BYTES_MIN,
  goneBefore,
  growthBeyond,
  massDelete,
  pausesSince,
  SLOWER_MS_MIN,
  slowness,
} from "../../../src/domain/unusual-backup.ts";

const [GIB, DAY_MS, MINUTE_MS] = [1024 ** 3, 86_400_000, 60_000];
const START = Date.UTC(2026, 0, 1, 2);

const usual: BackupFacts = {
  ...{ startedAt: new Date(START), entries: 11_000, regularFiles: 10_000, createdFiles: 20 },
  ...{ bytes: 50 * GIB, durationMs: 4 * MINUTE_MS },
};
/** Nightly ones, all alike, newest first. */
const nights = (count: number, more: Partial<BackupFacts> = {}): BackupFacts[] =>
  Array.from({ length: count }, (_, at) => ({
    ...{ ...usual, ...more, startedAt: new Date(START + (count - 1 - at) * DAY_MS) },
  }));
const nextNight = (past: readonly BackupFacts[], days = 1): Date =>
  new Date((past[0] ?? usual).startedAt.getTime() + days * DAY_MS);

interface Judged {
  readonly now: BackupFacts;
  readonly past: readonly BackupFacts[];
}

/** All that is said of a backup, as `anomalyWarnings` puts it together. */
function said({ now, past }: Judged): string[] {
  const [before = usual] = past;
  const pauses = pausesSince(now.startedAt, past);
  const gone = Math.max(0, before.regularFiles + (now.createdFiles ?? 0) - now.regularFiles);
  return [
    massDelete({ gone, before: before.regularFiles }, goneBefore(past), pauses),
    growthBeyond(before, now, past, pauses),
    slowness(now.durationMs, past),
  ].filter((sentence) => sentence !== null);
}

/**
 * A host as it lives: of any size, growing by up to 3 % a night, with a share of its files that go and others that come each
 * night, more than twice as many in one night as in another. The newest of its backups is the one to be judged.
 */
const living = (churnMax: number): fc.Arbitrary<Judged> =>
  fc
    .record({
      files: fc.integer({ min: 1, max: 5_000_000 }),
      fileBytes: fc.integer({ min: 0, max: 5_000_000 }),
      growth: fc.double({ min: 0, max: 0.03, noNaN: true }),
      churn: fc.double({ min: 0, max: churnMax, noNaN: true }),
      durationMs: fc.integer({ min: 100, max: 8 * 3_600_000 }),
      noise: fc.array(fc.double({ min: 0.6, max: 1.4, noNaN: true }), { minLength: 3, maxLength: 60 }),
    })
    .map(({ files, fileBytes, growth, churn, durationMs, noise }) => {
      const backups: BackupFacts[] = [];
      let count = files;
      for (const [night, chance] of noise.entries()) {
        const gone = Math.floor(count * churn * chance);
        const createdFiles = gone + Math.floor(count * growth * chance);
        count += createdFiles - gone;
        backups.unshift({
          ...{ startedAt: new Date(START + night * DAY_MS + chance * 3_600_000), createdFiles },
          ...{ regularFiles: count, entries: Math.round(count * 1.1), bytes: count * fileBytes },
          durationMs: durationMs * chance,
        });
      }
      const [now = usual, ...past] = backups;
      return { now, past: past.slice(0, PAST_BACKUPS + 1) };
    });

describe("a host that lives as always", () => {
  it("is never said to be odd, however large it is and however it grows", () => {
    fc.assert(
      fc.property(living(0.6), (judged) => {
        expect(said(judged)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it("is not judged while it has hardly a past", () => {
    const past = nights(PAST_MIN - 1);
    const now = {
      ...usual,
      startedAt: nextNight(past),
      regularFiles: 10,
      bytes: 900 * GIB,
      durationMs: DAY_MS,
    };
    expect(said({ now, past })).toEqual([]);
  });
});

/** With a past that is long enough, on a host that is large enough. */
const grown = living(0.05).filter(
  ({ past }) => past.length > PAST_MIN && (past[0]?.regularFiles ?? 0) >= 2 * DELETED_FILES_MIN,
);
const only = (what: RegExp) => [expect.stringMatching(what)];

describe("what is planted is found, and nothing else:", () => {
  it("files that are gone", () => {
    fc.assert(
      fc.property(grown, fc.double({ min: 0.5, max: 1, noNaN: true }), ({ past }, share) => {
        const [before = usual] = past;
        const left = before.regularFiles - Math.ceil(before.regularFiles * share);
        const now = { ...before, startedAt: nextNight(past), createdFiles: 0, regularFiles: left };
        expect(said({ now, past })).toEqual(only(/files are gone; usually it is/));
      }),
    );
  });

  it("a host that has doubled", () => {
    fc.assert(
      fc.property(grown, fc.integer({ min: 0, max: 500 }), ({ past }, more) => {
        const [before = usual] = past;
        const most = Math.max(...past.map(({ bytes }) => bytes));
        const bytes = most * 2 + GROWTH_BYTES_MIN + more * GIB;
        const now = { ...before, startedAt: nextNight(past), createdFiles: 0, bytes };
        expect(said({ now, past })).toEqual(only(/^it grew by .* were to be expected\.$/));
      }),
    );
  });

  it("a night that takes many times as long", () => {
    fc.assert(
      fc.property(grown, ({ past }) => {
        const [before = usual] = past;
        const longest = Math.max(...past.map(({ durationMs }) => durationMs));
        const now = { ...before, startedAt: nextNight(past), createdFiles: 0 };
        const slow = { ...now, durationMs: 6 * longest + SLOWER_MS_MIN };
        expect(said({ now: slow, past })).toEqual(only(/^it took .*; usually it is /));
      }),
    );
  });
});

describe("a host is judged by its own past", () => {
  it("in which what happened once hides nothing, and what happened twice is a habit", () => {
    const past = [1, 2, 0, 3, 1, 2];
    expect(isFarBeyond(500, past)).toBe(true);
    expect(isFarBeyond(500, [...past, 480])).toBe(true);
    expect(isFarBeyond(500, [...past, 480, 510])).toBe(false);
    expect(isFarBeyond(500, past.slice(0, PAST_MIN - 1))).toBe(false);
    expect(isFarBeyond(0, [0, 0, 0, 0, 0])).toBe(false);
  });

  it("so that a large job every Sunday is no news after two of them", () => {
    const sundays = (weeks: number) =>
      nights(7 * weeks).map((one, at) => (at % 7 === 6 ? { ...one, durationMs: 300 * MINUTE_MS } : one));
    expect(slowness(310 * MINUTE_MS, sundays(1))).not.toBeNull();
    expect(slowness(310 * MINUTE_MS, sundays(3))).toBeNull();
  });

  it("by what came in as long a time: after a month without backups, more has changed", () => {
    const past = nights(10).map((one, at) => ({ ...one, bytes: one.bytes + (10 - at) * GIB }));
    const now = (days: number) => ({ ...usual, startedAt: nextNight(past, days), bytes: 85 * GIB });
    expect(said({ now: now(1), past })).toEqual([
      "it grew by 25.0 GiB to 85.0 GiB; 1.0 GiB were to be expected.",
    ]);
    expect(said({ now: now(30), past })).toEqual([]);
  });

  it("and what was away for a night and is back is no growth", () => {
    const [newest = usual, ...older] = nights(9);
    const past = [{ ...newest, bytes: GIB, entries: 100, regularFiles: 90 }, ...older];
    const now = { ...usual, startedAt: nextNight(past), createdFiles: 9910 };
    expect(growthBeyond(past[0] ?? usual, now, past)).toBeNull();
  });

  it("without noise from small hosts and small differences", () => {
    const past = nights(9, { regularFiles: 120, entries: 130, bytes: 1000, durationMs: 200 });
    const none = { ...usual, startedAt: nextNight(past), createdFiles: 0 };
    const now = { ...none, regularFiles: 21, entries: 9000, bytes: GIB - 1, durationMs: 25 * MINUTE_MS };
    expect(said({ now, past })).toEqual([]);
    expect(said({ now: { ...now, regularFiles: 20 }, past })).toEqual([
      "100 of 120 files are gone; usually it is 20.",
    ]);
  });

  it("and a past that did not count new names says nothing of files that are gone", () => {
    const past = nights(20, { createdFiles: null });
    expect(goneBefore(past)).toEqual([]);
    expect(massDelete({ gone: 9000, before: 10_000 }, goneBefore(past))).toBeNull();
  });

  it("entries count as well as bytes", () => {
    const past = nights(9);
    const now = { ...usual, startedAt: nextNight(past), entries: 40_000, createdFiles: 0 };
    expect(said({ now, past })).toEqual(["it grew by 29,000 entries to 40,000; 0 were to be expected."]);
  });
});
