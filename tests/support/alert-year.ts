// A year of troubles in minutes: outages, clocks that change and jump, dead schedulers and workers, disks that are not there or
// fill up, hosts that flap, channels that break. Afterwards each condition was told once within its grace, and once when it was
// over, or there is a reason why not.

import { siteConditions } from "../../src/actions/site-conditions.ts";
import type { Alert } from "../../src/domain/alert.ts";
import { graceMs, wellMs } from "../../src/domain/condition.ts";
import { nextDue } from "../../src/domain/schedule.ts";
import { clearedAlerts, liveAlerts } from "../../src/store/alerts.ts";
import type { Database } from "../../src/store/database.ts";
import { toldAbout } from "../../src/store/notifications.ts";
import { saveSchedule } from "../../src/store/schedules.ts";
import { alertWorld } from "./alert-world.ts";
import { below, pick, seededRandom } from "./random.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const STEP_MS = 10 * MINUTE;
const START = "2026-01-01T00:05:00Z";
const ZONE = "Europe/Vienna";
const FAILURES = ["source_missing", "authentication_failed", "connection_refused"] as const;

export type Year = {
  violations: string[];
  looks: number;
  alerts: number;
  messages: number;
  /** Of the channel that hears of everything, the most messages on one day. */
  busiestDay: number;
};

/** A stretch in which a condition held, as looks of the test saw it. */
type Stretch = { key: string; code: Alert["code"]; from: number; to: number };

export async function simulateYear(
  db: Database,
  size: { seed: number; days: number; hosts: number },
): Promise<Year> {
  const random = seededRandom(size.seed);
  const world = await alertWorld(db, ZONE, START);
  const { app } = world;
  try {
    const all = world.addChannel("all", { digest: "daily" });
    world.addChannel("second", { minSeverity: "bad" });
    const hosts: { id: number; name: string; failsUntil: number; flapsUntil: number; offset: number }[] = [];
    const timing = { cron: "15 2 * * *", timeZone: ZONE };
    for (let n = 0; n < size.hosts; n++) {
      const name = `host-${n}`;
      const id = await world.addHost(name);
      hosts.push({ id, name, failsUntil: 0, flapsUntil: 0, offset: below(random, 6) * STEP_MS });
      const facts = {
        ...timing,
        timeZone: null,
        prune: false,
        maxDelete: null,
        jitterSeconds: 0,
        enabled: true,
      };
      await saveSchedule(
        db,
        id,
        "nightly",
        { ...facts, nextDueAt: nextDue(timing, world.now()) },
        world.now(),
      );
      await world.backUp(id);
    }
    const until = { scheduler: 0, worker: 0, disk: 0, channel: 0 };
    const isOut = { scheduler: false, worker: false, disk: false };
    await world.lives("scheduler", true);
    await world.lives("worker", true);
    const stretches: Stretch[] = [];
    const open = new Map<string, Stretch>();
    const end = world.now().getTime() + size.days * DAY;
    let looks = 0;
    const jumps: number[] = [];

    const backUpDue = async (t: number): Promise<void> => {
      if (isOut.scheduler || isOut.worker) return;
      const due = await db.sql.selectFrom("schedules").select(["id", "hostId", "nextDueAt"]).execute();
      for (const { id, hostId, nextDueAt } of due) {
        const host = hosts.find((one) => one.id === hostId);
        if (host === undefined || nextDueAt === null || nextDueAt.getTime() + host.offset > t) continue;
        await db.sql
          .updateTable("schedules")
          .set({ lastDueAt: nextDueAt, nextDueAt: nextDue(timing, new Date(t)) })
          .where("id", "=", id)
          .execute();
        const fails = isOut.disk ? "root_not_mounted" : t < host.failsUntil ? pick(random, FAILURES) : null;
        await world.backUp(hostId, fails ?? null);
      }
    };

    for (; world.now().getTime() < end; world.pass(STEP_MS)) {
      const t = world.now().getTime();
      // In the last days nothing new goes wrong, so that all can be told.
      const luck = t < end - 6 * DAY ? random() : 1;
      const host = pick(random, hosts);
      if (luck < 0.0012) until.scheduler = t + below(random, 40) * HOUR;
      else if (luck < 0.002) until.worker = t + below(random, 40) * HOUR;
      else if (luck < 0.0028) until.disk = t + below(random, 60) * HOUR;
      else if (luck < 0.0033) until.channel = t + below(random, 30) * HOUR;
      else if (luck < 0.006 && host !== undefined) host.failsUntil = t + below(random, 5) * DAY;
      else if (luck < 0.0065 && host !== undefined) host.flapsUntil = t + below(random, 2) * DAY;
      for (const role of ["scheduler", "worker"] as const)
        if (isOut[role] !== t < until[role]) {
          isOut[role] = t < until[role];
          await world.lives(role, !isOut[role]);
        }
      if (isOut.disk !== t < until.disk) {
        isOut.disk = t < until.disk;
        world.mounted(!isOut.disk);
      }
      if (t < until.channel) world.down.add("second");
      else world.down.delete("second");
      for (const one of hosts)
        if (t < one.flapsUntil && random() < 0.3)
          await world.backUp(one.id, random() < 0.5 ? "source_missing" : null);
      await backUpDue(t);
      // A clock is an hour or two off for one look, as when a machine starts without a network.
      if (luck > 0.5 && luck < 0.5005) {
        const away = (pick(random, [-2 * HOUR, -HOUR, HOUR]) ?? HOUR) + below(random, HOUR);
        world.setClock(new Date(t + away));
        await world.look("astray");
        world.setClock(new Date(t));
        jumps.push(t);
      }
      await Promise.all(
        random() < 0.2 ? [world.look("scheduler"), world.look("worker")] : [world.look("worker")],
      );
      looks += 1;
      const { conditions } = await siteConditions(app, world.facts(), await world.courier.channels(app));
      const holding = new Map(conditions.map((condition) => [condition.key, condition]));
      for (const [key, { code }] of holding)
        if (!open.has(key)) {
          const stretch = { key, code, from: t, to: Number.POSITIVE_INFINITY };
          open.set(key, stretch);
          stretches.push(stretch);
        }
      for (const [key, stretch] of open)
        if (!holding.has(key)) {
          stretch.to = t;
          open.delete(key);
        }
    }
    const violations = await judge(db, stretches, all.id, jumps, world.now().getTime());
    const ofAll = world.arrived.filter(
      ({ channel, message }) => channel === "all" && message.kind !== "digest",
    );
    for (const [index, { at, message }] of ofAll.entries()) {
      const before = ofAll
        .slice(0, index)
        .findLast((one) => one.message.code === message.code && message.code !== null);
      const gap = before === undefined ? DAY : at.getTime() - before.at.getTime();
      if (gap < HOUR && gap >= 0 && !jumps.some((jump) => Math.abs(jump - at.getTime()) < 5 * HOUR))
        violations.push(`${message.code} twice within ${gap / MINUTE} minutes at ${at.toISOString()}`);
    }
    const digests = world.arrived.filter(({ message }) => message.kind === "digest");
    const days = new Set(digests.map(({ at }) => at.toISOString().slice(0, 10)));
    if (digests.length !== days.size || digests.length < size.days - 1)
      violations.push(`${digests.length} digests on ${days.size} of ${size.days} days`);
    const perDay = Map.groupBy(ofAll, ({ at }) => at.toISOString().slice(0, 10));
    return {
      ...{ violations, looks, messages: world.arrived.length },
      alerts: (await clearedAlerts(db, new Date(0))).length + (await liveAlerts(db)).length,
      busiestDay: Math.max(0, ...[...perDay.values()].map((messages) => messages.length)),
    };
  } finally {
    if (world.now().getTime() > 0) world.end();
  }
}

/** What was told of each alert at the channel that hears of everything, against the stretches in which things were wrong. */
async function judge(
  db: Database,
  stretches: readonly Stretch[],
  channelId: number,
  jumps: readonly number[],
  end: number,
): Promise<string[]> {
  const violations: string[] = [];
  const alerts = [...(await clearedAlerts(db, new Date(0))), ...(await liveAlerts(db))];
  const told = Map.groupBy((await toldAbout(db, new Date(0))).get(channelId) ?? [], ({ alertId }) => alertId);
  const nearJump = (t: number): boolean => jumps.some((jump) => Math.abs(jump - t) < DAY / 2);
  for (const alert of alerts) {
    const of = told.get(alert.id) ?? [];
    const opened = of.filter(({ kind }) => kind === "opened");
    const cleared = of.filter(({ kind }) => kind === "cleared");
    const what = `${alert.key} of ${alert.openedAt?.toISOString()}`;
    const escalated = new Set(opened.map(({ severity }) => severity)).size;
    if (opened.length > Math.max(1, escalated)) violations.push(`${what} was told ${opened.length} times`);
    if (cleared.length > 1) violations.push(`${what} was said to be over ${cleared.length} times`);
    // One that was over before its hour came is told to nobody.
    if (opened.length === 0 && cleared.length > 0) violations.push(`${what} was over and never told`);
    const isOld = alert.clearedAt !== null && end - alert.clearedAt.getTime() > 2 * HOUR;
    if (isOld && opened.length > 0 && cleared.length === 0)
      violations.push(`the end of ${what} was not told`);
    const [first] = opened;
    if (first !== undefined && alert.openedAt !== null && first.at.getTime() < alert.openedAt.getTime())
      if (!nearJump(first.at.getTime())) violations.push(`${what} was told before it was opened`);
  }
  const byKey = Map.groupBy(alerts, ({ key }) => key);
  for (const { key, code, from, to } of stretches) {
    // Within its grace, and the hour in which another message about the same cause may have been sent.
    const latest = from + graceMs(code as never) + HOUR + 2 * STEP_MS;
    if (Math.min(to, end) < latest || nearJump(from) || nearJump(latest)) continue;
    const isTold = (byKey.get(key) ?? []).some(
      (alert) =>
        (told.get(alert.id) ?? []).some(({ kind, at }) => kind === "opened" && at.getTime() <= latest) &&
        (alert.clearedAt === null || alert.clearedAt.getTime() >= from),
    );
    if (!isTold)
      violations.push(
        `silence about ${key} (${code}) from ${new Date(from).toISOString()} to ${new Date(Math.min(to, end)).toISOString()}`,
      );
  }
  for (const alert of alerts.filter(({ clearedAt }) => clearedAt === null)) {
    const holds = stretches.some(({ key, to }) => key === alert.key && to > end - wellMs(alert.flaps) - HOUR);
    if (!holds) violations.push(`${alert.key} is still open and has long been well`);
  }
  return violations;
}
