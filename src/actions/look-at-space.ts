// Room on the disk, host by host and snapshot by snapshot, as the catalogs know it.
import { type SnapshotSpace, spaceOf } from "../catalog/space.ts";
import type { SkippedHost } from "../domain/history.ts";
import { asProblem, factsOf } from "../domain/problem.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { listHosts } from "../store/hosts.ts";
import { snapshotCounts } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { requireSite, rootHere } from "./host-context.ts";
import type { SpacesOf } from "./kept-spaces.ts";
import { type LookObserver, withHistory } from "./open-history.ts";

export interface PlacedSpace extends SnapshotSpace {
  readonly record: Snapshot;
}

export interface HostSpace {
  readonly host: string;
  /** Bytes of the disk that all its snapshots take together. */
  readonly storedBytes: number;
  /** What came within the last so many days and is still there. */
  readonly addedLastWeek: number;
  readonly addedLastMonth: number;
  /** Newest first. */
  readonly snapshots: readonly PlacedSpace[];
}

const DAY_MS = 86_400_000;

/**
 * Refuses as `withHistory` does.
 *
 * @param spacesOf what works it out, or has kept it
 */
export async function hostSpace(
  app: App,
  host: string,
  observer: LookObserver,
  spacesOf: SpacesOf = spaceOf,
): Promise<HostSpace> {
  const spaces = await withHistory(
    app,
    host,
    ({ catalog, snapshots }) => {
      const records = new Map(snapshots.map((snapshot) => [snapshot.name, snapshot]));
      return spacesOf(catalog).flatMap((space) => {
        const record = records.get(space.snapshot);
        return record === undefined ? [] : [{ ...space, record }];
      });
    },
    observer,
  );
  const now = app.clock().getTime();
  const addedWithin = (days: number): number =>
    spaces
      .filter(({ record }) => record.startedAt.getTime() > now - days * DAY_MS)
      .reduce((sum, { addedBytes }) => sum + addedBytes, 0);
  return {
    host,
    storedBytes: spaces.reduce((sum, { addedBytes }) => sum + addedBytes, 0),
    addedLastWeek: addedWithin(7),
    addedLastMonth: addedWithin(30),
    snapshots: spaces.toReversed(),
  };
}

export interface SiteSpace {
  /** Those that grew most first. */
  readonly hosts: readonly HostSpace[];
  readonly skipped: readonly SkippedHost[];
}

/** Of every host that has a snapshot. One that cannot be looked into is left out, and said to be. */
export async function siteSpace(app: App, observer: LookObserver): Promise<SiteSpace> {
  const site = await requireSite(app);
  await rootHere(site);
  const counts = await snapshotCounts(app.db);
  const hosts: HostSpace[] = [];
  const skipped: SkippedHost[] = [];
  for (const { name: host } of (await listHosts(app.db)).filter(({ id }) => counts.has(id))) {
    observer.stop?.throwIfAborted();
    try {
      hosts.push(await hostSpace(app, host, observer));
    } catch (error) {
      if (observer.stop?.aborted === true) throw error;
      skipped.push({ host, problem: factsOf(asProblem(error)) });
    }
  }
  hosts.sort((a, b) => b.addedLastMonth - a.addedLastMonth || (a.host < b.host ? -1 : 1));
  return { hosts, skipped };
}
