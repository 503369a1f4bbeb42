import { describe, expect, it } from "vitest";
import { diskForecast } from "../../../src/domain/disk-forecast.ts";

const NOW = new Date("2026-11-23T09:00:00Z");
const GIB = 2 ** 30;
const ago = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);

describe("when the disk will be full", () => {
  it("is where the pace of the last thirty days leads, however old the first snapshot is", () => {
    const growth = { addedBytes: 90 * GIB, freedBytes: 30 * GIB, oldestAt: ago(400) };
    expect(diskForecast(growth, 20 * GIB, NOW)).toEqual({
      ...{ days: 30, bytesPerDay: 2 * GIB, fullAt: new Date("2026-12-03T09:00:00Z") },
    });
  });

  it("is reckoned over the days that there were, when they are fewer", () => {
    const growth = { addedBytes: 10 * GIB, freedBytes: 0, oldestAt: ago(5) };
    expect(diskForecast(growth, 20 * GIB, NOW)).toMatchObject({
      ...{ days: 5, bytesPerDay: 2 * GIB, fullAt: new Date("2026-12-03T09:00:00Z") },
    });
  });

  it("is now when nothing is left but what is kept free", () => {
    const growth = { addedBytes: GIB, freedBytes: 0, oldestAt: ago(30) };
    expect(diskForecast(growth, -5, NOW)?.fullAt).toEqual(NOW);
  });

  it("is not said of a disk that does not fill, or not within ten years", () => {
    const growth = { addedBytes: GIB, freedBytes: 2 * GIB, oldestAt: ago(30) };
    expect(diskForecast(growth, GIB, NOW)).toMatchObject({ fullAt: null });
    expect(diskForecast({ ...growth, freedBytes: 0 }, 4000 * GIB, NOW)).toMatchObject({ fullAt: null });
  });

  it("is not said in the first days, when backups bring all there is, or without any", () => {
    const growth = { addedBytes: GIB, freedBytes: 0 };
    expect(diskForecast({ ...growth, oldestAt: ago(2) }, GIB, NOW)).toBeNull();
    expect(diskForecast({ ...growth, oldestAt: null }, GIB, NOW)).toBeNull();
  });
});
