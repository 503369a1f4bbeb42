// Everything on the page stays true by itself: the server tells what has changed, and what shows it is asked for anew.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { RunJson } from "../../src/contract/types.ts";
import { query } from "./client.ts";
import { sessionOptions } from "./session.tsx";

type Change = "hosts" | "schedules" | "snapshots" | "settings" | "users" | "tokens" | "workers";
type LiveEvent =
  | { readonly type: "runs"; readonly items: readonly RunJson[] }
  | { readonly type: "changed"; readonly what: readonly Change[] }
  | { readonly type: "still" };

/** Longer silence than that is a lost connection: the server says something every 15 seconds. */
const SILENCE_MS = 40_000;
const AGAIN_MS = 3000;

/** Listens for as long as it is mounted. Returns whether the server is heard. */
export function useLiveUpdates(): boolean {
  const queries = useQueryClient();
  const [isHeard, setHeard] = useState(true);
  useEffect(() => {
    const statuses = new Map<number, string>();
    let silence: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let wasLost = false;
    const lost = (): void => {
      wasLost = true;
      setHeard(false);
    };
    // A connection can die without a word, of a laptop that slept for instance.
    const watch = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        lost();
        open();
      }, SILENCE_MS);
    };
    const heard = (): void => {
      setHeard(true);
      watch();
    };
    const open = (): void => {
      source?.close();
      const opened = new EventSource("/api/events");
      source = opened;
      watch();
      opened.onopen = () => {
        heard();
        // What happened meanwhile nobody has told.
        if (wasLost) void queries.invalidateQueries();
        wasLost = false;
      };
      opened.onerror = () => {
        lost();
        // The browser tries again when nobody answers, but not when a proxy answers that nobody is there.
        clearTimeout(again);
        if (opened.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
        void queries.invalidateQueries({ queryKey: sessionOptions().queryKey });
      };
      opened.addEventListener("message", ({ data }: MessageEvent<string>) => {
        heard();
        const event = JSON.parse(data) as LiveEvent;
        if (event.type === "runs") takeRuns(queries, statuses, event.items);
        if (event.type === "changed") for (const what of event.what) forget(queries, what);
      });
    };
    open();
    return () => {
      clearTimeout(silence);
      clearTimeout(again);
      source?.close();
    };
  }, [queries]);
  return isHeard;
}

interface CachedPage {
  readonly items?: readonly RunJson[];
}

/** Progress is put where it is shown; a run that begins or ends has the lists asked for anew. */
function takeRuns(queries: QueryClient, statuses: Map<number, string>, runs: readonly RunJson[]): void {
  let isNews = false;
  for (const run of runs) {
    isNews ||= statuses.get(run.id) !== run.status;
    statuses.set(run.id, run.status);
    queries.setQueryData(query.runs.get.queryKey({ input: { id: run.id } }), (known) =>
      known === undefined ? undefined : { ...known, ...run },
    );
  }
  const byId = new Map(runs.map((run) => [run.id, run]));
  queries.setQueriesData<CachedPage>({ queryKey: query.runs.list.key() }, (page) =>
    page?.items === undefined
      ? page
      : { ...page, items: page.items.map((item) => ({ ...item, ...byId.get(item.id) })) },
  );
  if (!isNews) return;
  for (const part of ["runs", "site", "hosts", "snapshots"] as const)
    void queries.invalidateQueries({ queryKey: query[part].key() });
}

function forget(queries: QueryClient, what: Change): void {
  const keys = {
    hosts: [query.hosts.key(), query.site.key()],
    schedules: [query.schedules.key(), query.hosts.key()],
    snapshots: [query.snapshots.key(), query.hosts.key(), query.files.key()],
    settings: [query.site.key(), query.hosts.key()],
    users: [query.users.key(), sessionOptions().queryKey],
    tokens: [query.tokens.key()],
    workers: [query.site.key()],
  } satisfies Record<Change, readonly (readonly unknown[])[]>;
  for (const queryKey of keys[what]) void queries.invalidateQueries({ queryKey });
}
