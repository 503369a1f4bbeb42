// What is asked of a long history, by pages, by workers and by schedulers.
import { summariseHosts } from "../src/actions/list-hosts.ts";
import { siteStatus } from "../src/actions/site-status.ts";
import { nextCandidates } from "../src/store/candidates.ts";
import type { Database } from "../src/store/database.ts";
import { claimRun } from "../src/store/run-queue.ts";
import {
  countForgettable,
  countOpenRuns,
  findRun,
  listRuns,
  newestBackups,
  type RunFilter,
} from "../src/store/runs.ts";
import { openBackups } from "../src/store/schedules.ts";
import { listSnapshots, snapshotCounts } from "../src/store/snapshots.ts";
import { appOn } from "./app-on.ts";
import { FLAWLESS_HOST, HOSTS, insertAll, NOW, queuedRun } from "./history-data.ts";

export type Look = {
  readonly what: string;
  readonly run: (db: Database, round: number) => Promise<unknown>;
  /** Puts back what it changed; not timed. */
  readonly undo?: (db: Database) => Promise<unknown>;
  /** False: for information, no page waits for it. */
  readonly isJudged?: boolean;
};

/** One page, and the one run more that tells whether there is another. */
const PAGE = 51;
const CANDIDATES = 16;
const CROWD = 10_000;
const CROWDED_HOSTS = 50;

/** Every host in turn, so that no answer is the one from before. */
const hostOf = (round: number): number => 1 + ((round * 7) % HOSTS);

export function looks(runs: number): Look[] {
  const page = (what: string, filter: RunFilter | ((round: number) => RunFilter)): Look => ({
    what: `runs: ${what}`,
    run: (db, round) =>
      listRuns(db, { limit: PAGE, ...(typeof filter === "function" ? filter(round) : filter) }),
  });
  const middle = Math.floor(runs / 2);
  return [
    page("first page", {}),
    page("page in the middle", { before: middle }),
    page("one host", (round) => ({ hostId: hostOf(round) })),
    page("one host, page in the middle", (round) => ({ hostId: hostOf(round), before: middle })),
    page("open", { statuses: ["queued", "running"] }),
    page("failed", { statuses: ["failed"] }),
    page("failed, page in the middle", { statuses: ["failed"], before: middle }),
    page("failed or cancelled", { statuses: ["failed", "cancelled"] }),
    page("succeeded or with warnings", { statuses: ["succeeded", "warning"] }),
    page("backups", { kind: "backup" }),
    page("prunes", { kind: "prune" }),
    page("restores (40, long ago)", { kind: "restore" }),
    page("verifications (none)", { kind: "verify" }),
    page("scheduled", { triggers: ["scheduled"] }),
    page("retries", { triggers: ["retry"] }),
    page("manual or retries", { triggers: ["manual", "retry"] }),
    page("one host, failed", (round) => ({ hostId: hostOf(round), statuses: ["failed"] })),
    page("a busy host, failed (none)", { hostId: FLAWLESS_HOST, statuses: ["failed"] }),
    page("a busy host, open", { hostId: FLAWLESS_HOST, statuses: ["queued", "running"] }),
    page("a busy host, restores (none)", { hostId: FLAWLESS_HOST, kind: "restore" }),
    page("a busy host, retries, failed (none)", {
      hostId: FLAWLESS_HOST,
      triggers: ["retry"],
      statuses: ["failed"],
    }),
    page("prunes, cancelled", { kind: "prune", statuses: ["cancelled"] }),
    page("scheduled restores (none)", { kind: "restore", triggers: ["scheduled"] }),
    page("restores, failed, cancelled or open", {
      kind: "restore",
      statuses: ["failed", "cancelled", "queued", "running"],
    }),
    page("manual prunes (none)", { kind: "prune", triggers: ["manual"] }),
    page("manual backups, failed, page in the middle", {
      ...{ kind: "backup", triggers: ["manual"], statuses: ["failed"], before: middle },
    }),
    { what: "one run", run: (db, round) => findRun(db, 1 + ((round * 7919) % runs)) },
    { what: "newest backup of each host", run: (db) => newestBackups(db) },
    { what: "snapshots of each host, counted", run: (db) => snapshotCounts(db) },
    { what: "snapshots of one host", run: (db, round) => listSnapshots(db, { hostId: hostOf(round) }) },
    { what: "open runs, counted", run: countOpenRuns },
    { what: "all hosts, summed up", run: (db) => summariseHosts(appOn(db, NOW)) },
    { what: "status of the site (dashboard)", run: (db) => siteStatus(appOn(db, NOW)) },
    { what: "scheduler: open backups", run: openBackups },
    { what: "worker: who is next", run: (db) => nextCandidates(db, "main", NOW, CANDIDATES) },
    {
      what: "runs of the last 30 days and before, counted",
      run: (db) => countForgettable(db, new Date(NOW.getTime() - 30 * 86_400_000)),
      isJudged: false,
    },
  ];
}

/** When the oldest so many runs had ended. */
export async function whenSoManyHadEnded(db: Database, count: number): Promise<Date> {
  const query = db.sql.selectFrom("runs").select("finishedAt").where("finishedAt", "is not", null);
  const row = await query.orderBy("finishedAt").offset(count).limit(1).executeTakeFirstOrThrow();
  return row.finishedAt ?? NOW;
}

/** Leaves 10,000 queued runs of 50 hosts, all of which but one are at work. */
export async function crowd(db: Database): Promise<void> {
  await db.sql
    .updateTable("runs")
    .set({ status: "cancelled" })
    .where("status", "in", ["queued", "running"])
    .execute();
  await db.sql.deleteFrom("runLeases").execute();
  await db.sql.deleteFrom("hostLocks").execute();
  const { id } = await db.sql
    .selectFrom("runs")
    .select("id")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
  const rows = Array.from({ length: CROWD }, (_, at) => ({
    ...queuedRun(id + 1 + at, new Date(NOW.getTime() - CROWD + at), CROWDED_HOSTS - 1),
    // Of the free host there is one run, which came last.
    ...(at === CROWD - 1 ? { hostId: CROWDED_HOSTS, trigger: "scheduled" } : {}),
  }));
  await db.sql
    .transaction()
    .execute((tx) => insertAll(rows, (some) => tx.insertInto("runs").values(some).execute()));
  // Whichever run has the lock: for who is next it matters only that somebody has it.
  const locks = Array.from({ length: CROWDED_HOSTS - 1 }, (_, at) => ({ hostId: at + 1, runId: id - at }));
  await db.sql.insertInto("hostLocks").values(locks).execute();
}

const worker = {
  workerId: "backup1:4712:aaaaaa",
  processIdentity: "this process",
  leaseSeconds: 60,
  node: "main",
};

async function claimNext(db: Database): Promise<void> {
  const [candidate] = await nextCandidates(db, "main", NOW, CANDIDATES);
  const isClaimed =
    candidate !== undefined &&
    (await claimRun(db, candidate, worker, 1, { snapshotName: null, startedAt: NOW }));
  if (!isClaimed) throw new Error("nobody could be claimed");
}

async function giveBack(db: Database): Promise<void> {
  const { runId } = await db.sql.selectFrom("runLeases").select("runId").executeTakeFirstOrThrow();
  await db.sql.updateTable("runs").set({ status: "queued" }).where("id", "=", runId).execute();
  await db.sql.deleteFrom("hostLocks").where("runId", "=", runId).execute();
  await db.sql.deleteFrom("runLeases").execute();
}

const CROWDED = "10,000 queued of 50 hosts, 49 at work";

/** What is asked after `crowd`. */
export const CLAIMING: readonly Look[] = [
  { what: `worker: who is next, ${CROWDED}`, run: (db) => nextCandidates(db, "main", NOW, CANDIDATES) },
  { what: "worker: the same, and claiming it", run: claimNext, undo: giveBack },
  { what: "scheduler: open backups, then", run: openBackups },
  { what: "open runs, counted, then", run: countOpenRuns },
  { what: "runs: open, then", run: (db) => listRuns(db, { statuses: ["queued", "running"], limit: PAGE }) },
];
