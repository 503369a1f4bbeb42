// Runs in SQL: reading the queue and the history.
import type { Selectable } from "kysely";
import { parseProblem } from "../domain/problem.ts";
import {
  PHASES,
  type Progress,
  RUN_KINDS,
  RUN_STATUSES,
  type Run,
  type RunKind,
  type RunOptions,
  type RunStatus,
  TRIGGERS,
} from "../domain/run.ts";
import { parseStats } from "../domain/snapshot-metadata.ts";
import type { Database } from "./database.ts";
import { storedOneOf } from "./stored.ts";
import type { Tables } from "./tables.ts";

type RunRow = Selectable<Tables["runs"]> & { hostName: string };

const runsWithHosts = (db: Database) =>
  db.sql
    .selectFrom("runs")
    .innerJoin("hosts", "hosts.id", "runs.hostId")
    .selectAll("runs")
    .select("hosts.name as hostName");

function storedOptions(value: unknown): RunOptions {
  const fields = (value ?? {}) as Partial<RunOptions>;
  return { prune: fields.prune === true, acceptEmpty: fields.acceptEmpty === true };
}

const asRun = (row: RunRow): Run => ({
  id: row.id,
  hostId: row.hostId,
  host: row.hostName,
  kind: storedOneOf(RUN_KINDS, row.kind, "runs.kind"),
  trigger: storedOneOf(TRIGGERS, row.trigger, "runs.trigger"),
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
  stats: parseStats(row.stats),
  problem: row.problem === null ? null : parseProblem(row.problem),
  warnings: Array.isArray(row.warnings) ? row.warnings.map(parseProblem) : [],
  cancelRequestedAt: row.cancelRequestedAt,
});

export async function findRun(db: Database, id: number): Promise<Run | null> {
  const row = await runsWithHosts(db).where("runs.id", "=", id).executeTakeFirst();
  return row === undefined ? null : asRun(row);
}

export interface RunFilter {
  readonly hostId?: number;
  readonly kind?: RunKind;
  readonly statuses?: readonly RunStatus[];
  /** At most this many rows, newest first; undefined means all. */
  readonly limit?: number;
  /** Only runs with a smaller id: the `next` of the page before. */
  readonly before?: number;
}

/** Runs, newest first. */
export async function listRuns(db: Database, filter: RunFilter = {}): Promise<Run[]> {
  // "in ()" is no SQL for MariaDB.
  if (filter.statuses?.length === 0) return [];
  let query = runsWithHosts(db).orderBy("runs.id", "desc");
  if (filter.hostId !== undefined) query = query.where("runs.hostId", "=", filter.hostId);
  if (filter.kind !== undefined) query = query.where("runs.kind", "=", filter.kind);
  if (filter.statuses !== undefined) query = query.where("runs.status", "in", filter.statuses);
  if (filter.before !== undefined) query = query.where("runs.id", "<", filter.before);
  if (filter.limit !== undefined) query = query.limit(filter.limit);
  return (await query.execute()).map(asRun);
}

/** Of each host, the newest finished backup run, keyed by the host's id. */
export async function newestBackups(db: Database): Promise<Map<number, Run>> {
  const newest = db.sql
    .selectFrom("runs")
    .select(({ fn }) => fn.max("id").as("id"))
    .where("kind", "=", "backup")
    .where("status", "in", ["succeeded", "warning", "failed", "cancelled"])
    .groupBy("hostId");
  const rows = await runsWithHosts(db).where("runs.id", "in", newest).execute();
  return new Map(rows.map((row) => [row.hostId, asRun(row)]));
}
