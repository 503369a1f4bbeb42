// When the backup disk will be full, from what the last weeks brought.
import { type DiskForecast, diskForecast, FORECAST_DAYS } from "../domain/disk-forecast.ts";
import { growthSince } from "../store/growth.ts";
import { requireRoot, roomOn } from "../system/backup-root.ts";
import type { App } from "./app.ts";
import { requireSite } from "./host-context.ts";

/** Null when nothing can be said yet. */
export async function forecastDisk(app: App): Promise<DiskForecast | null> {
  const { backupRoot, rootId, minFreePercent } = await requireSite(app);
  const { freeBytes, totalBytes } = await roomOn(await requireRoot(backupRoot, rootId));
  const now = app.clock();
  const growth = await growthSince(app.db, new Date(now.getTime() - FORECAST_DAYS * 86_400_000));
  return diskForecast(growth, freeBytes - (totalBytes * minFreePercent) / 100, now);
}
