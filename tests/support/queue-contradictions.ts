// What can be wrong with the queue in SQL, said in sentences: for tests that kill, freeze or starve those who work on it.
import { type Database, openDatabase } from "../../src/store/database.ts";

/** Opens a site's database for a moment. */
export async function lookInto<Result>(
  databaseUrl: string | undefined,
  look: (db: Database) => Promise<Result>,
): Promise<Result> {
  const db = await openDatabase(databaseUrl ?? "");
  try {
    return await look(db);
  } finally {
    await db.close();
  }
}

/** Whatever is open or held although nobody works any more, and whatever of the history does not add up. */
export async function queueContradictions(db: Database): Promise<string[]> {
  const runs = await db.sql.selectFrom("runs").selectAll().orderBy("id").execute();
  const snapshots = await db.sql.selectFrom("snapshots").select(["name", "runId"]).execute();
  const leases = await db.sql.selectFrom("runLeases").select(["runId", "workerId"]).execute();
  const locks = await db.sql.selectFrom("hostLocks").select(["hostId", "runId"]).execute();
  const found = [
    ...leases.map(({ runId, workerId }) => `run ${runId} is leased to ${workerId}`),
    ...locks.map(({ hostId, runId }) => `host ${hostId} is locked for run ${runId}`),
  ];
  const made = Map.groupBy(snapshots, ({ runId }) => runId);
  const retried = new Set(runs.map(({ retryOf }) => retryOf));
  const dues = new Set<string>();
  for (const run of runs) {
    const names = made.get(run.id) ?? [];
    const has = run.status === "succeeded" || run.status === "warning" ? 1 : 0;
    if (run.status === "queued" || run.status === "running") found.push(`run ${run.id} is ${run.status}`);
    if (run.kind === "backup" && names.length !== has)
      found.push(`run ${run.id}, ${run.status}, has ${names.length} snapshots`);
    if (run.finishedAt === null) found.push(`run ${run.id} has no end`);
    const { code } = (run.problem ?? {}) as { code?: string };
    if (code === "worker_lost" && run.attempt < 4 && !retried.has(run.retryOf ?? run.id))
      found.push(`run ${run.id} was lost and nobody tries again`);
    const due = `${run.scheduleId} at ${run.dueAt?.toISOString()}`;
    if (run.scheduleId !== null && dues.has(due))
      found.push(`run ${run.id}: schedule ${due} is queued twice`);
    dues.add(due);
  }
  found.push(...(made.get(null) ?? []).map(({ name }) => `${name} belongs to no run`));
  return found;
}

/** Lets retries begin now instead of after their backoff. Returns how many runs wait. */
export async function endBackoff(db: Database): Promise<number> {
  await db.sql.updateTable("runs").set({ availableAt: new Date() }).where("status", "=", "queued").execute();
  return (await db.sql.selectFrom("runs").select("id").where("status", "=", "queued").execute()).length;
}
