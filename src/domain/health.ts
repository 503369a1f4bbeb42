// Health of a host: derived, never stored.
import type { Run } from "./run.ts";

export const HEALTHS = ["failing", "never", "late", "fresh", "disabled"] as const;
/** Worst first: failing, never backed up, late, fresh; disabled hosts are nobody's worry. */
export type Health = (typeof HEALTHS)[number];

/** Without a schedule that says otherwise, a backup older than this is late. */
export const LATE_AFTER_MS = 48 * 3600 * 1000;

export interface HealthFacts {
  readonly enabled: boolean;
  /** When the newest good snapshot was finished. */
  readonly lastSuccessAt: Date | null;
  /** The newest finished backup run. */
  readonly lastBackup: Pick<Run, "status"> | null;
}

export function healthOf(facts: HealthFacts, now: Date): Health {
  if (!facts.enabled) return "disabled";
  if (facts.lastBackup?.status === "failed") return facts.lastSuccessAt === null ? "never" : "failing";
  if (facts.lastSuccessAt === null) return "never";
  return now.getTime() - facts.lastSuccessAt.getTime() > LATE_AFTER_MS ? "late" : "fresh";
}
