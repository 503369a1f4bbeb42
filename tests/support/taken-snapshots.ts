// Snapshots for tests of retention, written as when they were taken, and what a plan keeps of them, in lines.
import { type PlannedSnapshot, planRetention } from "../../src/domain/retention.ts";
import type { RetentionPolicy } from "../../src/domain/retention-policy.ts";
import { snapshotName } from "../../src/domain/snapshot.ts";

const DAY_MS = 86_400_000;

export const at = (text: string): Date => new Date(text.length > 10 ? `${text}Z` : `${text}T00:00Z`);
export const NOW = at("2026-11-23T12:00");

export const noRules: RetentionPolicy = {
  ...{ keepLast: null, keepHourly: null, keepDaily: null, keepWeekly: null },
  ...{ keepMonthly: null, keepYearly: null, keepWithinSeconds: null, timeZone: "UTC" },
};
export const policy = (rules: Partial<RetentionPolicy>): RetentionPolicy => ({ ...noRules, ...rules });

export const nameOf = (startedAt: Date) => snapshotName({ startedAt, kind: "scheduled", suffix: "3fa9c1" });

let count = 0;

/** Clean and complete unless it says otherwise: "2026-11-22T02:15", or with "!" behind it for one with warnings. */
export function taken(text: string, more: Partial<PlannedSnapshot> = {}): PlannedSnapshot & { id: number } {
  count += 1;
  const startedAt = at(text.replace("!", ""));
  const status = text.endsWith("!") ? "warning" : "succeeded";
  return { id: count, name: nameOf(startedAt), startedAt, status, state: "complete", pin: null, ...more };
}

/** "2026-11-22T02:15", as `taken` reads it. */
export const short = ({ startedAt, status }: PlannedSnapshot) =>
  startedAt.toISOString().slice(0, 16) + (status === "warning" ? "!" : "");

/** Per kept snapshot its start and the reasons, without those that every plan gives to the newest. */
export function kept(
  snapshots: readonly PlannedSnapshot[],
  rules: Partial<RetentionPolicy>,
  { now = NOW, heldBy = new Map<string, string>() } = {},
): string[] {
  return planRetention(snapshots, policy(rules), now, heldBy).keep.map(({ snapshot, reasons }) =>
    [short(snapshot), ...reasons.filter(({ rule }) => rule !== "newest").map(({ text }) => text)].join(" | "),
  );
}

export const nightly = (first: string, nights: number, time = "T02:15") =>
  Array.from({ length: nights }, (_, night) =>
    taken(new Date(at(first).getTime() + night * DAY_MS).toISOString().slice(0, 10) + time),
  );
