// Copies of the database that pobsync keeps on the backup disk: what they are called, when one is due, and which go.

/** So many are kept: two weeks of nights … */
const NIGHTS_KEPT = 14;
/** … and of as many months before that the newest one, for whoever notices late what the newer ones lack. */
const MONTHS_KEPT = 12;
const HOUR_MS = 3_600_000;
/** After so long one is due whatever the time of day is. */
const OVERDUE_MS = 24 * HOUR_MS;
/** At night one is due earlier, so that it becomes a matter of the night wherever it began. */
const NIGHTLY_MS = 12 * HOUR_MS;
const [NIGHT_BEGINS, NIGHT_ENDS] = [1, 5];
/** The newest being older than that, something keeps them from being made. */
const MISSED_MS = 72 * HOUR_MS;

const NAME = /^pobsync-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.dump\.gz$/;

/** `pobsync-20261128T021500Z.dump.gz`. */
export const copyName = (at: Date): string =>
  `pobsync-${at.toISOString().replace(/[-:]|\.\d+/g, "")}.dump.gz`;

/** When the copy of that name was made; null when it is none of ours. */
export function copyTime(name: string): Date | null {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  if (year === undefined) return null;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Names of copies among these, newest first. */
export const copiesAmong = (names: readonly string[]): string[] =>
  names
    .filter((name) => copyTime(name) !== null)
    .sort()
    .reverse();

/** @param hour of the day, where this machine is */
export function isCopyDue(newest: Date | null, now: Date, hour: number): boolean {
  if (newest === null) return true;
  // A clock that was ahead for a while must not keep copies from being made until it is reached again.
  const age = Math.abs(now.getTime() - newest.getTime());
  return age >= (hour >= NIGHT_BEGINS && hour < NIGHT_ENDS ? NIGHTLY_MS : OVERDUE_MS);
}

export const isCopyMissed = (newest: Date, now: Date): boolean =>
  now.getTime() - newest.getTime() > MISSED_MS;

/** Which of these copies go, now that there are so many. */
export function copiesToDrop(names: readonly string[]): string[] {
  const older = copiesAmong(names).slice(NIGHTS_KEPT);
  const months = new Map<string, string>();
  for (const name of older) {
    const month = name.slice(0, "pobsync-202611".length);
    if (!months.has(month)) months.set(month, name);
  }
  const kept = new Set([...months.values()].slice(0, MONTHS_KEPT));
  return older.filter((name) => !kept.has(name));
}
