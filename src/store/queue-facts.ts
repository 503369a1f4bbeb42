// What claims look at, read in one go for whoever wants to say why something waits.

import type { LeasedRun, QueuedRun } from "../domain/queue-facts.ts";
import { RUN_KINDS, type RunKind, TRIGGERS } from "../domain/run.ts";
import type { Database } from "./database.ts";
import { storedOneOf } from "./stored.ts";

/** A longer queue is looked at no further: nobody's place in it is worth more reading. */
const QUEUE_MAX = 5000;

/** All that waits, in the order of claims, as far as this version knows its kind. */
export async function queuedRuns(db: Database): Promise<QueuedRun[]> {
  const rows = await db.sql
    .selectFrom("runs")
    .innerJoin("hosts", "hosts.id", "runs.hostId")
    .select(["runs.id", "runs.hostId", "hosts.name as host", "hosts.node", "hosts.enabled", "runs.kind"])
    .select(["runs.trigger", "runs.attempt", "runs.queuedAt", "runs.dueAt", "runs.availableAt"])
    .select(["runs.byHand", "runs.inWindow", "hosts.windowFrom", "hosts.windowUntil"])
    .where("runs.status", "=", "queued")
    .where("runs.kind", "in", RUN_KINDS)
    .orderBy("runs.availableAt")
    .limit(QUEUE_MAX)
    .execute();
  return rows.map(({ windowFrom, windowUntil, ...row }) => ({
    ...row,
    kind: storedOneOf(RUN_KINDS, row.kind, "runs.kind"),
    trigger: storedOneOf(TRIGGERS, row.trigger, "runs.trigger"),
    availableAt: row.availableAt ?? row.queuedAt,
    window: windowFrom === null || windowUntil === null ? null : { from: windowFrom, until: windowUntil },
  }));
}

/** All that somebody holds, and by the id of a host which run owns it. */
export async function leasedRuns(
  db: Database,
): Promise<{ running: LeasedRun[]; locks: ReadonlyMap<number, number> }> {
  const [rows, locks] = await Promise.all([
    db.sql
      .selectFrom("runLeases")
      .innerJoin("runs", "runs.id", "runLeases.runId")
      .innerJoin("hosts", "hosts.id", "runs.hostId")
      .select(["runs.id", "runs.hostId", "hosts.name as host", "hosts.node", "runs.kind"])
      .select("runs.trigger")
      .select(["runLeases.slot", "runLeases.workerId", "runLeases.acquiredAt as startedAt"])
      // By the lease: asked for the order of runs, SQLite goes through all there ever were.
      .orderBy("runLeases.runId")
      .execute(),
    db.sql.selectFrom("hostLocks").select(["hostId", "runId"]).execute(),
  ]);
  return {
    running: rows.map(({ slot, ...row }) => ({
      ...row,
      kind: storedOneOf(RUN_KINDS, row.kind, "runs.kind"),
      trigger: storedOneOf(TRIGGERS, row.trigger, "runs.trigger"),
      hasSlot: slot !== null && slot > 0,
    })),
    locks: new Map(locks.map(({ hostId, runId }) => [hostId, runId])),
  };
}

export interface HostKind {
  readonly hostId: number;
  readonly kind: RunKind;
}
export const hostKindKey = ({ hostId, kind }: HostKind): string => `${hostId} ${kind}`;

/** How long the last good runs of each took, in seconds, by its key; one that had none may be left out. */
export type Durations = (pairs: readonly HostKind[]) => Promise<ReadonlyMap<string, readonly number[]>>;

const GOOD = ["succeeded", "warning"] as const;
/** The past that an estimate goes by. */
const LATELY = 9;

/** As `Durations` says. One look into an index each. */
export async function durationsOf(db: Database, pairs: readonly HostKind[]): Promise<Map<string, number[]>> {
  const [first, ...others] = pairs.map(({ hostId, kind }) => {
    const newest = db.sql
      .selectFrom("runs")
      .select("id")
      .where("hostId", "=", hostId)
      .where("kind", "=", kind)
      .where("status", "in", GOOD)
      .orderBy("id", "desc")
      .limit(LATELY);
    return db.sql.selectFrom(newest.as("newest")).select("id");
  });
  if (first === undefined) return new Map();
  const ids = others.reduce((together, more) => together.unionAll(more), first);
  // Joined: MariaDB would go through all runs for a condition like "one of these".
  const rows = await db.sql
    .selectFrom(ids.as("wanted"))
    .innerJoin("runs", "runs.id", "wanted.id")
    .select(["runs.hostId", "runs.kind", "runs.startedAt", "runs.finishedAt"])
    .execute();
  const took = new Map<string, number[]>();
  for (const { hostId, kind, startedAt, finishedAt } of rows) {
    if (startedAt === null || finishedAt === null) continue;
    const key = hostKindKey({ hostId, kind: storedOneOf(RUN_KINDS, kind, "runs.kind") });
    took.set(key, [...(took.get(key) ?? []), Math.max(0, finishedAt.getTime() - startedAt.getTime()) / 1000]);
  }
  return took;
}
