// Proof that what is stored can be restored: what was read again, the last drill, and what is to be done next.
import type { DrillResult } from "./drill.ts";
import type { FinishedStatus } from "./run.ts";

const DAY_MS = 86_400_000;
/** Within so many days something counts as read again. */
export const PROOF_DAYS = 90;

/** Bytes by the day (of UTC, counted from 1970) on which they were read last. What was never read again is in none. */
export type ReadDays = readonly (readonly [day: number, bytes: number])[];

/** What a host has stored, each file once, when that was looked at. */
export interface StoredWeight {
  readonly files: number;
  readonly bytes: number;
  /** Files of which the last reading was not what the host had. */
  readonly damaged: number;
  readonly reads: ReadDays;
}

/** The last drill of a host. */
export interface LastDrill
  extends Pick<DrillResult, "snapshot" | "sampled" | "canaries" | "bytes" | "faults"> {
  readonly runId: number;
  readonly at: Date;
  readonly status: FinishedStatus;
}

export interface Proof {
  readonly host: string;
  readonly enabled: boolean;
  /** When the newest good snapshot was finished. */
  readonly lastSuccessAt: Date | null;
  readonly lastDrill: LastDrill | null;
  /** Null: nobody has looked yet. */
  readonly storedFiles: number | null;
  readonly storedBytes: number | null;
  readonly damagedFiles: number | null;
  /** Of those, read again within the last `PROOF_DAYS` days. */
  readonly readBytes: number | null;
  /** From 0 to 1; null while it is not known, and where nothing is stored. */
  readonly readShare: number | null;
  readonly weighedAt: Date | null;
  /** What is asked for; null: nothing by itself. */
  readonly verifyWithinSeconds: number | null;
  readonly drillEverySeconds: number | null;
}

/** Bytes that were read again within so many days before now. */
export function readWithin(reads: ReadDays, days: number, now: Date): number {
  const from = Math.floor(now.getTime() / DAY_MS) - days;
  return reads.reduce((sum, [day, bytes]) => (day > from ? sum + bytes : sum), 0);
}

/** A share as a person reads it: never rounded up to all, or down to nothing. */
export function shareText(share: number | null): string {
  if (share === null) return "–";
  const percent = share * 100;
  if (percent > 0 && percent < 1) return "< 1 %";
  return `${percent >= 100 ? 100 : Math.floor(percent)} %`;
}

const HOUR = 3600;
const DAY = 86_400;
/** A piece is at least that large, so that small hosts are not looked at every day. */
const PIECE_BYTES = 256 * 1024 ** 2;
const PIECES = 90;
const PIECES_MIN = 8;
/** More is read than would just do, because a piece comes late now and then. */
const MARGIN = 1.25;
/** After a long pause this many pieces at once, no more. */
const CATCH_UP = 7;

/**
 * The next piece of what is stored that has to be read again, so that everything is within the time; null when it is too
 * early for one, or nothing is stored.
 *
 * Whatever was not read for the longest time comes first, so each file's turn comes once all others had theirs.
 */
export function nextPiece(
  storedBytes: number,
  withinSeconds: number,
  lastAt: Date | null,
  now: Date,
): { readonly bytes: number } | null {
  if (storedBytes === 0) return null;
  const usual = Math.min(DAY, Math.max(HOUR, withinSeconds / PIECES));
  const large = Math.max(usual, (withinSeconds * PIECE_BYTES) / storedBytes);
  const interval = Math.min(withinSeconds / PIECES_MIN, large);
  const passed = lastAt === null ? interval : (now.getTime() - lastAt.getTime()) / 1000;
  // A clock that has jumped back must not stop it for as long as it has jumped.
  if (passed >= 0 && passed < interval) return null;
  const share = Math.min(Math.abs(passed), CATCH_UP * interval) / withinSeconds;
  return { bytes: Math.ceil(Math.min(1, share * MARGIN) * storedBytes) };
}

/** Whether a drill is due. One that a person has asked for counts as well. */
export function isDrillDue(everySeconds: number, last: readonly (Date | null)[], now: Date): boolean {
  const newest = Math.max(...last.map((at) => at?.getTime() ?? Number.NEGATIVE_INFINITY));
  const passed = now.getTime() - newest;
  return passed < 0 || passed >= everySeconds * 1000;
}
