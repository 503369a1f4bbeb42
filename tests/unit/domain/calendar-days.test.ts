// Days on the wall: 23, 24 and 25 hours long, whichever the zone.
import { describe, expect, it } from "vitest";
import { lastDays } from "../../../src/domain/calendar-days.ts";

const hours = (bounds: readonly Date[]): number[] =>
  bounds.slice(1).map((end, at) => (end.getTime() - (bounds[at]?.getTime() ?? 0)) / 3_600_000);

describe("the last days", () => {
  it("end with the one that it is in that zone, and each begins where the one before is over", () => {
    const now = new Date("2026-11-23T15:00:00Z");
    expect(lastDays("UTC", now, 2)).toEqual({
      names: ["2026-11-22", "2026-11-23"],
      bounds: ["2026-11-22", "2026-11-23", "2026-11-24"].map((day) => new Date(`${day}T00:00:00Z`)),
    });
    expect(lastDays("Asia/Tokyo", now, 1).names).toEqual(["2026-11-24"]);
    expect(lastDays("America/New_York", new Date("2026-11-23T04:59:59Z"), 1).names).toEqual(["2026-11-22"]);
  });

  it("are as long as the clocks make them, also where midnight itself is skipped", () => {
    const spring = lastDays("Europe/Amsterdam", new Date("2026-03-30T09:00:00Z"), 3);
    expect([spring.names, hours(spring.bounds)]).toEqual([
      ["2026-03-28", "2026-03-29", "2026-03-30"],
      [24, 23, 24],
    ]);
    const autumn = lastDays("Europe/Amsterdam", new Date("2026-10-26T09:00:00Z"), 3);
    expect(hours(autumn.bounds)).toEqual([24, 25, 24]);
    const beirut = lastDays("Asia/Beirut", new Date("2026-03-30T09:00:00Z"), 3);
    expect(hours(beirut.bounds)).toEqual([24, 23, 24]);
  });
});
