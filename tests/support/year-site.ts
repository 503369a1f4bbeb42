// The site of a simulated year: a real database whose clock is the test's, a real backup root, the scheduler's and the watchers' own
// actions, runs that are queued, claimed and ended as a worker does it, and a receiver to which the real courier sends.
// Only what rsync would do is left out: how a backup ends is planted.
import { randomBytes } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { acknowledge } from "../../src/actions/alerts/alert-history.ts";
import { channelCourier } from "../../src/actions/alerts/channel-courier.ts";
import { watch } from "../../src/actions/alerts/watch.ts";
import type { App } from "../../src/actions/app.ts";
import { configureChannel } from "../../src/actions/configure-channel.ts";
import { nextAttempt } from "../../src/actions/execute-run.ts";
import { forecastDisk } from "../../src/actions/forecast-disk.ts";
import { queueDue } from "../../src/actions/queue-due.ts";
import { type SiteFacts, siteFacts } from "../../src/actions/site-facts.ts";
import type { DiskForecast } from "../../src/domain/disk-forecast.ts";
import { asProblem, factsOf, Problem } from "../../src/domain/problem.ts";
import { PLAIN_RUN, type RunOutcome } from "../../src/domain/run.ts";
import { snapshotName } from "../../src/domain/snapshot.ts";
import { listAlerts } from "../../src/store/alerts.ts";
import { type Candidate, nextCandidates } from "../../src/store/candidates.ts";
import type { Database } from "../../src/store/database.ts";
import { insertHost, requireHost } from "../../src/store/hosts.ts";
import { finishRun } from "../../src/store/run-lease.ts";
import { claimRun, enqueue } from "../../src/store/run-queue.ts";
import { saveSchedule } from "../../src/store/schedules.ts";
import { saveSite } from "../../src/store/site.ts";
import type { NewSnapshot } from "../../src/store/snapshots.ts";
import { sayAlive, sayGone, type WorkerRole } from "../../src/store/workers.ts";
import { initialiseRoot, requireRoom, requireRoot, roomOn } from "../../src/system/backup-root.ts";
import { clockedDatabase } from "./clocked-database.ts";
import { diskless, worker } from "./queue-people.ts";
import { httpReceiver } from "./receivers.ts";
import { fillUp } from "./small-disk.ts";
import { ZONE } from "./year-calendar.ts";
import { type Heard, readMessage } from "./year-heard.ts";

/** How a backup of a host ends where the disk is as it should be. */
export type Fate = "good" | "warning" | "source_missing" | "authentication_failed" | "connection_refused";

/** A backup that ended. */
export interface Ended {
  readonly host: string;
  readonly dueAt: number | null;
  /** Null: it is good. */
  readonly code: string | null;
  readonly isWarned: boolean;
  /** It brought so much that the disk would soon be full. */
  readonly isHuge: boolean;
}

/** A forecast is good for ten minutes, as the program keeps it, but of the clock of the test. */
const FORECAST_KEPT_MS = 600_000;
const USUAL_BYTES = 10;
/** The only channel that is ever down. */
const BROKEN = "channel_broken@second";

/** @param folder of a disk of its own, which can be filled, for the backup root and the key under which the channels are sealed */
export async function yearSite(plain: Database, folder: string, start: number) {
  let now = new Date(start);
  const db = clockedDatabase(plain, () => now);
  const [root, away] = [join(folder, "root"), join(folder, "away")];
  const rootId = await initialiseRoot(root, "id-of-this-root");
  const app: App = {
    ...{ db, node: "main", clock: () => now, version: "0.0.0", leaseSeconds: 60, hasher: [] },
    ...{
      secretKeyFile: join(folder, "secret.key"),
      randomHex: (bytes) => randomBytes(bytes).toString("hex"),
    },
    ...{ requestedBy: null, actor: { name: null, kind: "system", address: null }, publicUrl: null },
  };
  await saveSite(db, { ...diskless, backupRoot: root, rootId, settings: { timeZone: ZONE } }, now);

  const heard: Heard[] = [];
  const refused: { readonly channel: string; readonly at: number; readonly id: string }[] = [];
  const down = new Set<string>();
  const receiver = await httpReceiver();
  receiver.answer = (response, { path, json }) => {
    const channel = path.slice(1);
    if (down.has(channel)) {
      refused.push({ channel, at: now.getTime(), id: json().id });
      response.statusCode = 503;
    } else heard.push(readMessage(channel, now.getTime(), json()));
    response.end("{}");
  };

  let forecast: { readonly at: number; readonly found: Promise<DiskForecast | null> } | null = null;
  const facts: SiteFacts = {
    ...siteFacts(db),
    forecast: {
      get: (asked) => {
        if (forecast === null || now.getTime() - forecast.at >= FORECAST_KEPT_MS)
          forecast = { at: now.getTime(), found: forecastDisk(asked).catch(() => null) };
        return forecast.found;
      },
    },
  };
  const owner = { ...worker("the worker"), processIdentity: "on another machine" };
  const stop = new AbortController().signal;
  /** What the next good backup brings. */
  let bringsBytes = USUAL_BYTES;

  async function outcomeOf(host: string, fate: Fate): Promise<RunOutcome> {
    const words = (code: string) => `planted on ${host}: ${code}.`;
    const none = { problem: null, warnings: [], stats: null };
    const fails = (problem: Problem): RunOutcome => ({
      ...none,
      status: "failed",
      problem: factsOf(problem),
    });
    try {
      await requireRoot(root, rootId);
      await requireRoom(root, diskless.minFreePercent);
    } catch (error) {
      const { code } = asProblem(error);
      return fails(new Problem(code, words(code)));
    }
    if (fate === "good") return { ...none, status: "succeeded" };
    if (fate !== "warning") return fails(new Problem(fate, words(fate)));
    const warning = factsOf(new Problem("files_vanished", words("files_vanished")));
    return { ...none, status: "warning", warnings: [warning] };
  }

  async function execute(run: Candidate, fate: Fate): Promise<Ended | null> {
    const name = snapshotName({ startedAt: now, kind: "scheduled", suffix: app.randomHex(3) });
    if (!(await claimRun(db, run, owner, null, { startedAt: now, snapshotName: name }))) return null;
    const outcome = await outcomeOf(run.host, fate);
    const isGood = outcome.status === "succeeded" || outcome.status === "warning";
    const snapshot: NewSnapshot = {
      ...({ hostId: run.hostId, name, kind: "scheduled", startedAt: now, finishedAt: now } as const),
      ...({ base: null, status: outcome.status === "warning" ? "warning" : "succeeded" } as const),
      ...{ runId: run.id, files: 10, bytes: 1000, newBytes: bringsBytes },
    };
    const retry = await nextAttempt(app, run.id, outcome, now);
    const end = { outcome, snapshot: isGood ? snapshot : null, retry, finishedAt: now };
    if (!(await finishRun(db, run.id, owner, end))) return null;
    const isHuge = isGood && bringsBytes !== USUAL_BYTES;
    if (isGood) bringsBytes = USUAL_BYTES;
    const { dueAt } = await db.sql
      .selectFrom("runs")
      .select("dueAt")
      .where("id", "=", run.id)
      .executeTakeFirstOrThrow();
    return {
      ...{ host: run.host, dueAt: dueAt?.getTime() ?? null, isWarned: outcome.status === "warning", isHuge },
      code: outcome.problem?.code ?? null,
    };
  }

  return {
    ...{ heard, refused, down },
    setClock: (t: number) => {
      now = new Date(t);
    },
    addChannel: (name: string, rules: Readonly<Record<string, unknown>>) =>
      configureChannel(app, name, {
        ...{ kind: "webhook", rules: { repeatSeconds: null, ...rules } },
        settings: { url: `${receiver.url}/${name}`, allowPrivate: true },
      }),
    addHost: async (name: string, cron: string, nextDueAt: number): Promise<number> => {
      const host = { address: `${name}.example.org`, transport: "ssh", enabled: true, settings: {} } as const;
      await insertHost(db, name, host, now);
      const { id } = await requireHost(db, name);
      const plain = { timeZone: null, prune: false, maxDelete: null, jitterSeconds: 0, enabled: true };
      const schedule = { ...plain, cron, nextDueAt: new Date(nextDueAt) };
      await saveSchedule(db, id, "usual", schedule, now);
      return id;
    },
    sayAlive: (role: WorkerRole) =>
      sayAlive(
        db,
        {
          ...{ workerId: `the ${role}`, role, node: "main", parallel: 1 },
          processIdentity: owner.processIdentity,
        },
        now,
      ),
    sayGone: (role: WorkerRole) => sayGone(db, `the ${role}`),
    /** When there is something due again. */
    queueDue: async (): Promise<Date | null> => {
      const { failure, nextDueAt } = await queueDue(app);
      if (failure !== null) throw failure;
      return nextDueAt;
    },
    backUpByHand: (hostId: number) =>
      enqueue(db, { hostId, kind: "backup", trigger: "manual", requestedBy: null, options: PLAIN_RUN }, now),
    /** Works off what waits. */
    work: async (fateOf: (host: string) => Fate): Promise<Ended[]> => {
      const ended: Ended[] = [];
      for (;;) {
        const waiting = await nextCandidates(db, "main", now, 16, "pressing");
        if (waiting.length === 0) return ended;
        for (const run of waiting) {
          const one = await execute(run, fateOf(run.host));
          if (one !== null) ended.push(one);
        }
      }
    },
    /** @param clock of that process, where it is another one */
    watch: (watcherId: string, clock = () => now) =>
      watch({ ...app, clock }, { facts, courier: channelCourier, watcherId, stop }),
    mounted: (isThere: boolean) => (isThere ? renameSync(away, root) : renameSync(root, away)),
    full: (isFull: boolean) => (isFull ? fillUp(join(folder, "filled")) : rmSync(join(folder, "filled"))),
    /** The next good backup brings so much that the disk would be full within days at that pace. */
    bringMuch: async () => {
      bringsBytes = 8 * (await roomOn(folder)).freeBytes;
    },
    /** What brought so much is deleted. */
    freeAgain: () =>
      db.sql
        .updateTable("snapshots")
        .set(({ ref }) => ({ state: "removed", removedAt: now, freedBytes: ref("newBytes") }))
        .where("newBytes", ">", USUAL_BYTES)
        .where("state", "=", "complete")
        .execute(),
    /** Somebody takes note of all that is open. Returns the keys, in the judge's words. */
    acknowledgeAll: async (): Promise<string[]> => {
      const { items } = await listAlerts(db, { all: false, limit: 100 });
      for (const { id } of items) await acknowledge(app, id);
      return items.map(({ key }) => key.replace(/@main$/, "").replace(/^channel_broken@\d+$/, BROKEN));
    },
    /** How many alerts there were that were opened. */
    opened: async () => (await listAlerts(db, { all: true, limit: 1_000_000 })).items.length,
    end: () => receiver.close(),
  };
}

export type YearSite = Awaited<ReturnType<typeof yearSite>>;
