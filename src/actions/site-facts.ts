// What decides about the state of all hosts, read once for as many requests as come before it changes.
import type { DiskForecast } from "../domain/disk-forecast.ts";
import type { DueFacts } from "../domain/health.ts";
import type { Database } from "../store/database.ts";
import { dueFacts } from "../store/due-facts.ts";
import { failedLast, type HostFacts, hostFacts, missingSnapshots } from "../store/host-facts.ts";
import { type Kept, keepFacts } from "../store/keep-facts.ts";
import { brokenPings } from "../store/pings.ts";
import { type Durations, durationsOf, type HostKind, hostKindKey } from "../store/queue-facts.ts";
import type { App } from "./app.ts";
import { forecastDisk } from "./forecast-disk.ts";
import { type HostReads, keptHostReads } from "./host-reads.ts";
import { type QueueReads, readQueue } from "./why-waiting.ts";

export interface HostsFacts {
  /** By name. */
  readonly hosts: readonly HostFacts[];
  /** By the id of a host: where its schedules stand that are switched on. */
  readonly due: ReadonlyMap<number, readonly DueFacts[]>;
  /** What lists say of single ones besides, for as long as all this holds. */
  readonly reads: HostReads;
}

/** What is wrong with single hosts besides their newest backup, and with the pings of hosts and of the site. */
export interface HostTroubles {
  readonly missing: Awaited<ReturnType<typeof missingSnapshots>>;
  readonly verifyFailed: Awaited<ReturnType<typeof failedLast>>;
  readonly drillFailed: Awaited<ReturnType<typeof failedLast>>;
  readonly pruneFailed: Awaited<ReturnType<typeof failedLast>>;
  readonly pings: Awaited<ReturnType<typeof brokenPings>>;
}

export interface SiteFacts {
  readonly hosts: Kept<HostsFacts>;
  readonly troubles: Kept<HostTroubles>;
  /** When the disk of this backup server will be full; worked out anew now and then, because it looks at every snapshot. */
  readonly forecast: { readonly get: (app: App) => Promise<DiskForecast | null> };
  /** All that waits and runs; how long the last good runs took, a minute old at most, as an estimate may be. */
  readonly queue: QueueReads;
}

async function readTroubles(db: Database): Promise<HostTroubles> {
  const [missing, verifyFailed, drillFailed, pruneFailed, pings] = await Promise.all([
    missingSnapshots(db),
    failedLast(db, "verify"),
    failedLast(db, "drill"),
    failedLast(db, "prune"),
    brokenPings(db),
  ]);
  return { missing, verifyFailed, drillFailed, pruneFailed, pings };
}

/** Of a thousand hosts each reading takes ten or twenty milliseconds, whoever asks; it holds no instants of now. */
export function siteFacts(db: Database): SiteFacts {
  const hosts = keepFacts(db, async () => {
    const [found, due] = await Promise.all([hostFacts(db), dueFacts(db)]);
    return { hosts: found, due, reads: keptHostReads(db) };
  });
  return {
    hosts,
    troubles: keepFacts(db, () => readTroubles(db)),
    forecast: keepForecast(),
    queue: {
      queue: keepFacts(db, () => readQueue(db)).get,
      durations: keepDurations(db),
      hosts: async (ids) => (await hosts.get()).reads.hosts(ids),
    },
  };
}

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

const DURATION_KEPT_MS = 60_000;

/** @param now milliseconds of a clock that never goes back */
export function keepDurations(db: Database, now: () => number = () => performance.now()): Durations {
  const kept = new Map<string, { readonly at: number; readonly seconds: readonly number[] }>();
  const isKept = (pair: HostKind): boolean => {
    const one = kept.get(hostKindKey(pair));
    return one !== undefined && now() - one.at < DURATION_KEPT_MS;
  };
  return async (pairs) => {
    const unknown = pairs.filter((pair) => !isKept(pair));
    const [found, at] = [await durationsOf(db, unknown), now()];
    for (const key of unknown.map(hostKindKey)) kept.set(key, { at, seconds: found.get(key) ?? [] });
    return new Map(pairs.map(hostKindKey).map((key) => [key, kept.get(key)?.seconds ?? []]));
  };
}

/** For whoever has noticed a change that the database itself doesn't tell of. */
export function forgetFacts({ hosts, troubles }: SiteFacts): void {
  hosts.forget();
  troubles.forget();
}
