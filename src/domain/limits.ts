// How much a host may send: what keeps one that is greedy, sick or taken over from filling the disk of all others.
import { countText } from "./count-text.ts";
import { Problem } from "./problem.ts";
import { durationText, sizeInput } from "./quantity.ts";
import { MAX_DURATION_SECONDS, type Settings } from "./settings.ts";

export interface Limits
  extends Pick<Settings, "quotaBytes" | "maxNewBytes" | "maxEntries" | "maxDurationSeconds"> {
  readonly host: string;
  /** What all its snapshots take so far, in bytes of the disk; 0 where there is no quota. */
  readonly usedBytes: number;
  /** A first backup is all new, and has no limit of that. */
  readonly isFirst: boolean;
}

/** What has come, or is announced. */
export interface Seen {
  readonly entries: number;
  /** As long as the files say they are, holes included. */
  readonly newBytes: number;
  /** What of that lies on the disk by now and nowhere else. */
  readonly takenBytes: number;
}

/** Which limit is passed, or null. */
export function passedLimit(limits: Limits, { entries, newBytes, takenBytes }: Seen): Problem | null {
  const { host, usedBytes, isFirst, quotaBytes, maxNewBytes, maxEntries } = limits;
  if (maxEntries !== null && entries > maxEntries)
    return new Problem(
      "too_many_entries",
      `${host} has more than ${countText(maxEntries, "entry", "entries")}.`,
      {
        hint: forMore(host, `--max-entries ${maxEntries * 2}`),
      },
    );
  if (!isFirst && maxNewBytes !== null && newBytes > maxNewBytes)
    return new Problem(
      "growth_exceeded",
      `${host} has more than ${sizeInput(maxNewBytes)} of new content since its last snapshot.`,
      { hint: forMore(host, `--max-new ${sizeInput(maxNewBytes * 2)}`) },
    );
  // Files with holes take less than they say.
  if (quotaBytes !== null && usedBytes + Math.min(newBytes, takenBytes) > quotaBytes)
    return new Problem(
      "quota_exceeded",
      `The snapshots of ${host} would take more than its quota of ${sizeInput(quotaBytes)}.`,
      {
        hint:
          `See what takes the room: pobsync space ${host}. Keep fewer snapshots: pobsync retention ${host}. ` +
          `Or give it more: pobsync configure-host ${host} --quota ${sizeInput(quotaBytes * 2)}`,
      },
    );
  return null;
}

/** What is said of a transfer that has lasted for so long and is not at its end. */
export function tookTooLong(host: string, seconds: number): Problem {
  const message = `The transfer from ${host} was not at its end after ${durationText(seconds)}.`;
  const isAllowed = seconds * 2 <= MAX_DURATION_SECONDS;
  const option = isAllowed ? `--max-duration ${durationText(seconds * 2)}` : "--unset maxDurationSeconds";
  const more = `pobsync configure-host ${host} ${option}`;
  return new Problem("transfer_too_long", message, {
    hint: `What came is kept for the next backup. See in the run's log what took so long; to allow more: ${more}`,
  });
}

const forMore = (host: string, option: string): string =>
  `Find out what it is (pobsync backup ${host} --dry-run). If it is right: pobsync configure-host ${host} ${option}`;

/** Whether what was said would be too much for the quota, so that it is worth to look what it takes really. */
export const mayPassQuota = (
  { quotaBytes, usedBytes }: Limits,
  { newBytes }: Pick<Seen, "newBytes">,
): boolean => quotaBytes !== null && usedBytes + newBytes > quotaBytes;

/** What is free on a disk, and what there is. */
interface Room {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly freeInodes: number | null;
  readonly totalInodes: number | null;
}

/**
 * A backup does not begin below the limit; one that is under way ends when half of that is reached, so that it does not take
 * what others need to come to their end. Null: there is room.
 */
export function runningLow(room: Room, minFreePercent: number): Problem | null {
  const share = (free: number, total: number): number => (total === 0 ? 100 : (100 * free) / total);
  const message = (what: string, left: number): string =>
    // Rounded down: "only 20.0 %" would be no reason where 20 are enough.
    `The backup was ended because only ${(Math.floor(left * 10) / 10).toFixed(1)} % of the ${what} on the backup disk are left.`;
  const bytes = share(room.freeBytes, room.totalBytes);
  if (bytes < minFreePercent / 2) return new Problem("server_disk_full", message("bytes", bytes));
  if (room.freeInodes === null || room.totalInodes === null) return null;
  const inodes = share(room.freeInodes, room.totalInodes);
  return inodes < minFreePercent / 2 ? new Problem("server_inodes_full", message("inodes", inodes)) : null;
}

/** What ends a backup for this must not stay on the disk. */
export const FILLING: ReadonlySet<string> = new Set([
  ...["server_disk_full", "server_inodes_full", "quota_exceeded", "growth_exceeded", "too_many_entries"],
]);
