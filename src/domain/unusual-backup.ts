// Has a backup brought far more, lost far more, or taken far longer than the host's own past lets expect?
import { countText, numberText, sizeText } from "./count-text.ts";
import { durationWords } from "./instant-text.ts";
import { isFarBeyond, median } from "./own-past.ts";

/** What is known of one backup of a host. */
export interface BackupFacts {
  readonly startedAt: Date;
  /** Entries of every type. */
  readonly entries: number;
  readonly regularFiles: number;
  /** Regular files under names that the one before did not have; null where that was not counted. */
  readonly createdFiles: number | null;
  readonly bytes: number;
  /** Of the transfer alone: neither waiting nor hooks. */
  readonly durationMs: number;
}

const [GIB, MINUTE_MS] = [1024 ** 3, 60_000];

/** Fewer files that are gone raise no noise, whatever share of a small host they are. */
export const DELETED_FILES_MIN = 100;
/** Of all files, so many must be gone. Half and more is what `--max-shrink` is usually about. */
const DELETED_SHARE_MIN = 0.2;
/** Less growth than this is not worth a person's time, on however small a host. */
export const GROWTH_BYTES_MIN = GIB;
const GROWTH_ENTRIES_MIN = 10_000;
/** It must have grown by such a share of what it was. */
const GROWTH_SHARE_MIN = 0.3;
/** A backup that takes so much longer than usual may be in the way of others; less is a slow night. */
export const SLOWER_MS_MIN = 30 * MINUTE_MS;

/**
 * How much time went by since the newest of the past, in pauses as they are usual: after a week without backups, a week's
 * worth of change is no news. Never less than one.
 */
export function pausesSince(startedAt: Date, past: readonly BackupFacts[]): number {
  const [newest] = past;
  const pauses = past.slice(0, -1).map((one, at) => msBetween(past[at + 1], one));
  const usual = median(pauses);
  return newest === undefined || usual <= 0 ? 1 : Math.max(1, msBetween(newest, { startedAt }) / usual);
}

const msBetween = (
  before: Pick<BackupFacts, "startedAt"> | undefined,
  after: Pick<BackupFacts, "startedAt">,
): number => after.startedAt.getTime() - (before ?? after).startedAt.getTime();

/** How many files were gone at each backup of the past, newest first; those that did not count it are left out. */
export const goneBefore = (past: readonly BackupFacts[]): number[] =>
  past.slice(0, -1).flatMap((one, at) => {
    const before = past[at + 1]?.regularFiles ?? 0;
    return one.createdFiles === null ? [] : [Math.max(0, before + one.createdFiles - one.regularFiles)];
  });

/** A sentence when far more files are gone than ever; else null. `gone` of the `before` that there were. */
export function massDelete(
  { gone, before }: { readonly gone: number; readonly before: number },
  past: readonly number[],
  pauses = 1,
): string | null {
  if (gone < DELETED_FILES_MIN || gone < DELETED_SHARE_MIN * before) return null;
  if (!isFarBeyond(gone / pauses, past)) return null;
  return `${numberText(gone)} of ${countText(before, "file")} are gone; usually it is ${numberText(median(past))}.`;
}

type Size = Pick<BackupFacts, "entries" | "bytes">;

/**
 * A sentence when a backup grew far more than the host's past lets expect by now; else null. It is held against the most that
 * there was: what was away for a night and is back is no growth.
 */
export function growthBeyond(
  before: Size,
  now: Size,
  past: readonly BackupFacts[],
  pauses = 1,
): string | null {
  const grown = (what: keyof Size, atLeast: number): { by: number; usual: number } | null => {
    const steps = past.slice(0, -1).map((one, at) => Math.max(0, one[what] - (past[at + 1]?.[what] ?? 0)));
    const most = past.reduce((largest, one) => Math.max(largest, one[what]), before[what]);
    const by = now[what] - most;
    const isMuch = by >= atLeast && by >= GROWTH_SHARE_MIN * most;
    return isMuch && isFarBeyond(by / pauses, steps) ? { by, usual: median(steps) * pauses } : null;
  };
  const bytes = grown("bytes", GROWTH_BYTES_MIN);
  if (bytes !== null)
    return `it grew by ${sizeText(bytes.by)} to ${sizeText(now.bytes)}; ${sizeText(bytes.usual)} were to be expected.`;
  const entries = grown("entries", GROWTH_ENTRIES_MIN);
  if (entries === null) return null;
  return `it grew by ${numberText(entries.by)} entries to ${numberText(now.entries)}; ${numberText(Math.round(entries.usual))} were to be expected.`;
}

/** A sentence when a transfer took far longer than ever; else null. */
export function slowness(durationMs: number, past: readonly BackupFacts[]): string | null {
  const durations = past.map((one) => one.durationMs);
  const usual = median(durations);
  if (durationMs - usual < SLOWER_MS_MIN || !isFarBeyond(durationMs, durations)) return null;
  return `it took ${text(durationMs)}; usually it is ${text(usual)}.`;
}

const text = (ms: number): string => durationWords(ms / 1000);
