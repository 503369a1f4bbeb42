// Times of the week: how they are written, and where they lie in real time, also where the clocks change.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBandwidth, rateAt } from "../../../src/domain/bandwidth.ts";
import { lateSince } from "../../../src/domain/health.ts";
import { opensAt, parseSpan, parseWindows, spanText, windowAt } from "../../../src/domain/timetable.ts";
import { zoneAndInstant } from "../../support/any-cron.ts";

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 200);
const amsterdam = (...windows: string[]) => ({ windows, timeZone: "Europe/Amsterdam" });
const at = (text: string): Date => new Date(text);

describe("a time of the week", () => {
  it.each([
    ["mon-fri 20:00-06:00", "mon-fri 20:00-06:00"],
    ["Mon,Tue,Wed 8:00 - 18:00", "mon-wed 08:00-18:00"],
    ["sat-mon 00:00-24:00", "mon,sat-sun 00:00-24:00"],
    ["mon-sun 22:00-00:00", "22:00-24:00"],
    ["sun,mon,wed 01:05-02:10", "mon,wed,sun 01:05-02:10"],
  ])("%s is stored as %s, and read back as that", (typed, stored) => {
    expect(parseWindows([typed])).toEqual([stored]);
    expect(spanText(parseSpan("It", stored))).toBe(stored);
  });

  it.each([
    ["nothing", [""], /is no time of the week/],
    ["an empty one", ["20:00-20:00"], /is empty/],
    ["a time that no clock shows", ["20:00-25:00"], /no clock shows/],
    ["a day that is none", ["may 20:00-21:00"], /has a day that is none/],
    ["two that overlap", ["mon 20:00-06:00", "tue 05:00-07:00"], /overlaps with "mon 20:00-06:00"/],
    ["two that overlap over Sunday's midnight", ["sun 20:00-06:00", "mon 05:00-07:00"], /overlaps/],
    ["the same twice", ["20:00-06:00", "20:00-06:00"], /overlaps/],
    ["too many", Array.from({ length: 21 }, (_, hour) => `mon ${hour}:00-${hour}:30`), /more than 20/],
  ])("is refused when it is %s", (_, windows, why) => {
    expect(() => parseWindows(windows)).toThrow(
      expect.objectContaining({ code: "bad_input", message: expect.stringMatching(why) }),
    );
  });

  it("may end where the next one begins", () => {
    expect(
      parseWindows(["mon 20:00-24:00", "tue 00:00-06:00", "sun 23:00-06:00", "mon 06:00-07:00"]),
    ).toHaveLength(4);
  });
});

describe("a window", () => {
  it("goes on over midnight, and is one with the neighbour that begins when it ends", () => {
    const nights = amsterdam("mon-fri 20:00-06:00");
    // 2026-11-30 is a Monday; there it is one hour later than in UTC.
    expect(windowAt(nights, at("2026-11-30T12:00:00Z"))).toEqual({
      ...{ from: at("2026-11-30T19:00:00Z"), until: at("2026-12-01T05:00:00Z") },
    });
    expect(windowAt(nights, at("2026-12-01T04:59:00Z"))?.from).toEqual(at("2026-11-30T19:00:00Z"));
    expect(windowAt(nights, at("2026-12-01T05:00:00Z"))?.from).toEqual(at("2026-12-01T19:00:00Z"));
    // After Friday's night comes Monday's.
    expect(windowAt(nights, at("2026-12-05T06:00:00Z"))?.from).toEqual(at("2026-12-07T19:00:00Z"));
    const weekend = amsterdam("sat 00:00-24:00", "sun 00:00-24:00");
    expect(windowAt(weekend, at("2026-12-05T12:00:00Z"))).toEqual({
      ...{ from: at("2026-12-04T23:00:00Z"), until: at("2026-12-06T23:00:00Z") },
    });
  });

  it("is none where nothing bounds the host: no windows, or the whole week", () => {
    const now = at("2026-11-30T12:00:00Z");
    expect(windowAt(amsterdam(), now)).toBeNull();
    expect(windowAt(amsterdam("00:00-24:00"), now)).toBeNull();
    expect(windowAt(amsterdam("00:00-12:00", "12:00-24:00"), now)).toBeNull();
  });

  it("is the longer one where the clocks are set back, and is left out where its hours are skipped", () => {
    // On 2026-10-25 it is three o'clock twice, on 2026-03-29 there is no half past two.
    expect(windowAt(amsterdam("02:30-04:00"), at("2026-10-24T12:00:00Z"))).toEqual({
      ...{ from: at("2026-10-25T00:30:00Z"), until: at("2026-10-25T03:00:00Z") },
    });
    expect(windowAt(amsterdam("20:00-02:30"), at("2026-10-24T19:00:00Z"))?.until).toEqual(
      at("2026-10-25T01:30:00Z"),
    );
    expect(windowAt(amsterdam("02:10-02:50"), at("2026-03-28T12:00:00Z"))?.from).toEqual(
      at("2026-03-30T00:10:00Z"),
    );
    expect(windowAt(amsterdam("22:00-02:30"), at("2026-03-28T22:00:00Z"))?.until).toEqual(
      at("2026-03-29T01:00:00Z"),
    );
  });

  it("ends after the instant, is never empty, and is the same for every instant within, wherever that is", () => {
    const windows = fc.constantFrom(
      ["20:00-06:00"],
      ["sun 01:00-03:30"],
      ["mon-fri 23:30-00:30", "sat 02:00-03:00"],
    );
    fc.assert(
      fc.property(zoneAndInstant, windows, fc.integer({ min: -3000, max: 3000 }), (place, given, minutes) => {
        const zoned = { windows: given, timeZone: place.timeZone };
        const now = new Date(place.instant + minutes * 60_000);
        const window = windowAt(zoned, now);
        if (window === null) throw new Error("it opens every week");
        expect(window.until > now && window.until > window.from).toBe(true);
        expect(windowAt(zoned, window.from)).toEqual(window);
        expect(windowAt(zoned, new Date(window.until.getTime() - 1))).toEqual(window);
        expect(opensAt(zoned, now)).toEqual(window.from <= now ? now : window.from);
        if (window.from <= now) return;
        const before = windowAt(zoned, new Date(now.getTime() - 1));
        expect(
          before?.until.getTime() === now.getTime() || before?.from.getTime() === window.from.getTime(),
        ).toBe(true);
      }),
      { numRuns: ROUNDS },
    );
  });
});

describe("lateness", () => {
  it("begins when the window has opened and the grace has passed", () => {
    const lastSuccess = at("2026-11-29T19:30:00Z");
    const due = { lastDueAt: at("2026-11-30T06:00:00Z"), nextDueAt: null };
    const windows = amsterdam("20:00-06:00");
    const evening = at("2026-11-30T18:30:00Z");
    expect(lateSince(lastSuccess, [due], evening)).toEqual(due.lastDueAt);
    expect(lateSince(lastSuccess, [{ ...due, windows }], evening)).toBeNull();
    expect(lateSince(lastSuccess, [{ ...due, windows }], at("2026-12-01T07:00:00Z"))).toBeNull();
    expect(lateSince(lastSuccess, [{ ...due, windows }], at("2026-12-01T07:00:01Z"))).toEqual(due.lastDueAt);
  });
});

describe("the bandwidth", () => {
  const settings = { bwlimit: 10 * 1024 ** 2, timeZone: "Europe/Amsterdam" };

  it("is what the timetable says for the hour, and the usual limit at others", () => {
    const bwlimitAt = parseBandwidth(["Mon-Fri 8:00-18:00=2M", "sat-sun 00:00-24:00=0"]);
    expect(bwlimitAt).toEqual(["mon-fri 08:00-18:00=2M", "sat-sun 00:00-24:00=0"]);
    expect(rateAt({ ...settings, bwlimitAt }, at("2026-11-30T07:00:00Z"))).toBe(2 * 1024 ** 2);
    expect(rateAt({ ...settings, bwlimitAt }, at("2026-11-30T06:59:59Z"))).toBe(settings.bwlimit);
    expect(rateAt({ ...settings, bwlimitAt }, at("2026-11-30T17:00:00Z"))).toBe(settings.bwlimit);
    expect(rateAt({ ...settings, bwlimitAt }, at("2026-12-05T12:00:00Z"))).toBe(0);
  });

  it.each([["08:00-18:00"], ["08:00-18:00="], ["08:00-18:00=1"], ["=2M"]])("refuses %s", (given) => {
    expect(() => parseBandwidth([given])).toThrow(expect.objectContaining({ code: "bad_input" }));
  });

  it("refuses two rates for the same hour", () => {
    expect(() => parseBandwidth(["08:00-18:00=2M", "mon 17:00-19:00=1M"])).toThrow(/overlaps/);
  });
});
