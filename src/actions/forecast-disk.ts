// When the backup disk will be full, from what the last weeks brought.
import { type DiskForecast, diskForecast, FORECAST_DAYS } from "../domain/disk-forecast.ts";
import { growthSince } from "../store/growth.ts";
import { roomOn } from "../system/backup-root.ts";
import type { App } from "./app.ts";
import { requireSite, rootHere } from "./host-context.ts";

/** Null when nothing can be said yet. */
export async function forecastDisk(app: App): Promise<DiskForecast | null> {
  const site = await requireSite(app);
  const { freeBytes, totalBytes } = await roomOn(await rootHere(site));
  const now = app.clock();
  const growth = await growthSince(app, new Date(now.getTime() - FORECAST_DAYS * 86_400_000));
  return diskForecast(growth, freeBytes - (totalBytes * site.minFreePercent) / 100, now);
}
