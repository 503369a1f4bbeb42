// What holds pruning: a failed backup, a snapshot that shrank, a clock that is not believed; and what a person's word settles.
import { describe, expect, it } from "vitest";
import { type HoldFacts, pruningDoubt, type WatchedSnapshot } from "../../../src/domain/pruning-hold.ts";
import { at } from "../../support/taken-snapshots.ts";

const NOW = at("2026-11-24T12:00");

/** One a night, newest first: how many entries it has, with "!" behind it when it was found to have shrunk. */
const nights = (...entries: string[]): WatchedSnapshot[] =>
  entries.map((text, index) => {
    const startedAt = new Date(at("2026-11-24T02:15").getTime() - index * 86_400_000);
    const files = Number(text.replace("!", ""));
    return {
      ...{
        id: entries.length - index,
        name: `night ${entries.length - index}`,
        startedAt,
        state: "complete",
      },
      ...{ files, bytes: files * 1000, anomaly: text.endsWith("!") ? "much smaller." : null },
    };
  });

const hold = (snapshots: readonly WatchedSnapshot[], more: Partial<HoldFacts> = {}) =>
  pruningDoubt(
    { host: "nas", snapshots, newestBackup: null, maxShrinkPercent: 50, trust: null, ...more },
    NOW,
  )?.why ?? null;

describe("pruning", () => {
  it("is not held when all is as always, nor without any snapshot", () => {
    expect(hold(nights("1000", "1010", "990"))).toBeNull();
    expect(hold([])).toBeNull();
  });

  it("is held while the newest backup failed, and not by one that was cancelled or warned", () => {
    const newest = (status: "failed" | "cancelled" | "warning") => ({ newestBackup: { id: 7, status } });
    expect(hold(nights("1000"), newest("failed"))).toBe("The newest backup of nas, run 7, failed.");
    expect(hold(nights("1000"), newest("cancelled"))).toBeNull();
    expect(hold(nights("1000"), newest("warning"))).toBeNull();
  });

  it("is held by a snapshot that shrank, and by small ones after it that found nothing wrong with themselves", () => {
    expect(hold(nights("100!", "1000"))).toBe("The snapshot night 2 shrank: much smaller.");
    expect(hold(nights("102", "101", "100!", "1000"))).toBe("The snapshot night 2 shrank: much smaller.");
  });

  it("is free again once a snapshot is as large as before", () => {
    expect(hold(nights("990", "100!", "1000"))).toBeNull();
    expect(hold(nights("400", "100!", "1000"))).toMatch(/^The snapshot night 2 shrank/);
  });

  it("is measured by what was before the first of several that shrank", () => {
    expect(hold(nights("45", "40!", "100!", "1000"))).toMatch(/shrank/);
    expect(hold(nights("900", "40!", "100!", "1000"))).toBeNull();
  });

  it("is held by a suspicious change until a person has looked, whatever came after it", () => {
    const suspect = (snapshots: WatchedSnapshot[], at: number): WatchedSnapshot[] =>
      snapshots.map((one, index) => (index === at ? { ...one, anomaly: "Suspicious change: x." } : one));
    const found = suspect(nights("1000", "1000", "1000", "1000"), 2);
    expect(hold(found)).toBe("The snapshot night 2 looks suspicious: Suspicious change: x.");
    expect(hold(suspect(nights("1000", "400!", "1000", "1000"), 2))).toMatch(/^The snapshot night 2 looks/);
    const trust = (snapshotId: number) => ({ trust: { at: at("2026-11-24T08:00"), snapshotId } });
    expect(hold(found, trust(1))).toMatch(/^The snapshot night 2 looks/);
    expect(hold(found, trust(2))).toBeNull();
  });

  it("stays held when somebody has only seen it, and says who and why", () => {
    const [newest, ...rest] = nights("1000", "1000");
    const seen = {
      verdict: "acknowledged",
      reason: "we restore it",
      by: "ada",
      at: at("2026-11-24"),
    } as const;
    const odd = { ...(newest as WatchedSnapshot), anomaly: "Suspicious change: x.", anomalyVerdict: seen };
    expect(hold([odd, ...rest])).toBe(
      "The snapshot night 2 looks suspicious: Suspicious change: x. (acknowledged by ada: we restore it)",
    );
  });

  it("is not held by one that was only slow, which counts as a good one", () => {
    const slow = "Unusually slow: it took 5 hours; usually it is 4 minutes.";
    const second = (text: string, ...of: string[]) =>
      nights(...of).map((one, index) => (index === 1 ? { ...one, anomaly: text } : one));
    expect(hold(second(slow, "1000", "1000"))).toBeNull();
    expect(hold(second(`much smaller. ${slow}`, "100", "100", "1000"))).toMatch(
      /^The snapshot night 2 shrank/,
    );
    expect(hold(second(slow, "100!", "1000", "1000"))).toMatch(/^The snapshot night 3 shrank/);
    expect(hold(second(slow, "990", "1000", "100!", "1000"))).toBeNull();
  });

  it("is not held by one that is gone, nor by one that a person has looked at", () => {
    const [shrunk, ...rest] = nights("100!", "1000");
    expect(hold([{ ...(shrunk as WatchedSnapshot), state: "missing" }, ...rest])).toBeNull();
    const trust = { at: at("2026-11-24T08:00"), snapshotId: 2 };
    expect(hold(nights("100!", "1000"), { trust })).toBeNull();
    expect(hold(nights("40!", "100!", "1000"), { trust })).toBe("The snapshot night 3 shrank: much smaller.");
  });

  it("is held by a snapshot from the future until a person has looked, and by the next one from there again", () => {
    const future = (id: number): WatchedSnapshot => ({
      ...{ id, name: `future ${id}`, startedAt: at("2036-11-24T02:15"), state: "complete" },
      ...{ files: 1000, bytes: 1000, anomaly: null },
    });
    const trust = { at: at("2026-11-24T08:00"), snapshotId: 9 };
    expect(hold([future(9), ...nights("1000")])).toMatch(/^The clock shows 2026-11-24 12:00 UTC/);
    expect(hold([future(9), ...nights("1000")], { trust })).toBeNull();
    expect(hold([future(10), ...nights("1000")], { trust })).toMatch(/^The clock shows/);
  });

  it("a word that was given under a clock that was ahead settles no gap", () => {
    const old = nights("1000").map((one) => ({ ...one, startedAt: at("2025-01-01") }));
    expect(hold(old)).toMatch(/^Nothing happened for/);
    expect(hold(old, { trust: { at: at("2026-11-24T08:00"), snapshotId: 1 } })).toBeNull();
    expect(hold(old, { trust: { at: at("2036-11-24T08:00"), snapshotId: 1 } })).toMatch(
      /^Nothing happened for/,
    );
  });
});
