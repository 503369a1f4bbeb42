// When the backup disk will be full, as far as the past tells.
export interface Growth {
  /** What backups brought in the time that is looked at, and what removals gave back. */
  readonly addedBytes: number;
  readonly freedBytes: number;
  /** The oldest snapshot ever made; null: there is none. */
  readonly oldestAt: Date | null;
}

export interface DiskForecast {
  /** Of which the pace is the average. */
  readonly days: number;
  /** Below zero: more was given back than came. */
  readonly bytesPerDay: number;
  /** When no backup can begin any more; null: not within ten years. */
  readonly fullAt: Date | null;
}

const DAY_MS = 86_400_000;
/** Longer than any rhythm of schedules, and of most of retention. */
export const FORECAST_DAYS = 30;
/** The first backups bring everything there is: after a night or two nothing can be said. */
const DAYS_MIN = 3;
const FAR_DAYS = 3650;

/** @param usableBytes what is free, without what is kept free @returns null when there is too little past */
export function diskForecast(growth: Growth, usableBytes: number, now: Date): DiskForecast | null {
  if (growth.oldestAt === null) return null;
  const days = Math.min(FORECAST_DAYS, (now.getTime() - growth.oldestAt.getTime()) / DAY_MS);
  if (days < DAYS_MIN) return null;
  const bytesPerDay = Math.round((growth.addedBytes - growth.freedBytes) / days);
  const left = bytesPerDay <= 0 ? Number.POSITIVE_INFINITY : Math.max(0, usableBytes) / bytesPerDay;
  return {
    ...{ days: Math.floor(days), bytesPerDay },
    fullAt: left > FAR_DAYS ? null : new Date(now.getTime() + left * DAY_MS),
  };
}
