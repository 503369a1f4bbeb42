// A part of the hosts, in the order that somebody wants, found without reading everything about all of them.
import { type DueFacts, earliestDue, HEALTHS, type Health, healthOf } from "../domain/health.ts";
import { badInput } from "../domain/problem.ts";
import type { HostFacts } from "../store/host-facts.ts";
import type { App } from "./app.ts";
import type { HostReads } from "./host-reads.ts";
import { type HostSummary, summaryOf } from "./list-hosts.ts";
import type { HostsFacts } from "./site-facts.ts";

/** A host as far as its place in a list goes. */
export interface JudgedHost extends HostFacts {
  readonly health: Health;
  /** Where its schedules stand that are switched on. */
  readonly schedules: readonly DueFacts[];
  readonly nextDueAt: Date | null;
}

/** Every host, by name, all judged at the same instant. */
export const judgeHosts = ({ hosts, due }: Pick<HostsFacts, "hosts" | "due">, now: Date): JudgedHost[] =>
  hosts.map((host) => {
    const schedules = due.get(host.id) ?? [];
    const nextDueAt = host.enabled ? earliestDue(schedules) : null;
    return { ...host, schedules, nextDueAt, health: healthOf({ ...host, schedules }, now) };
  });

/** The same hosts with everything that lists show, in the same order. One that was removed meanwhile is left out. */
export async function summariseThese(
  reads: HostReads,
  judged: readonly JudgedHost[],
  now: Date,
): Promise<HostSummary[]> {
  const ids = judged.map(({ id }) => id);
  const [hosts, backups, counts] = await Promise.all([
    reads.hosts(ids),
    reads.runs(judged.flatMap(({ lastBackup }) => lastBackup?.id ?? [])),
    reads.snapshotCounts(ids),
  ]);
  const hostsById = new Map(hosts.map((host) => [host.id, host]));
  const backupsById = new Map(backups.map((run) => [run.id, run]));
  return judged.flatMap(({ id, lastBackup, lastSuccessAt, schedules }) => {
    const host = hostsById.get(id);
    if (host === undefined) return [];
    const known = {
      ...{ lastSuccessAt, schedules, snapshotCount: counts.get(id)?.count ?? 0 },
      lastBackup: lastBackup === null ? null : (backupsById.get(lastBackup.id) ?? null),
    };
    return [summaryOf(host, known, now)];
  });
}

export const HOST_ORDERS = ["name", "health", "lastSuccess", "nextDue"] as const;
export type HostOrder = (typeof HOST_ORDERS)[number];

export interface HostsWish {
  /** Part of the name or the address, in any case. */
  readonly q?: string | undefined;
  readonly health?: readonly Health[] | undefined;
  readonly enabled?: boolean | undefined;
  /** Hosts that have all of these. */
  readonly tags?: readonly string[] | undefined;
  /** Health begins with the worst, and a host that was never backed up comes before the oldest success. */
  readonly sort: HostOrder;
  readonly descending: boolean;
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

export interface HostsPage {
  readonly items: readonly HostSummary[];
  readonly next: string | null;
  /** How many there are on all pages. */
  readonly total: number;
}

/** Refuses with `bad_input` what was never the `next` of a page. */
export async function pageHosts(app: App, facts: HostsFacts, wish: HostsWish): Promise<HostsPage> {
  const { sort, limit, after } = wish;
  const isAfter = inOrder(wish);
  const now = app.clock();
  const wanted = judgeHosts(facts, now)
    .filter(isWanted(wish))
    .map((host) => placeOf(host, sort));
  wanted.sort(isAfter);
  const begin = after === undefined ? null : parseCursor(after);
  const from = begin === null ? 0 : wanted.findIndex((place) => isAfter(place, begin) > 0);
  const places = from < 0 ? [] : wanted.slice(from, from + limit);
  const last = places.at(-1);
  const isEnd = last === undefined || from + places.length >= wanted.length;
  return {
    items: await summariseThese(
      facts.reads,
      places.map(({ host }) => host),
      now,
    ),
    next: isEnd ? null : `${last.key}~${last.name}`,
    total: wanted.length,
  };
}

function isWanted({ q, health, enabled, tags = [] }: HostsWish): (host: JudgedHost) => boolean {
  const part = q?.toLowerCase() ?? "";
  return (host) =>
    (health === undefined || health.includes(host.health)) &&
    (enabled === undefined || host.enabled === enabled) &&
    tags.every((tag) => host.tags.includes(tag)) &&
    (host.name.toLowerCase().includes(part) || host.address.toLowerCase().includes(part));
}

/** Where a host stands in an order: by its key, and by its name among those with the same one. */
interface Place {
  readonly key: number;
  readonly name: string;
}

const placeOf = (host: JudgedHost, sort: HostOrder) => ({ host, name: host.name, key: keyOf(host, sort) });

function keyOf({ health, lastSuccessAt, nextDueAt }: JudgedHost, sort: HostOrder): number {
  switch (sort) {
    case "name":
      return 0;
    case "health":
      return HEALTHS.indexOf(health);
    case "lastSuccess":
      return lastSuccessAt?.getTime() ?? 0;
    case "nextDue":
      return nextDueAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
    default:
      return sort satisfies never;
  }
}

function inOrder({ sort, descending }: HostsWish): (a: Place, b: Place) => number {
  const turn = descending ? -1 : 1;
  const turnNames = sort === "name" ? turn : 1;
  return (a, b) => (a.key - b.key) * turn || (a.name < b.name ? -turnNames : a.name > b.name ? turnNames : 0);
}

function parseCursor(text: string): Place {
  const [, key, name] = /^(\d{1,16})~([A-Za-z0-9._-]{1,64})$/.exec(text) ?? [];
  if (key === undefined || name === undefined)
    throw badInput("The place in the list", text, "is none; send the next of the page before.");
  return { key: Number(key), name };
}
