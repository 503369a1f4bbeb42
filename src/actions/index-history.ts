// When catalogs are brought up to date: right after a run when that costs next to nothing, else while nobody waits for it.
import { asProblem } from "../domain/problem.ts";
import { ownsHost, type Run } from "../domain/run.ts";
import { listHostsHere } from "../store/hosts.ts";
import { findSite } from "../store/site.ts";
import type { App } from "./app.ts";
import { type HostContext, rootHere } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";
import { type CatalogSync, syncCatalog } from "./sync-catalog.ts";

/** So many new files are indexed in a tenth of a second, which nobody notices after a backup that brought them. */
const FEW_FILES = 5000;
/** A long history that is new to us is not indexed by whoever happens to make the next backup. */
const INDEXED_AFTER_A_RUN = 3;

/**
 * Indexes what a run has brought, when that is little. It is no part of the run, which has ended; its host is free. Whoever
 * looks into the history makes up for what is missing.
 */
export async function indexAfter(
  app: App,
  { host, site }: HostContext,
  { kind, stats }: Run,
  { stop, onNote }: RunObserver,
): Promise<void> {
  if (!ownsHost(kind) || (stats !== null && stats.newFiles > FEW_FILES)) return;
  try {
    const root = await rootHere(site);
    await syncCatalog(app, root, host, {
      atMost: INDEXED_AFTER_A_RUN,
      ...(stop === undefined ? {} : { stop }),
    });
  } catch (error) {
    if (stop?.aborted !== true)
      onNote?.(`The catalog of ${host.name} is behind: ${asProblem(error).message}`);
  }
}

export interface SpareTime {
  /** Begins to index what is behind, unless that is under way or was just done. Nobody waits for it. */
  readonly use: () => void;
  /** Gives up what is under way; the catalog is then as it was. */
  readonly end: () => Promise<void>;
}

const EVERY_MS = 60_000;

/** What a worker does beside its runs: catalogs that are behind, a snapshot of each host in turn. */
export function spareTime(app: App): SpareTime {
  const stop = new AbortController();
  let usedAt = Number.NEGATIVE_INFINITY;
  let work: Promise<void> | null = null;
  return {
    use: () => {
      if (work !== null || performance.now() - usedAt < EVERY_MS) return;
      // What cannot be indexed now is tried again; whoever looks into the history is told why.
      work = indexAll(app, stop.signal)
        .catch(() => {})
        .finally(() => {
          usedAt = performance.now();
          work = null;
        });
    },
    end: async () => {
      stop.abort();
      await work;
    },
  };
}

async function indexAll(app: App, stop: AbortSignal): Promise<void> {
  const site = await findSite(app);
  if (site === null) return;
  const root = await rootHere(site);
  let isBehind = true;
  while (isBehind && !stop.aborted) {
    isBehind = false;
    for (const host of await listHostsHere(app)) {
      if (stop.aborted) return;
      const { indexed } = await syncCatalog(app, root, host, { atMost: 1, stop }).catch(() => NOTHING);
      isBehind ||= indexed.length > 0;
    }
  }
}

const NOTHING: Pick<CatalogSync, "indexed"> = { indexed: [] };
