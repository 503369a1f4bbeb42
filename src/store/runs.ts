// Runs in SQL: reading the queue and the history.
import { type NotNull, type Selectable, sql } from "kysely";
import { parseProblem } from "../domain/problem.ts";
import {
  isFinished,
  PHASES,
  PROTECTIONS,
  type Progress,
  RUN_KINDS,
  RUN_STATUSES,
  type Run,
  type RunKind,
  type RunOptions,
  type RunResult,
  type RunStatus,
  SHARINGS,
  TRIGGERS,
  type Trigger,
} from "../domain/run.ts";
import { parseRunTask } from "../domain/run-task.ts";
import { parseStats } from "../domain/snapshot-metadata.ts";
import type { Database } from "./database.ts";
import { storedOneOf } from "./stored.ts";
import type { Tables } from "./tables.ts";

type RunRow = Selectable<Tables["runs"]> & { hostName: string };

/** Every run has its host; only a left join keeps MariaDB from reading all runs, host by host, to sort them for a page. */
const runsWithHosts = (db: Database) =>
  db.sql
    .selectFrom("runs")
    .leftJoin("hosts", "hosts.id", "runs.hostId")
    .selectAll("runs")
    .select("hosts.name as hostName")
    .$narrowType<{ hostName: NotNull }>();

function storedOptions(value: unknown): RunOptions {
  const fields = (value ?? {}) as Partial<RunOptions>;
  return {
    prune: fields.prune === true,
    maxDelete: typeof fields.maxDelete === "number" ? fields.maxDelete : null,
    overrideHold: fields.overrideHold === true,
    acceptEmpty: fields.acceptEmpty === true,
    retry: fields.retry === true,
    waitForWindow: fields.waitForWindow === true,
    task: parseRunTask(fields.task),
  };
}

const asRun = (row: RunRow): Run => ({
  id: row.id,
  hostId: row.hostId,
  host: row.hostName,
  kind: storedOneOf(RUN_KINDS, row.kind, "runs.kind"),
  trigger: storedOneOf(TRIGGERS, row.trigger, "runs.trigger"),
  byHand: row.byHand,
  status: storedOneOf(RUN_STATUSES, row.status, "runs.status"),
  attempt: row.attempt,
  retryOf: row.retryOf,
  requestedBy: row.requestedBy,
  queuedAt: row.queuedAt,
  dueAt: row.dueAt,
  startedAt: row.startedAt,
  finishedAt: row.finishedAt,
  worker: row.workerId,
  phase: row.phase === null ? null : storedOneOf(PHASES, row.phase, "runs.phase"),
  progress: row.progress as Progress | null,
  options: storedOptions(row.options),
  snapshot: row.snapshotName,
  base: row.baseName,
  sharing: row.sharing === null ? null : storedOneOf(SHARINGS, row.sharing, "runs.sharing"),
  sandbox: row.sandbox === null ? null : storedOneOf(PROTECTIONS, row.sandbox, "runs.sandbox"),
  stats: parseStats(row.stats),
  problem: row.problem === null ? null : parseProblem(row.problem),
  warnings: Array.isArray(row.warnings) ? row.warnings.map(parseProblem) : [],
  result: (row.result ?? null) as RunResult | null,
  cancelRequestedAt: row.cancelRequestedAt,
  scheduleId: row.scheduleId,
  availableAt: row.availableAt ?? row.queuedAt,
  rateLimit: row.rateLimit,
});

export async function findRun(db: Database, id: number): Promise<Run | null> {
  const row = await runsWithHosts(db).where("runs.id", "=", id).executeTakeFirst();
  return row === undefined ? null : asRun(row);
}

/** Those of these runs that there are, oldest first. */
export async function findRuns(db: Database, ids: readonly number[]): Promise<Run[]> {
  if (ids.length === 0) return [];
  return (await runsWithHosts(db).where("runs.id", "in", ids).orderBy("runs.id").execute()).map(asRun);
}

/** Runs, meant to be looked for by host and kind, newest first. */
export const newestRuns = (db: Database) =>
  sql<Tables["runs"]>`runs`.as<"runs">(db.dialect.by("runs", "runs_newest"));

export interface RunFilter {
  readonly hostId?: number;
  readonly kind?: RunKind;
  readonly triggers?: readonly Trigger[];
  readonly statuses?: readonly RunStatus[];
  /** At most this many rows, newest first; undefined means all. */
  readonly limit?: number;
  /** Only runs with a smaller id: the `next` of the page before. */
  readonly before?: number;
}

/** Runs, newest first. */
export async function listRuns(db: Database, filter: RunFilter = {}): Promise<Run[]> {
  const { hostId, kind, triggers, statuses, limit, before } = filter;
  // "in ()" is no SQL for MariaDB.
  if (statuses?.length === 0 || triggers?.length === 0) return [];
  let query = runsWithHosts(db).orderBy("runs.id", "desc");
  if (limit !== undefined && (kind ?? triggers ?? statuses) !== undefined) {
    query = query.where("runs.id", "in", newestIds(db, filter, limit));
    return (await query.execute()).map(asRun);
  }
  if (limit !== undefined) query = query.limit(limit);
  if (hostId !== undefined) query = query.where("runs.hostId", "=", hostId);
  if (kind !== undefined) query = query.where("runs.kind", "=", kind);
  if (triggers !== undefined) query = query.where("runs.trigger", "in", triggers);
  if (statuses !== undefined) query = query.where("runs.status", "in", statuses);
  if (before !== undefined) query = query.where("runs.id", "<", before);
  return (await query.execute()).map(asRun);
}

/**
 * Which runs are on a page of a filtered list.
 *
 * An index gives the newest at once only when each of its columns has one value. So every combination of values is asked
 * for its newest, and the newest of those are the page: however many runs there are, and however few are like that.
 */
function newestIds(db: Database, filter: RunFilter, limit: number) {
  const { hostId, before, statuses = RUN_STATUSES } = filter;
  // There is an index of the status alone; the others begin with status, kind and trigger, or with the host and those.
  const isStatusEnough = (hostId ?? filter.kind ?? filter.triggers) === undefined;
  const kinds = filter.kind === undefined ? RUN_KINDS : [filter.kind];
  const combinations = isStatusEnough
    ? statuses.map((status) => ({ status }))
    : statuses.flatMap((status) =>
        kinds.flatMap((kind) => (filter.triggers ?? TRIGGERS).map((trigger) => ({ status, kind, trigger }))),
      );
  const newestOf = (values: (typeof combinations)[number]) => {
    let newest = db.sql.selectFrom("runs").select("id").orderBy("id", "desc").limit(limit);
    newest = newest.where(({ and }) => and(hostId === undefined ? values : { ...values, hostId }));
    if (before !== undefined) newest = newest.where("id", "<", before);
    return db.sql.selectFrom(newest.as("newest")).select("id");
  };
  const page = combinations.map(newestOf).reduce((together, more) => together.unionAll(more));
  const found = db.sql.selectFrom(page.as("page")).select("id").orderBy("id", "desc").limit(limit);
  // MariaDB takes no limit directly within "in".
  return db.sql.selectFrom(found.as("found")).select("id");
}

const FINISHED = RUN_STATUSES.filter(isFinished);

/** Of each host, or of each of these, the newest finished backup run, keyed by the host's id. One look into an index a host. */
export async function newestBackups(
  db: Database,
  hostIds: readonly number[] | null = null,
): Promise<Map<number, Run>> {
  if (hostIds?.length === 0) return new Map();
  const newest = await db.sql
    .selectFrom("hosts")
    .where(({ and, eb }) => and(hostIds === null ? [] : [eb("hosts.id", "in", hostIds)]))
    .select(({ selectFrom }) =>
      selectFrom(newestRuns(db))
        .select("runs.id")
        .whereRef("runs.hostId", "=", "hosts.id")
        .where("runs.kind", "=", "backup")
        .where("runs.status", "in", FINISHED)
        .orderBy("runs.id", "desc")
        .limit(1)
        .as("runId"),
    )
    .execute();
  const ids = newest.flatMap(({ runId }) => (runId === null ? [] : [runId]));
  if (ids.length === 0) return new Map();
  const rows = await runsWithHosts(db).where("runs.id", "in", ids).execute();
  return new Map(rows.map((row) => [row.hostId, asRun(row)]));
}

/** Those of these runs that are running. */
export async function runningAmong(db: Database, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set();
  const rows = await db.sql
    .selectFrom("runs")
    .select("id")
    .where("status", "=", "running")
    .where("id", "in", ids)
    .execute();
  return new Set(rows.map((row) => row.id));
}

/** How many runs are open, by status. */
export async function countOpenRuns(db: Database): Promise<{ queued: number; running: number }> {
  const rows = await db.sql
    .selectFrom("runs")
    .select(["status", ({ fn }) => fn.countAll<number>().as("count")])
    .where("status", "in", ["queued", "running"])
    .groupBy("status")
    .execute();
  const of = (status: RunStatus): number => Number(rows.find((row) => row.status === status)?.count ?? 0);
  return { queued: of("queued"), running: of("running") };
}

/** How many runs `forgetRuns` would delete for that instant. */
export async function countForgettable(db: Database, before: Date): Promise<number> {
  const kept = [...(await newestBackups(db)).values()].filter(
    ({ finishedAt }) => finishedAt !== null && finishedAt < before,
  );
  const row = await db.sql
    .selectFrom("runs")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("finishedAt", "<", before)
    .where("status", "in", FINISHED)
    .executeTakeFirstOrThrow();
  return Number(row.count) - kept.length;
}

/** Deletes finished runs that ended before that, oldest first, at most `limit`; of each host the newest backups stay. */
export async function forgetRuns(db: Database, before: Date, limit: number): Promise<number> {
  const kept = new Set([...(await newestBackups(db)).values()].map((run) => run.id));
  const rows = await db.sql
    .selectFrom("runs")
    .select("id")
    .where("finishedAt", "<", before)
    .where("status", "in", FINISHED)
    .orderBy("finishedAt")
    .limit(limit + kept.size)
    .execute();
  const ids = rows
    .map((row) => row.id)
    .filter((id) => !kept.has(id))
    .slice(0, limit);
  if (ids.length === 0) return 0;
  const result = await db.sql
    .deleteFrom("runs")
    .where("id", "in", ids)
    .where("status", "in", FINISHED)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
