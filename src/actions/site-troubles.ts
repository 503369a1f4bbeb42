// What is wrong with the site as a whole, or with one of its backup servers: worst first, each found in one way for all who ask.
import { setTimeout as wait } from "node:timers/promises";
import type { Attention } from "../domain/attention.ts";
import { BACKUP_KEY, type Condition, conditionKey } from "../domain/condition.ts";
import type { DiskForecast } from "../domain/disk-forecast.ts";
import type { DueFacts } from "../domain/health.ts";
import type { Channel } from "../domain/notification.ts";
import { pingProblem } from "../domain/ping.ts";
import { asProblem, factsOf, Problem } from "../domain/problem.ts";
import type { Site } from "../domain/site.ts";
import type { StoredPing } from "../store/pings.ts";
import type { SeenWorker } from "../store/workers.ts";
import { requireRoom, requireRoot } from "../system/backup-root.ts";
import { DAMAGE } from "./needs-attention.ts";
import { nobodyWorks } from "./nobody-works.ts";

/** A disk that says nothing for so long hangs, as a server of files does that is gone. */
const DISK_ANSWERS_MS = 15_000;
/** The forecast is told when the disk will be full within so many days. */
const FULL_WITHIN_DAYS = 14;
const DAY_MS = 86_400_000;
/** How long after a due time a living scheduler must have dealt with it. */
const OVERDUE_MS = 15 * 60_000;

const ofSite = (
  key: string,
  problem: Problem,
  level: Attention["level"],
  node: string | null = null,
): Condition => ({
  ...{ ...factsOf(problem), key, level, node },
  ...{ host: null, hostId: null, since: null, run: null },
});

export const notConfiguredYet = (): Condition =>
  ofSite("not_configured", new Problem("not_configured", "Nothing is configured yet."), "bad");

/** Whether the backup root of this server is there and has room. */
export async function diskTroubles(
  site: Site,
  forecast: () => Promise<DiskForecast | null>,
  now: Date,
): Promise<Condition[]> {
  const { node, backupRoot, rootId, minFreePercent } = site;
  const disk = (what: string, problem: Problem, level: Attention["level"]): Condition =>
    ofSite(conditionKey(what, node), problem, level, node);
  let soon: DiskForecast | null;
  try {
    await answering(backupRoot, () => requireRoot(backupRoot, rootId));
    await answering(backupRoot, () => requireRoom(backupRoot, minFreePercent));
    soon = await answering(backupRoot, forecast);
  } catch (error) {
    const problem = asProblem(error);
    return [disk(problem.code, problem, "bad")];
  }
  const filling = fillingDisk(backupRoot, soon, now);
  return filling === null ? [] : [disk("disk_filling", filling, "warning")];
}

/**
 * Places whose disk was asked and has not answered yet, long after it should have. A question that nobody answers keeps a thread
 * of Node's few: with another one at each look there would soon be none left for anything else, such as looking names up.
 */
const silentRoots = new Set<string>();

/** Refuses with `disk_silent` what takes too long. What was asked stays behind: nothing can end it. */
async function answering<T>(root: string, ask: () => Promise<T>): Promise<T> {
  if (silentRoots.has(root)) throw silent(root);
  const asked = ask();
  asked.catch(() => {});
  const stop = new AbortController();
  const tooLong = wait(DISK_ANSWERS_MS, undefined, { signal: stop.signal, ref: false }).then((): never => {
    silentRoots.add(root);
    asked.catch(() => {}).finally(() => silentRoots.delete(root));
    throw silent(root);
  });
  tooLong.catch(() => {});
  try {
    return await Promise.race([asked, tooLong]);
  } finally {
    stop.abort();
  }
}

const silent = (root: string): Problem =>
  new Problem("disk_silent", `The disk of the backup root ${root} does not answer.`);

function fillingDisk(root: string, forecast: DiskForecast | null, now: Date): Problem | null {
  if (forecast?.fullAt == null) return null;
  const days = (forecast.fullAt.getTime() - now.getTime()) / DAY_MS;
  if (days > FULL_WITHIN_DAYS) return null;
  const when = days < 1 ? "within a day" : `in about ${Math.round(days)} days`;
  return new Problem(
    "disk_filling",
    `The disk of the backup root ${root} will be full ${when}, as it grows.`,
  );
}

export interface QueueFacts {
  readonly workers: readonly SeenWorker[];
  /** How many schedules are switched on. */
  readonly schedules: number;
  readonly queued: number;
  /** Backup servers that keep a host which is backed up. */
  readonly nodes: readonly string[];
}

/** Whether anybody sees to the queue. */
export const queueTroubles = ({ workers, schedules, queued, nodes }: QueueFacts): Condition[] =>
  nobodyWorks(workers, schedules, queued, nodes).map((problem) =>
    // Its first words say who is missing: the scheduler, a worker, or that of one backup server.
    ofSite(
      conditionKey("nobody_works", /^No (.+) is running/.exec(problem.message)?.[1] ?? null),
      problem,
      "bad",
    ),
  );

/** Channels at which nothing arrives. */
export const channelTroubles = (channels: readonly Channel[]): Condition[] =>
  channels.flatMap(({ id, name, enabled, broken }) => {
    if (!enabled || broken === null) return [];
    const problem = new Problem("channel_broken", `Nothing arrives at the channel ${name}: ${broken.why}`);
    return [{ ...ofSite(`channel_broken@${id}`, problem, "warning"), since: broken.since }];
  });

/** Places at which no ping arrives: nobody is told there that all is well, or that it is not. */
export const pingTroubles = (pings: readonly StoredPing[]): Condition[] =>
  pings.flatMap(({ url, host, hostId, broken }) => {
    if (broken === null) return [];
    const problem = pingProblem(url, host, broken.why);
    const facts = ofSite(conditionKey("ping_failing", host), problem, "warning");
    return [{ ...facts, host, hostId, since: broken.since }];
  });

/** Hosts whose due time a scheduler that lives has let pass. Where none lives, that alone is said. */
export function overdueSchedules(
  hosts: readonly { readonly id: number; readonly name: string; readonly enabled: boolean }[],
  due: ReadonlyMap<number, readonly DueFacts[]>,
  workers: readonly SeenWorker[],
  now: Date,
): Condition[] {
  if (!workers.some(({ role }) => role === "scheduler")) return [];
  return hosts.flatMap(({ id, name, enabled }) => {
    const passed = (due.get(id) ?? [])
      .flatMap(({ nextDueAt }) => nextDueAt ?? [])
      .filter((at) => now.getTime() - at.getTime() > OVERDUE_MS)
      .sort((a, b) => a.getTime() - b.getTime());
    const [since] = passed;
    if (!enabled || since === undefined) return [];
    const problem = new Problem(
      "schedule_overdue",
      `A due time of ${name} has passed, and the scheduler has not queued it.`,
    );
    const facts = ofSite(conditionKey("schedule_overdue", name), problem, "bad");
    return [{ ...facts, host: name, hostId: id, since }];
  });
}

/** Attention that a host needs, as a condition: what is wrong with its newest backup is one, whatever its code. */
export function conditionOfHost(attention: Attention, hostId: number | null): Condition {
  const { code, host, level } = attention;
  const isOther = level === "warning" || OF_OTHER_WORK.has(code);
  return { ...attention, hostId, node: null, key: conditionKey(isOther ? code : BACKUP_KEY, host) };
}

/** Bad, and not about the newest backup. */
const OF_OTHER_WORK: ReadonlySet<string> = new Set([...["snapshots_missing", "schedule_overdue", ...DAMAGE]]);
