// Why isn't it running: gathers what claims look at, in few queries, and has the one rule say it.
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { Host } from "../domain/host.ts";
import type { QueueFacts } from "../domain/queue-facts.ts";
import type { Run } from "../domain/run.ts";
import { claimOrder, reasonsToWait, type Waiting } from "../domain/waiting.ts";
import { whyIdle } from "../domain/waiting-host.ts";
import type { Database } from "../store/database.ts";
import { findHosts } from "../store/hosts.ts";
import {
  type Durations,
  durationsOf,
  type HostKind,
  hostKindKey,
  leasedRuns,
  queuedRuns,
} from "../store/queue-facts.ts";
import { listRuns } from "../store/runs.ts";
import { listSchedules } from "../store/schedules.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";
import { type SiteReads, siteReads, whoIsAlive } from "./presence.ts";

/** Of the queue ahead, so many are looked at for an estimate. */
const AHEAD_MAX = 64;

/** What is read of the queue, for whoever keeps it between two questions. */
export interface QueueReads {
  readonly queue: () => Promise<Queue>;
  readonly durations: Durations;
  readonly hosts: (ids: readonly number[]) => Promise<readonly Host[]>;
}
type Queue = Pick<QueueFacts, "queued" | "running" | "locks">;

export async function readQueue(db: Database): Promise<Queue> {
  const [queued, leased] = await Promise.all([queuedRuns(db), leasedRuns(db)]);
  return { queued, ...leased };
}

const readAnew = (db: Database): QueueReads => ({
  queue: () => readQueue(db),
  durations: (pairs) => durationsOf(db, pairs),
  hosts: (ids) => findHosts(db, ids),
});

/** Why each of these runs waits that do, by its id. Nothing is read when none does. */
export async function waitingOf(
  app: App,
  runs: readonly Pick<Run, "id" | "hostId" | "status">[],
  reads: QueueReads = readAnew(app.db),
  known: SiteReads = siteReads(app),
): Promise<ReadonlyMap<number, Waiting>> {
  const waiting = runs.filter(({ status }) => status === "queued");
  const site = waiting.length === 0 ? null : await known.site();
  if (site === null) return new Map();
  const [{ queued, running, locks }, alive, hosts] = await Promise.all([
    reads.queue(),
    known.alive(),
    reads.hosts([...new Set(waiting.map(({ hostId }) => hostId))]),
  ]);
  const facts: Omit<QueueFacts, "tookLately"> = {
    ...{ now: app.clock(), queued, running, locks, limit: site.maxParallel },
    workers: alive.filter(({ role }) => role === "worker"),
  };
  const took = await reads.durations(pairsOf(facts));
  const zones = new Map(
    hosts.map(({ id, settings }) => [id, effectiveSettings(site.settings, settings).values.timeZone]),
  );
  const wanted = new Set(waiting.map(({ id }) => id));
  const whyWaiting = reasonsToWait({
    ...facts,
    tookLately: (hostId, kind) => took.get(hostKindKey({ hostId, kind })) ?? [],
  });
  return new Map(
    queued
      .filter(({ id }) => wanted.has(id))
      .map((run) => [run.id, whyWaiting(run, zones.get(run.hostId) ?? "UTC")]),
  );
}

function pairsOf(facts: Omit<QueueFacts, "tookLately">): HostKind[] {
  const known = { ...facts, tookLately: () => [] };
  const nodes = new Set(facts.queued.map(({ node }) => node));
  const ahead = [...nodes].flatMap((node) => claimOrder(known, node).slice(0, AHEAD_MAX));
  const pairs = [...facts.running, ...ahead].map(({ hostId, kind }): HostKind => ({ hostId, kind }));
  return [...new Map(pairs.map((pair) => [hostKindKey(pair), pair])).values()].slice(0, 2 * AHEAD_MAX);
}

/** What a host waits for: its queued backup, or its next due time. */
export interface HostWaiting {
  /** Null: a backup is under way. */
  readonly waiting: Waiting | null;
  /** The backup that is under way or queued. */
  readonly openRun: Run | null;
}

/** Why a host is not being backed up. */
export async function whyHostWaits(app: App, host: Host, queue?: QueueReads): Promise<HostWaiting> {
  const open = await listRuns(app.db, {
    hostId: host.id,
    kind: "backup",
    statuses: ["queued", "running"],
    limit: 64,
  });
  const running = open.find(({ status }) => status === "running");
  if (running !== undefined) return { waiting: null, openRun: running };
  const found = await waitingOf(app, open, queue);
  // The one that begins first is that which a person asked for, or the oldest.
  const first = open
    .toReversed()
    .sort((a, b) => Number(b.byHand) - Number(a.byHand))
    .find(({ id }) => found.has(id));
  const waiting = first === undefined ? undefined : found.get(first.id);
  if (first !== undefined && waiting !== undefined) return { waiting, openRun: first };
  const [{ effective }, schedules, alive] = await Promise.all([
    hostContext(app, host.name),
    listSchedules(app.db, host.id),
    whoIsAlive(app),
  ]);
  const { windows, timeZone } = effective.values;
  const facts = {
    ...{ now: app.clock(), host: host.name, enabled: host.enabled, schedules },
    ...{ hasScheduler: alive.some(({ role }) => role === "scheduler"), windows: { windows, timeZone } },
  };
  return { waiting: whyIdle(facts), openRun: null };
}
