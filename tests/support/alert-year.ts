// A year of troubles in minutes: outages, clocks that change and jump, dead and stuck schedulers, dead workers, disks that are away or
// full or fill up, hosts that fail and flap, a channel that breaks. Time goes in steps: minutes after something has changed, else
// up to an hour. What was heard is then held against what was planted.
import type { Database } from "../../src/store/database.ts";
import { WORKER_ROLES, type WorkerRole } from "../../src/store/workers.ts";
import { withSmallDisk } from "./small-disk.ts";
import { DAY, dailyDues, HOUR, MINUTE } from "./year-calendar.ts";
import { judgeYear, type YearVerdict } from "./year-judge.ts";
import { type Moment, momentOf, momentsOf } from "./year-moment.ts";
import { planYear } from "./year-plan.ts";
import { type Ended, type YearSite, yearSite } from "./year-site.ts";
import { yearTruth } from "./year-truth.ts";

/** When hosts are due, as cron and as minutes of the day; some where the clocks change, one six times a day. */
const TIMES: readonly (readonly [cron: string, minutes: readonly number[]])[] = [
  ["15 2 * * *", [135]],
  ["30 */4 * * *", [30, 270, 510, 750, 990, 1230]],
  ["45 2 * * *", [165]],
  ["0 3 * * *", [180]],
  ["30 1 * * *", [90]],
  ["30 22 * * *", [1350]],
  ["0 12 * * *", [720]],
  ["59 1 * * *", [119]],
];

export interface YearSize {
  readonly seed: number;
  readonly days: number;
  readonly hosts: number;
  /** The first instant. */
  readonly start: string;
}

export interface Year extends YearVerdict {
  readonly looks: number;
  readonly backups: number;
  readonly refused: number;
  readonly alerts: number;
}

/** The backup root lies on a disk of its own, which is really filled and really taken away: root only. */
export const simulateYear = (db: Database, size: YearSize): Promise<Year> =>
  withSmallDisk({ megabytes: 8 }, (disk) => simulateOn(disk, db, size));

async function simulateOn(disk: string, db: Database, size: YearSize): Promise<Year> {
  const { seed, days, hosts, start } = size;
  const begin = Date.parse(start);
  const end = begin + days * DAY;
  const names = Array.from({ length: hosts }, (_, n) => `host-${n}`);
  const plan = planYear(seed, begin, days, names);
  const site = await yearSite(db, disk, begin);
  try {
    await site.addChannel("all", { minSeverity: "info", digest: "daily" });
    await site.addChannel("second", { minSeverity: "bad" });
    await site.addChannel("night", { minSeverity: "info", quiet: "22:00-07:00" });
    await site.addChannel("repeats", { minSeverity: "bad", repeatSeconds: 6 * 3600 });
    const life = await beginLife(site, names, begin, end);
    const moments = [...momentsOf(plan), ...[...life.dues.values()].flat(), end].sort((a, b) => a - b);
    for (let [t, before, next] = [begin, begin - 1, 0]; before < end; ) {
      site.setClock(t);
      await life.live(momentOf(plan, before, t), t);
      before = t;
      while (next < moments.length && (moments[next] ?? end) <= t) next += 1;
      t = Math.min(t + life.pace(t), moments[next] ?? end, end);
    }
    const { heard, refused } = site;
    const verdict = judgeYear({ ...life, plan, heard, begin, end });
    const [looks, backups] = [life.looks.length, life.log.length];
    return { ...verdict, looks, backups, refused: refused.length, alerts: await site.opened() };
  } finally {
    await site.end();
  }
}

/** The processes of the site and its people, moment by moment, and what the judge must know of them. */
async function beginLife(site: YearSite, names: readonly string[], begin: number, end: number) {
  const truth = yearTruth();
  const ids = new Map<string, number>();
  const dues = new Map<string, number[]>();
  for (const [n, name] of names.entries()) {
    const [cron, minutes] = TIMES[n % TIMES.length] ?? ["0 3 * * *", [180]];
    const due = dailyDues(minutes, begin + 1, end);
    ids.set(name, await site.addHost(name, cron, due[0] ?? end));
    dues.set(name, due);
    truth.addHost(name, minutes, begin);
  }
  const log: { readonly t: number; readonly ended: Ended }[] = [];
  const looks: number[] = [];
  const seen: { readonly t: number; readonly keys: readonly string[] }[] = [];
  /** Since when nothing is said by a role that is dead. */
  const silentSince = new Map<WorkerRole, number>();
  const refusals = new Map<string, number>();
  let [isAway, isFull, isBroken] = [false, false, false];
  let [queueAt, queuedUntil] = [begin, begin];
  let huge: { readonly host: string; readonly at: number } | null = null;
  let [changedAt, stirredAt] = [begin, begin];

  async function processes({ isDead, isKilled }: Moment, t: number): Promise<void> {
    for (const role of WORKER_ROLES) {
      const wasDead = silentSince.has(role);
      if (!isDead(role)) silentSince.delete(role);
      // One that was killed is missed after a minute of silence.
      else if (!wasDead) silentSince.set(role, isKilled(role) ? t : t - 2 * MINUTE);
      if (!isDead(role) || (!wasDead && isKilled(role))) await site.sayAlive(role);
      else if (!wasDead) await site.sayGone(role);
    }
  }

  async function disks({ is, begun }: Moment): Promise<void> {
    if (isAway !== is("disk away")) site.mounted(isAway);
    isAway = is("disk away");
    if (isFull !== is("disk full")) site.full(!isFull);
    isFull = is("disk full");
    if (begun.some(({ trouble }) => trouble === "disk filling")) await site.bringMuch();
  }

  async function backups({ is, isDead, byHand, fateOf }: Moment, t: number): Promise<void> {
    for (const host of byHand) await site.backUpByHand(ids.get(host) ?? 0);
    if (isDead("scheduler") || is("scheduler stuck")) queueAt = t;
    else {
      // As a scheduler does: when something is due, and else now and then.
      if (t >= queueAt) queueAt = Math.min((await site.queueDue())?.getTime() ?? end, t + HOUR);
      queuedUntil = t;
    }
    for (const ended of isDead("worker") ? [] : await site.work(fateOf)) {
      truth.backupEnded(ended, t);
      log.push({ t, ended });
      if (ended.code !== null) changedAt = t;
      if (ended.isHuge) huge = { host: ended.host, at: t };
    }
    // What brought so much goes when it is not the newest of its host any more.
    if (huge === null || is("disk filling") || truth.goodAt(huge.host) <= huge.at) return;
    await site.freeAgain();
    huge = null;
  }

  function lookAtTruth(t: number): void {
    const isSilent = (role: WorkerRole): boolean => t - (silentSince.get(role) ?? t) > MINUTE;
    const changed = truth.look(t, {
      ...{ schedulerSilent: isSilent("scheduler"), workerSilent: isSilent("worker"), queuedUntil },
      ...{ diskAway: isAway, diskFull: isFull, diskFilling: huge !== null, channelBroken: isBroken },
    });
    if (changed) changedAt = t;
  }

  async function watching({ is, begun, isDead }: Moment, t: number): Promise<void> {
    if (is("channel broken")) site.down.add("second");
    else site.down.delete("second");
    const watchers = WORKER_ROLES.filter((role) => !isDead(role));
    if (watchers.length === 0) return;
    looks.push(t);
    const [heardBefore, refusedBefore] = [site.heard.length, site.refused.length];
    const astray = begun.find(({ trouble }) => trouble === "clock astray");
    if (astray !== undefined) await site.watch("astray", () => new Date(t + astray.astrayMs));
    // Each looks for itself; now and then both at the same moment.
    const [first, second] = looks.length % 2 === 0 ? watchers : watchers.toReversed();
    const together = looks.length % 5 === 0 ? [first, second] : [first];
    await Promise.all(together.flatMap((role) => (role === undefined ? [] : site.watch(role))));
    if (site.heard.length > heardBefore || site.refused.length > refusedBefore) stirredAt = t;
    // Three attempts with one message in vain, and nothing is believed to arrive there until something does.
    for (const { id } of site.refused.slice(refusedBefore)) {
      refusals.set(id, (refusals.get(id) ?? 0) + 1);
      if (refusals.get(id) === 3) isBroken = true;
    }
    if (site.heard.slice(heardBefore).some(({ channel }) => channel === "second")) isBroken = false;
  }

  return {
    ...{ dues, log, looks, seen, stretches: truth.stretches },
    live: async (moment: Moment, t: number): Promise<void> => {
      if (moment.isChange) changedAt = t;
      await processes(moment, t);
      await disks(moment);
      await backups(moment, t);
      lookAtTruth(t);
      await watching(moment, t);
      if (moment.isSeen) seen.push({ t, keys: await site.acknowledgeAll() });
      lookAtTruth(t);
    },
    /** How long until the next look, if nothing is planned before. */
    pace: (t: number): number => {
      if (t - changedAt < 12 * MINUTE) return MINUTE;
      return t - Math.max(changedAt, stirredAt) < 75 * MINUTE ? 10 * MINUTE : HOUR;
    },
  };
}
