// Runs by when they ended, for reports: only what such a report says of them.
import { parseProblem } from "../domain/problem.ts";
import type { EndedRun } from "../domain/report.ts";
import { isFinished, RUN_KINDS, RUN_STATUSES, type RunKind } from "../domain/run.ts";
import type { Database } from "./database.ts";
import { storedOneOf } from "./stored.ts";

const FINISHED = RUN_STATUSES.filter(isFinished);

const endedSince = (db: Database, since: Date) =>
  db.sql
    .selectFrom("runs")
    .innerJoin("hosts", "hosts.id", "runs.hostId")
    .select(["runs.id", "hosts.name as host", "runs.kind", "runs.status", "runs.finishedAt", "runs.problem"])
    .where("runs.finishedAt", ">=", since)
    .where("runs.kind", "in", RUN_KINDS);

/** A run with its number. */
export type NumberedRun = EndedRun & { readonly id: number };

const asEnded = (
  row: Awaited<ReturnType<ReturnType<typeof endedSince>["execute"]>>[number],
): NumberedRun[] =>
  row.finishedAt === null
    ? []
    : [
        {
          ...{ id: row.id, host: row.host, at: row.finishedAt },
          kind: storedOneOf(RUN_KINDS, row.kind, "runs.kind"),
          status: storedOneOf(FINISHED, row.status, "runs.status"),
          message: row.problem === null ? null : parseProblem(row.problem).message,
        },
      ];

/** Those that failed within the time, and every one of these kinds that went well since, in the order in which they ended. */
export async function failedAndWell(
  db: Database,
  from: Date,
  to: Date,
  kinds: readonly RunKind[],
): Promise<EndedRun[]> {
  const failed = await endedSince(db, from)
    .where("runs.finishedAt", "<=", to)
    .where("runs.status", "=", "failed")
    .where("runs.kind", "in", kinds)
    .execute();
  if (failed.length === 0) return [];
  const hosts = [...new Set(failed.map(({ host }) => host))];
  const well = await endedSince(db, from)
    .where("runs.status", "in", ["succeeded", "warning"])
    .where("runs.kind", "in", kinds)
    .where("hosts.name", "in", hosts)
    .execute();
  return [...failed, ...well]
    .flatMap(asEnded)
    .sort((one, other) => one.at.getTime() - other.at.getTime() || one.id - other.id);
}

/** Drills that ended within the time, oldest first. Those that somebody cancelled are left out. */
export async function endedDrills(db: Database, from: Date, to: Date): Promise<NumberedRun[]> {
  const rows = await endedSince(db, from)
    .where("runs.finishedAt", "<=", to)
    .where("runs.status", "in", ["succeeded", "warning", "failed"])
    .where("runs.kind", "=", "drill")
    .orderBy("runs.finishedAt")
    .orderBy("runs.id")
    .execute();
  return rows.flatMap(asEnded);
}
