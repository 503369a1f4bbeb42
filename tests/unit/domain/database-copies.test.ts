// When the database is copied to the backup disk, and which copies stay.
import { describe, expect, it } from "vitest";
import {
  copiesToDrop,
  copyName,
  copyTime,
  isCopyDue,
  isCopyMissed,
} from "../../../src/domain/database-copies.ts";

const at = (text: string): Date => new Date(text);
const HOUR_MS = 3_600_000;

describe("a copy of the database", () => {
  it("says in its name when it was made, and no other name does", () => {
    const name = copyName(at("2026-11-28T02:15:07.900Z"));
    expect(name).toBe("pobsync-20261128T021507Z.dump.gz");
    expect(copyTime(name)).toEqual(at("2026-11-28T02:15:07Z"));
    for (const other of ["pobsync.dump.gz", `${name}.1.part`, `x${name}`, "pobsync-20261399T996199Z.dump.gz"])
      expect(copyTime(other)).toBeNull();
  });

  it("is made every day, and moves into the night by itself", () => {
    let now = at("2026-11-28T14:00:00Z").getTime();
    let newest: Date | null = null;
    const hours: number[] = [];
    for (const end = now + 10 * 24 * HOUR_MS; now < end; now += HOUR_MS / 6) {
      const hour = new Date(now).getUTCHours();
      if (!isCopyDue(newest, new Date(now), hour)) continue;
      newest = new Date(now);
      hours.push(hour);
    }
    expect(hours.slice(0, 2)).toEqual([14, 2]);
    expect(hours.slice(1).every((hour) => hour >= 1 && hour < 5)).toBe(true);
    expect(hours).toHaveLength(11);
  });

  it("is made although the newest one is from the future, as after a wrong clock", () => {
    expect(isCopyDue(at("2031-01-01T00:00:00Z"), at("2026-11-28T02:00:00Z"), 2)).toBe(true);
  });

  it("is missed after three days without one", () => {
    const newest = at("2026-11-25T02:00:00Z");
    expect(isCopyMissed(newest, at("2026-11-28T02:00:00Z"))).toBe(false);
    expect(isCopyMissed(newest, at("2026-11-28T02:00:01Z"))).toBe(true);
  });

  it("goes when there are fourteen newer ones and one of its month, and nothing else in the folder does", () => {
    const names = Array.from({ length: 20 }, (_, day) => copyName(new Date(Date.UTC(2026, 10, day + 1))));
    expect(copiesToDrop([...names, "README", ".pobsync-root"]).sort()).toEqual(names.slice(0, 5));
  });

  it("stays for a year as the newest one of its month", () => {
    const days = 3 * 365;
    let names: string[] = [];
    for (let day = 0; day < days; day += 1) {
      names.push(copyName(new Date(Date.UTC(2024, 0, 1 + day))));
      const dropped = new Set(copiesToDrop(names));
      names = names.filter((name) => !dropped.has(name));
    }
    const months = names.slice(0, -14).map((name) => name.slice(8, 14));
    expect(months).toEqual(Array.from({ length: 12 }, (_, month) => `${202_601 + month}`));
  });
});
