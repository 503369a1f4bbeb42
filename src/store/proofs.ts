// What is kept of each host by which it is proved that it can be restored: one row a host, made when there is something to say.
import type { LastDrill, ReadDays, StoredWeight } from "../domain/proof.ts";
import { isFinished, RUN_KINDS, RUN_STATUSES, type RunKind, type RunStatus } from "../domain/run.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey } from "./database-problem.ts";
import { insertRun, type NewRun } from "./run-queue.ts";
import { storedOneOf } from "./stored.ts";
import { inTransaction } from "./transaction.ts";

export interface StoredProof {
  readonly hostId: number;
  readonly weight: (StoredWeight & { readonly at: Date }) | null;
  readonly lastDrill: LastDrill | null;
  /** When a piece was queued last to be read again, and a drill. */
  readonly verifyQueuedAt: Date | null;
  readonly drillQueuedAt: Date | null;
}

const FINISHED = RUN_STATUSES.filter(isFinished);

/** Of all hosts or of one, by the host's id; hosts of which nothing is known are left out. */
export async function listProofs(
  db: Database,
  only: number | null = null,
): Promise<Map<number, StoredProof>> {
  const rows = await db.sql
    .selectFrom("proofs")
    .selectAll()
    .$if(only !== null, (query) => query.where("hostId", "=", only))
    .execute();
  return new Map(
    rows.map((row) => {
      const { hostId, weighedAt, storedFiles, storedBytes, damagedFiles, drilledAt } = row;
      const weight =
        weighedAt === null
          ? null
          : {
              ...{ files: storedFiles ?? 0, bytes: storedBytes ?? 0, damaged: damagedFiles ?? 0 },
              ...{ reads: (row.reads ?? []) as ReadDays, at: weighedAt },
            };
      const facts = (row.drill ?? {}) as Omit<LastDrill, "runId" | "at" | "status">;
      const lastDrill =
        drilledAt === null || row.drillRunId === null || row.drillStatus === null
          ? null
          : {
              ...{ ...facts, runId: row.drillRunId, at: drilledAt },
              status: storedOneOf(FINISHED, row.drillStatus, "proofs.drill_status"),
            };
      const { verifyQueuedAt, drillQueuedAt } = row;
      return [hostId, { hostId, weight, lastDrill, verifyQueuedAt, drillQueuedAt }];
    }),
  );
}

async function ensureRow(db: Database, hostId: number): Promise<void> {
  const known = await db.sql.selectFrom("proofs").select("hostId").where("hostId", "=", hostId).execute();
  if (known.length > 0) return;
  try {
    await db.sql.insertInto("proofs").values({ hostId }).execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

/** Notes what a host has stored, and when it was read. */
export async function saveWeight(
  db: Database,
  hostId: number,
  weight: StoredWeight,
  at: Date,
): Promise<void> {
  await ensureRow(db, hostId);
  const { files, bytes, damaged, reads } = weight;
  await db.sql
    .updateTable("proofs")
    .set({ storedFiles: files, storedBytes: bytes, damagedFiles: damaged, reads, weighedAt: at })
    .where("hostId", "=", hostId)
    .execute();
}

/** Notes how a drill ended. */
export async function saveDrill(db: Database, hostId: number, drill: LastDrill): Promise<void> {
  await ensureRow(db, hostId);
  const { runId, at, status, ...facts } = drill;
  await db.sql
    .updateTable("proofs")
    .set({ drilledAt: at, drillRunId: runId, drillStatus: status, drill: facts })
    .where("hostId", "=", hostId)
    .execute();
}

/** When each kind of proof was queued last. */
const QUEUED_AT = { verify: "verifyQueuedAt", drill: "drillQueuedAt" } as const;

/**
 * Queues proof of a host and notes that it was, both or neither.
 *
 * @param seen when it was queued before
 *
 * Returns the run's id; null: another worker was first.
 */
export async function queueProven(
  db: Database,
  run: NewRun & { readonly kind: keyof typeof QUEUED_AT },
  seen: Date | null,
  now: Date,
): Promise<number | null> {
  await ensureRow(db, run.hostId);
  const column = QUEUED_AT[run.kind];
  return inTransaction(db, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable("proofs")
      .set({ [column]: now })
      .where("hostId", "=", run.hostId)
      .where(column, seen === null ? "is" : "=", seen)
      .executeTakeFirst();
    return numUpdatedRows === 1n ? insertRun(tx, run, now) : null;
  });
}

export interface OpenProof {
  readonly hostId: number;
  readonly kind: RunKind;
  readonly status: RunStatus;
}

/** Verifications and drills that wait or are under way on a backup server, whoever asked for them. */
export async function openProofs(db: Database, node: string): Promise<OpenProof[]> {
  const rows = await db.sql
    .selectFrom("runs")
    .innerJoin("hosts", "hosts.id", "runs.hostId")
    .select(["runs.hostId", "runs.kind", "runs.status"])
    .where("runs.status", "in", ["queued", "running"])
    .where("runs.kind", "in", ["verify", "drill"])
    .where("hosts.node", "=", node)
    .execute();
  return rows.map((row) => ({
    hostId: row.hostId,
    kind: storedOneOf(RUN_KINDS, row.kind, "runs.kind"),
    status: storedOneOf(RUN_STATUSES, row.status, "runs.status"),
  }));
}

/** Of each host that has one, or of one host, when its newest complete snapshot was finished. */
export async function newestSnapshots(db: Database, only: number | null = null): Promise<Map<number, Date>> {
  const rows = await db.sql
    .selectFrom("snapshots")
    .select("hostId")
    .select(({ fn }) => fn.max("finishedAt").as("finishedAt"))
    .where("state", "=", "complete")
    .$if(only !== null, (query) => query.where("hostId", "=", only))
    .groupBy("hostId")
    .execute();
  return new Map(rows.map(({ hostId, finishedAt }) => [hostId, finishedAt]));
}
