// What decides about the state of all hosts, read once for as many requests as come before it changes.
import type { DiskForecast } from "../domain/disk-forecast.ts";
import type { DueFacts } from "../domain/health.ts";
import type { Database } from "../store/database.ts";
import { dueFacts } from "../store/due-facts.ts";
import { failedLast, type HostFacts, hostFacts, missingSnapshots } from "../store/host-facts.ts";
import { type Kept, keepFacts } from "../store/keep-facts.ts";
import type { App } from "./app.ts";
import { forecastDisk } from "./forecast-disk.ts";

export interface HostsFacts {
  /** By name. */
  readonly hosts: readonly HostFacts[];
  /** By the id of a host: where its schedules stand that are switched on. */
  readonly due: ReadonlyMap<number, readonly DueFacts[]>;
}

/** Of single hosts, what is wrong with them besides their newest backup. */
export interface HostTroubles {
  readonly missing: Awaited<ReturnType<typeof missingSnapshots>>;
  readonly verifyFailed: Awaited<ReturnType<typeof failedLast>>;
  readonly drillFailed: Awaited<ReturnType<typeof failedLast>>;
  readonly pruneFailed: Awaited<ReturnType<typeof failedLast>>;
}

export interface SiteFacts {
  readonly hosts: Kept<HostsFacts>;
  readonly troubles: Kept<HostTroubles>;
  /** When the disk of this backup server will be full; worked out anew now and then, because it looks at every snapshot. */
  readonly forecast: { readonly get: (app: App) => Promise<DiskForecast | null> };
}

/** Of a thousand hosts each reading takes ten or twenty milliseconds, whoever asks; it holds no instants of now. */
export const siteFacts = (db: Database): SiteFacts => ({
  hosts: keepFacts(db, async () => {
    const [hosts, due] = await Promise.all([hostFacts(db), dueFacts(db)]);
    return { hosts, due };
  }),
  troubles: keepFacts(db, async () => {
    const [missing, verifyFailed, drillFailed, pruneFailed] = await Promise.all([
      missingSnapshots(db),
      failedLast(db, "verify"),
      failedLast(db, "drill"),
      failedLast(db, "prune"),
    ]);
    return { missing, verifyFailed, drillFailed, pruneFailed };
  }),
  forecast: keepForecast(),
});

const FORECAST_KEPT_MS = 600_000;

function keepForecast(): SiteFacts["forecast"] {
  let kept: { readonly at: number; readonly forecast: Promise<DiskForecast | null> } | null = null;
  return {
    get: (app) => {
      if (kept !== null && performance.now() - kept.at < FORECAST_KEPT_MS) return kept.forecast;
      // Where the disk is not there, that is what is said.
      const forecast = forecastDisk(app).catch(() => null);
      kept = { at: performance.now(), forecast };
      return forecast;
    },
  };
}

/** For whoever has noticed a change that the database itself doesn't tell of. */
export function forgetFacts({ hosts, troubles }: SiteFacts): void {
  hosts.forget();
  troubles.forget();
}
