// Since when a host waits for a backup, by what its scheduler knows when it passes a due time.
import { expect, it } from "vitest";
import { firstWaiting } from "../../../src/domain/schedule.ts";

const timing = { cron: "0 2 * * *", timeZone: "UTC" };
const at = (text: string): Date => new Date(`2026-11-${text}:00Z`);
const waits = (waitingSince: string | null, nextDueAt: string, dueAt: string, success: string | null) =>
  firstWaiting(
    timing,
    { waitingSince: waitingSince === null ? null : at(waitingSince), nextDueAt: at(nextDueAt) },
    at(dueAt),
    success === null ? null : at(success),
  );

it("is the due time that is passed, where the last one brought a snapshot", () => {
  expect(waits(null, "10T02:00", "10T02:00", "09T02:05")).toEqual(at("10T02:00"));
  expect(waits("09T02:00", "10T02:00", "10T02:00", "09T02:05")).toEqual(at("10T02:00"));
  expect(waits(null, "10T02:00", "10T02:00", null)).toEqual(at("10T02:00"));
});

it("stays what it was as long as none has brought a snapshot", () => {
  expect(waits("07T02:00", "10T02:00", "10T02:00", "06T02:05")).toEqual(at("07T02:00"));
});

it("is the first of those that no scheduler was there for, and not the one that makes up for them", () => {
  expect(waits(null, "07T02:00", "10T02:00", "06T02:05")).toEqual(at("07T02:00"));
});

it("comes after a snapshot that somebody made by hand while no scheduler was there", () => {
  expect(waits(null, "07T02:00", "10T02:00", "08T15:00")).toEqual(at("09T02:00"));
  expect(waits("05T02:00", "07T02:00", "10T02:00", "08T15:00")).toEqual(at("09T02:00"));
  expect(waits(null, "07T02:00", "10T02:00", "10T02:10")).toBeNull();
});
