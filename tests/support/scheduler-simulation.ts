// Years of schedulers in minutes: several of them, with clocks that are off and jump, restarts, downtimes, and schedules
// that change. Afterwards each due time has one run, or there is a reason why it has none.
import { randomBytes } from "node:crypto";
import type { App } from "../../src/actions/app.ts";
import { queueDue } from "../../src/actions/queue-due.ts";
import { nextDue, previousDue, type Timing } from "../../src/domain/schedule.ts";
import type { Database } from "../../src/store/database.ts";
import { saveSchedule } from "../../src/store/schedules.ts";
import { saveSite } from "../../src/store/site.ts";
import { addHost, diskless } from "./queue-people.ts";
import { below, pick, seededRandom } from "./random.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
const START = Date.parse("2026-01-01T00:00:00Z");
const ZONES = [
  "UTC",
  "Europe/Vienna",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "America/Havana",
];
const CRONS: readonly ((minute: number, hour: number) => string)[] = [
  (minute, hour) => `${minute} ${hour} * * *`,
  (minute, hour) => `${minute} ${hour} * * MON-FRI`,
  (minute) => `${minute} */6 * * *`,
  (minute) => `${minute} 1,2,3 * * *`,
  (minute, hour) => `${minute} ${hour} 1,15,31 * *`,
  (minute, hour) => `*/${5 + (minute % 20)} ${hour} * * SUN`,
];
/** How far a clock may be off, and how long ago a scheduler may have looked when a due time comes. */
const SKEW_MS = 30 * SECOND;
const ROUND_MS = MINUTE;

/** A schedule as it was for a while. */
type Version = { timing: Timing; from: number; to: number };
type Span = { from: number; to: number; why: string };

export type Simulation = {
  violations: string[];
  /** Due times that have their run. */
  queued: number;
  skipped: number;
  /** Those that have none, by the reason. */
  missed: Record<string, number>;
};

/** @param size.steps how often somebody looks, or something happens */
export async function simulateSchedulers(
  db: Database,
  size: { seed: number; steps: number; hosts: number; schedulers: number },
): Promise<Simulation> {
  const random = seededRandom(size.seed);
  let now = START;
  const spans: Span[] = [];
  const skips: string[] = [];
  const jumped: Omit<Span, "why">[] = [];
  const versions = new Map<number, Version[]>();
  const clocks = Array.from({ length: size.schedulers }, () => below(random, 2 * SKEW_MS) - SKEW_MS);
  const at = (ms: number): Date => new Date(ms);

  const look = async (scheduler: number, jumpMs = 0): Promise<number> => {
    const clock = (): Date => at(now + (clocks[scheduler] ?? 0) + jumpMs);
    const hex = (bytes: number): string => randomBytes(bytes).toString("hex");
    const app: App = {
      db,
      clock,
      version: "",
      randomHex: hex,
      node: "main",
      leaseSeconds: 60,
      secretKeyFile: "",
      hasher: [],
      requestedBy: null,
      actor: { name: null, kind: "system", address: null },
    };
    const { outcomes, nextDueAt } = await queueDue(app);
    // What a clock that is far ahead skips may be queued when its time really comes.
    for (const { schedule, dueAt, skippedFor } of outcomes)
      if (skippedFor !== null && jumpMs <= 0) skips.push(`${schedule.id} ${dueAt.toISOString()}`);
    return nextDueAt?.getTime() ?? now + DAY;
  };

  const change = async (hostId: number, name: string): Promise<void> => {
    const make = pick(random, CRONS) ?? ((minute: number) => `${minute} 3 * * *`);
    const timing = {
      cron: make(below(random, 60), below(random, 24)),
      timeZone: pick(random, ZONES) ?? "UTC",
    };
    const facts = { ...timing, prune: false, maxDelete: null, jitterSeconds: 600, enabled: true };
    await saveSchedule(db, hostId, name, { ...facts, nextDueAt: nextDue(timing, at(now)) }, at(now));
    const where = db.sql
      .selectFrom("schedules")
      .select("id")
      .where("hostId", "=", hostId)
      .where("name", "=", name);
    const { id } = await where.executeTakeFirstOrThrow();
    const earlier = versions.get(id) ?? [];
    const last = earlier.at(-1);
    if (last !== undefined) last.to = now;
    versions.set(id, [...earlier, { timing, from: now, to: Number.POSITIVE_INFINITY }]);
  };

  const finishOpenRuns = (): Promise<unknown> =>
    db.sql
      .updateTable("runs")
      .set({ status: "succeeded", finishedAt: at(now) })
      .where("status", "=", "queued")
      .execute();

  await saveSite(db, diskless, at(now));
  const hostIds: number[] = [];
  for (let n = 0; n < size.hosts; n++) {
    const id = await addHost(db, `host-${n}`);
    hostIds.push(id);
    await change(id, "first");
    if (n % 3 === 0) await change(id, "second");
  }

  for (let step = 0; step < size.steps; step++) {
    const scheduler = below(random, size.schedulers);
    const luck = random();
    if (luck < 0.008) {
      const downMs = pick(random, [5 * MINUTE, 3 * HOUR, 2 * DAY, 70 * DAY]) ?? DAY;
      spans.push({ from: now, to: now + downMs, why: "nobody was there" });
      now += downMs;
    } else if (luck < 0.018) {
      const jumpMs = (pick(random, [HOUR, 2 * DAY, -HOUR, -20 * DAY]) ?? HOUR) * (0.5 + random());
      spans.push({ from: now, to: now + 5 * MINUTE, why: "a clock had jumped" });
      jumped.push({ from: now + Math.min(0, jumpMs) - DAY, to: now + Math.max(0, jumpMs) + DAY });
      await look(scheduler, jumpMs);
    } else if (luck < 0.028) {
      await change(pick(random, hostIds) ?? 0, "first");
    } else if (luck < 0.05) {
      clocks[scheduler] = below(random, 2 * SKEW_MS) - SKEW_MS; // Started again, perhaps on another machine.
    }
    // A round before the next due time, and one when it is over; the runs of a third of them are still open then.
    const nextAt = await look(scheduler);
    now = Math.max(now, nextAt - below(random, ROUND_MS - SKEW_MS));
    if (random() < 0.67) await finishOpenRuns();
    await look(below(random, size.schedulers));
    now = Math.max(now, nextAt + SKEW_MS + below(random, 10 * SECOND));
    for (let n = 0; n < size.schedulers; n++) await look(n);
    if (random() < 0.67) await finishOpenRuns();
  }
  return judge(db, versions, spans, skips, jumped, now);
}

async function judge(
  db: Database,
  versions: ReadonlyMap<number, readonly Version[]>,
  spans: readonly Span[],
  skips: readonly string[],
  jumped: readonly Omit<Span, "why">[],
  end: number,
): Promise<Simulation> {
  const rows = await db.sql.selectFrom("runs").select(["scheduleId", "dueAt"]).execute();
  const keys = rows.map(({ scheduleId, dueAt }) => `${scheduleId} ${dueAt?.toISOString()}`);
  const queued = new Set(keys);
  const missed: Record<string, number> = {};
  const skipped = new Set(skips);
  const violations = keys.length === queued.size ? [] : [`${keys.length - queued.size} due times twice`];
  // A clock that is far off lets what was skipped be caught up with, or what was queued be skipped when its time comes.
  const isAgain = (key: string): boolean => {
    const ms = Date.parse(key.split(" ")[1] ?? "");
    return !jumped.some(({ from, to }) => ms > from && ms <= to);
  };
  const doubled = [...skips.filter((key, index) => skips.indexOf(key) !== index), ...queued].filter(
    (key) => skipped.has(key) && isAgain(key),
  );
  violations.push(...doubled.map((key) => `${key} was skipped, and dealt with again`));
  for (const { scheduleId, dueAt } of rows) {
    const known = versions.get(scheduleId ?? 0) ?? [];
    const isDue = ({ timing }: Version): boolean =>
      dueAt !== null && previousDue(timing, dueAt)?.getTime() === dueAt.getTime();
    if (!known.some(isDue)) violations.push(`${scheduleId}: ${dueAt?.toISOString()} is no due time`);
  }
  for (const [id, known] of versions)
    for (const version of known) {
      const from = version.from + ROUND_MS;
      const to = Math.min(version.to, end) - ROUND_MS;
      let due = nextDue(version.timing, new Date(from));
      for (; due !== null && due.getTime() < to; due = nextDue(version.timing, due)) {
        const key = `${id} ${due.toISOString()}`;
        if (queued.has(key) || skipped.has(key)) continue;
        const ms = due.getTime();
        const span = spans.find((one) => ms > one.from - ROUND_MS && ms < one.to + ROUND_MS);
        if (span === undefined) violations.push(`${key} (${version.timing.cron}) was passed over`);
        else missed[span.why] = (missed[span.why] ?? 0) + 1;
      }
    }
  return { violations, queued: queued.size, skipped: skipped.size, missed };
}
