// What metrics say of all hosts and of the queue, counted where it is. No JSON is read.
import { sql } from "kysely";
import { SLOW } from "../domain/anomaly.ts";
import { FINISHED_STATUSES, type FinishedStatus, RUN_KINDS, type RunKind } from "../domain/run.ts";
import type { Database } from "./database.ts";
import { storedOneOf } from "./stored.ts";

export interface SnapshotFacts {
  readonly finishedAt: Date;
  readonly startedAt: Date;
  readonly files: number | null;
  readonly bytes: number | null;
  readonly newBytes: number | null;
}

/** Of each host the newest complete snapshot: two looks into an index a host. */
export async function newestSnapshots(db: Database): Promise<Map<number, SnapshotFacts>> {
  const rows = await db.sql
    .selectFrom("hosts")
    .innerJoin("snapshots", (join) =>
      join.on("snapshots.id", "=", ({ selectFrom }) =>
        selectFrom("snapshots as newest")
          .select("newest.id")
          .where("newest.state", "=", "complete")
          .whereRef("newest.hostId", "=", "hosts.id")
          .orderBy("newest.finishedAt", "desc")
          .limit(1),
      ),
    )
    .select(["snapshots.hostId", "snapshots.startedAt", "snapshots.finishedAt"])
    .select(["snapshots.files", "snapshots.bytes", "snapshots.newBytes"])
    .execute();
  return new Map(rows.map(({ hostId, ...facts }) => [hostId, facts]));
}

export interface SnapshotSums {
  readonly count: number;
  readonly bytes: number;
  /** Of those that were read again as a whole since then. */
  readonly provedBytes: number;
  /** How many looked suspicious, and nobody has said anything of them. */
  readonly anomalies: number;
}

/** Of each host with a complete snapshot, in one go over them. */
export async function snapshotSums(db: Database, provedSince: Date): Promise<Map<number, SnapshotSums>> {
  const rows = await db.sql
    .selectFrom("snapshots")
    .innerJoin("hosts", "hosts.id", "snapshots.hostId")
    .where("snapshots.state", "=", "complete")
    .select("snapshots.hostId")
    .select(({ fn, eb, and }) => [
      fn.countAll<number>().as("count"),
      fn.sum<number | null>("snapshots.bytes").as("bytes"),
      fn
        .sum<number | null>(
          eb
            .case()
            .when(
              and([eb("snapshots.verifiedAt", ">=", provedSince), eb("snapshots.verifyResult", "=", "ok")]),
            )
            .then(eb.ref("snapshots.bytes"))
            .end(),
        )
        .as("provedBytes"),
      fn
        .count<number>(
          eb
            .case()
            .when(
              and([
                eb("snapshots.anomaly", "is not", null),
                eb("snapshots.anomaly", "not like", `${SLOW}%`),
                eb("snapshots.id", ">", fn.coalesce("hosts.trustedSnapshotId", eb.val(0))),
              ]),
            )
            .then(1)
            .end(),
        )
        .as("anomalies"),
    ])
    .groupBy("snapshots.hostId")
    .execute();
  const number = (value: number | null): number => Number(value ?? 0);
  return new Map(
    rows.map(({ hostId, count, bytes, provedBytes, anomalies }) => [
      hostId,
      {
        ...{ count: number(count), bytes: number(bytes) },
        ...{ provedBytes: number(provedBytes), anomalies: number(anomalies) },
      },
    ]),
  );
}

export interface RunTimes {
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** When these runs began and ended. */
export async function runTimes(db: Database, ids: readonly number[]): Promise<Map<number, RunTimes>> {
  if (ids.length === 0) return new Map();
  const rows = await db.sql
    .selectFrom("runs")
    .select(["id", "startedAt", "finishedAt"])
    .where("id", "in", ids)
    .execute();
  return new Map(rows.map(({ id, ...times }) => [id, times]));
}

export interface OpenRuns {
  readonly kind: RunKind;
  readonly queued: number;
  readonly running: number;
  /** Since when the one could have begun that waits longest; null: none could yet. */
  readonly waitsSince: Date | null;
}

/** What is open, of each kind of which there is some. */
export async function openRuns(db: Database, now: Date): Promise<OpenRuns[]> {
  const rows = await db.sql
    .selectFrom("runs")
    .select(["kind", "status"])
    .select(({ fn, eb }) => [
      fn.countAll<number>().as("count"),
      // Named as a column is, so that the codec reads it as an instant.
      fn
        .min<Date | null>(
          eb
            .case()
            .when("availableAt", "is", null)
            .then(eb.ref("queuedAt"))
            .when("availableAt", "<=", now)
            .then(eb.ref("availableAt"))
            .end(),
        )
        .as("availableAt"),
    ])
    .where("status", "in", ["queued", "running"])
    .groupBy(["kind", "status"])
    .execute();
  return RUN_KINDS.flatMap((kind) => {
    const ofKind = rows.filter((row) => row.kind === kind);
    const queued = ofKind.find(({ status }) => status === "queued");
    const running = ofKind.find(({ status }) => status === "running");
    return ofKind.length === 0
      ? []
      : {
          kind,
          queued: Number(queued?.count ?? 0),
          running: Number(running?.count ?? 0),
          waitsSince: queued?.availableAt ?? null,
        };
  });
}

export interface EndedRuns {
  readonly kind: RunKind;
  readonly status: FinishedStatus;
  readonly count: number;
}

/** How many runs of the history ended how: one go over an index. */
export async function endedRuns(db: Database): Promise<EndedRuns[]> {
  const rows = await db.sql
    .selectFrom(sql<{ kind: string; status: string }>`runs`.as<"runs">(db.dialect.by("runs", "runs_listed")))
    .select(["runs.status", "runs.kind", ({ fn }) => fn.countAll<number>().as("count")])
    .where("runs.status", "in", FINISHED_STATUSES)
    .groupBy(["runs.status", "runs.kind"])
    .execute();
  return rows.map(({ kind, status, count }) => ({
    kind: storedOneOf(RUN_KINDS, kind, "runs.kind"),
    status: storedOneOf(FINISHED_STATUSES, status, "runs.status"),
    count: Number(count),
  }));
}
