// Finding names over the whole history of one host, or of all.
import { indexedSnapshots } from "../catalog/catalog.ts";
import { findPaths } from "../catalog/find.ts";
import type { FoundEntry, Page, SkippedHost } from "../domain/history.ts";
import { bytesBelowRoot, type HostPath, parseHostPath } from "../domain/host-path.ts";
import { type NamePattern, parseNamePattern } from "../domain/name-pattern.ts";
import { pathText } from "../domain/path-text.ts";
import { asProblem, factsOf } from "../domain/problem.ts";
import { listHosts } from "../store/hosts.ts";
import { snapshotCounts } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { hostContext, requireSite, rootHere } from "./host-context.ts";
import type { PageWish } from "./look-into-history.ts";
import { type LookObserver, withHistory } from "./open-history.ts";

export interface Findings extends Page<FoundEntry> {
  /** How many hosts there are that have snapshots, of those that were meant. */
  readonly hosts: number;
  /** Of all hosts, those that could not be looked into. */
  readonly skipped: readonly SkippedHost[];
}

/**
 * Paths that match a pattern in any snapshot, also those that are deleted by now: host by host, folder by folder.
 *
 * Each is as it is in the newest snapshot that has it. `hostName` null: all hosts that have snapshots; one that cannot be
 * looked into is left out, and said to be.
 */
export async function findEntries(
  app: App,
  patternGiven: string,
  hostName: string | null,
  wish: PageWish,
  observer: LookObserver = {},
): Promise<Findings> {
  const pattern = parseNamePattern(patternGiven);
  const after = wish.after === null ? null : parseHostPath(wish.after);
  const all = await hostsToSearch(app, hostName);
  const hosts = all.filter((name) => after === null || name >= after.host);
  const items: FoundEntry[] = [];
  const skipped: SkippedHost[] = [];
  for (const host of hosts) {
    observer.stop?.throwIfAborted();
    // One more than is shown tells whether there are more.
    const wanted = wish.limit === null ? Number.POSITIVE_INFINITY : wish.limit + 1 - items.length;
    if (wanted <= 0) break;
    try {
      items.push(...(await findInHost(app, host, pattern, wanted, after, observer)));
    } catch (error) {
      if (hostName !== null || observer.stop?.aborted === true) throw error;
      skipped.push({ host, problem: factsOf(asProblem(error)) });
    }
  }
  const shown = wish.limit === null ? items : items.slice(0, wish.limit);
  const last = shown.at(-1);
  const isMore = shown.length < items.length && last !== undefined;
  const next = isMore ? `${last.host}:${pathText(last.path)}` : null;
  return { items: shown, next, skipped, hosts: all.length };
}

async function hostsToSearch(app: App, hostName: string | null): Promise<string[]> {
  if (hostName !== null) return [(await hostContext(app, hostName)).host.name];
  const site = await requireSite(app);
  await rootHere(site);
  const counts = await snapshotCounts(app.db);
  return (await listHosts(app.db))
    .filter(({ id }) => counts.has(id))
    .map(({ name }) => name)
    .sort();
}

const findInHost = (
  app: App,
  host: string,
  pattern: NamePattern,
  limit: number,
  after: HostPath | null,
  observer: LookObserver,
): Promise<FoundEntry[]> =>
  withHistory(
    app,
    host,
    ({ catalog }) => {
      const names = indexedSnapshots(catalog).map(({ name }) => name);
      const start = after?.host === host ? Buffer.from(`/`) : null;
      const from = start === null ? null : Buffer.concat([start, bytesBelowRoot(after?.path ?? "/")]);
      return findPaths(catalog, pattern, limit, from).map(({ path, versions }) => {
        const { oldest: _, newest, ...facts } = versions[0];
        return {
          ...{ ...facts, path, host, versions: versions.length },
          firstSnapshot: names[versions.at(-1)?.oldest ?? newest] ?? "",
          lastSnapshot: names[newest] ?? "",
          deleted: newest !== names.length - 1,
        };
      });
    },
    observer,
  );
