// Of each host only what decides about its health and its place in a list, so that a thousand are read in a moment.
import type { ExpressionBuilder } from "kysely";
import { isFinished, RUN_STATUSES, type RunKind, type RunStatus } from "../domain/run.ts";
import type { Database } from "./database.ts";
import { newestRuns } from "./runs.ts";
import { storedOneOf, storedTags } from "./stored.ts";
import type { Tables } from "./tables.ts";

export interface HostFacts {
  readonly id: number;
  readonly name: string;
  readonly node: string;
  readonly address: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly createdAt: Date;
  /** The newest finished backup run. */
  readonly lastBackup: { readonly id: number; readonly status: RunStatus } | null;
  /** When the newest complete snapshot was finished. */
  readonly lastSuccessAt: Date | null;
}

const FINISHED = RUN_STATUSES.filter(isFinished);

/** All hosts, by name. Three looks into an index a host, and no JSON is read but that of tags. */
export async function hostFacts(db: Database): Promise<HostFacts[]> {
  const rows = await db.sql
    .selectFrom("hosts")
    .select(["hosts.id", "hosts.name", "hosts.node", "hosts.address", "hosts.enabled", "hosts.tags"])
    .select("hosts.createdAt")
    .select(newestFinished(db, "backup"))
    .select(({ selectFrom }) =>
      selectFrom("snapshots")
        .select("snapshots.finishedAt")
        .where("snapshots.state", "=", "complete")
        .whereRef("snapshots.hostId", "=", "hosts.id")
        .orderBy("snapshots.finishedAt", "desc")
        .limit(1)
        // Named as the column is, so that the codec reads it as an instant.
        .as("finishedAt"),
    )
    .orderBy("hosts.name")
    .execute();
  return rows.map(({ runId, status, finishedAt, tags, ...host }) => ({
    ...host,
    tags: storedTags(tags),
    lastBackup:
      runId === null || status === null
        ? null
        : { id: runId, status: storedOneOf(RUN_STATUSES, status, "runs.status") },
    lastSuccessAt: finishedAt,
  }));
}

/** Of each of these hosts, when its first backup that failed after its newest good one had begun. */
export async function failingSince(db: Database, hostIds: readonly number[]): Promise<Map<number, Date>> {
  if (hostIds.length === 0) return new Map();
  const rows = await db.sql
    .selectFrom("hosts")
    .select("hosts.id")
    .select(({ selectFrom, fn, val }) =>
      selectFrom("runs")
        .select("runs.startedAt")
        .whereRef("runs.hostId", "=", "hosts.id")
        .where("runs.kind", "=", "backup")
        .where("runs.status", "=", "failed")
        .where("runs.startedAt", ">", (eb) =>
          fn.coalesce(
            eb
              .selectFrom("snapshots")
              .select("snapshots.finishedAt")
              .where("snapshots.state", "=", "complete")
              .whereRef("snapshots.hostId", "=", "hosts.id")
              .orderBy("snapshots.finishedAt", "desc")
              .limit(1),
            val(new Date(0)),
          ),
        )
        .orderBy("runs.startedAt")
        .limit(1)
        .as("startedAt"),
    )
    .where("hosts.id", "in", hostIds)
    .execute();
  return new Map(rows.flatMap(({ id, startedAt }) => (startedAt === null ? [] : [[id, startedAt]])));
}

/** Of each host that lacks some, how many snapshots are on record and not on the disk, and when the newest was made. */
export async function missingSnapshots(
  db: Database,
): Promise<Map<number, { readonly count: number; readonly finishedAt: Date }>> {
  const rows = await db.sql
    .selectFrom("snapshots")
    .select("hostId")
    .select(({ fn }) => [fn.countAll<number>().as("count"), fn.max("finishedAt").as("finishedAt")])
    .where("state", "=", "missing")
    .groupBy("hostId")
    .execute();
  return new Map(rows.map((row) => [row.hostId, { count: Number(row.count), finishedAt: row.finishedAt }]));
}

/** Hosts of which the newest finished run of a kind failed, with that run. */
export async function failedLast(db: Database, kind: RunKind): Promise<{ hostId: number; runId: number }[]> {
  const rows = await db.sql.selectFrom("hosts").select("hosts.id").select(newestFinished(db, kind)).execute();
  return rows.flatMap(({ id, runId, status }) =>
    runId !== null && status === "failed" ? [{ hostId: id, runId }] : [],
  );
}

/** Of a host, its newest finished run of a kind and how that ended: two looks into an index that has both. */
const newestFinished = (db: Database, kind: RunKind) => (eb: ExpressionBuilder<Tables, "hosts">) => {
  const newest = eb
    .selectFrom(newestRuns(db))
    .whereRef("runs.hostId", "=", "hosts.id")
    .where("runs.kind", "=", kind)
    .where("runs.status", "in", FINISHED)
    .orderBy("runs.id", "desc")
    .limit(1);
  return [newest.select("runs.id").as("runId"), newest.select("runs.status").as("status")] as const;
};
