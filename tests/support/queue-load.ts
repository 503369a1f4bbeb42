// A full queue, and many workers and schedulers at once: what they did, in SQL and as they bore witness of it outside.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PLAIN_RUN, RUN_KINDS, type RunKind } from "../../src/domain/run.ts";
import { dueTimes } from "../../src/domain/schedule.ts";
import type { Database } from "../../src/store/database.ts";
import { insertRun } from "../../src/store/run-queue.ts";
import { listSchedules, saveSchedule } from "../../src/store/schedules.ts";
import { saveSite } from "../../src/store/site.ts";
import { type LoadOrder, type LoadReport, VIRTUAL_START_MS } from "./load-order.ts";
import { queueContradictions } from "./queue-contradictions.ts";
import { addHost, diskless } from "./queue-people.ts";
import { race } from "./rivals.ts";

export type Load = {
  runs: number;
  hosts: number;
  workers: number;
  schedulers: number;
  /** How long it seems to the schedulers, whose time passes faster. */
  virtualMinutes: number;
};

export type LoadResult = {
  violations: string[];
  claimsPerSecond: number;
  runs: number;
  due: number;
  atOnce: number;
};

const MAX_PARALLEL = 12;
const program = fileURLToPath(new URL("./load-rival.ts", import.meta.url));
/** Every fifth host is backed up by its schedule only; other work waits for it all the same. */
const isScheduled = (index: number): boolean => index % 5 === 0;
const CRONS = ["*/2 * * * *", "*/3 * * * *", "1-59/5 * * * *", "7,8,9 * * * *", "* * * * *"];
const timeZone = "Europe/Vienna"; // Its clocks are set forward while this runs.

/** Fills the queue, lets everybody loose, and says what is wrong afterwards. */
export async function loadQueue(url: string, db: Database, load: Load): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-load-"));
  for (const name of ["running", "hosts"]) mkdirSync(join(folder, name));
  try {
    await fill(db, load);
    const virtualEndMs = VIRTUAL_START_MS + load.virtualMinutes * 60_000;
    const { schedulers } = load;
    const order: LoadOrder = { url, folder, schedulers, virtualEndMs, parallel: 4 };
    const start = (role: string) => (_: unknown, index: number) => [role, `${index}`, JSON.stringify(order)];
    const reports = await race<LoadReport>(
      [
        ...Array.from({ length: load.workers }, start("worker")),
        ...Array.from({ length: schedulers }, start("scheduler")),
      ],
      program,
    );
    const atOnce = Math.max(...reports.map(({ atOnceMost }) => atOnceMost));
    const due = reports.flatMap(({ witness }) => witness);
    const { claimsPerSecond, runs } = await speedOf(db);
    const violations = [
      ...(await queueContradictions(db)),
      ...(await executionsThatDiffer(db, folder)),
      ...(await duesThatDiffer(db, due, new Date(virtualEndMs))),
      ...(atOnce > MAX_PARALLEL ? [`${atOnce} runs at once, the site allows ${MAX_PARALLEL}`] : []),
    ];
    return { violations, claimsPerSecond, runs, due: due.length, atOnce };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fill(db: Database, { runs, hosts }: Load): Promise<void> {
  const now = new Date();
  const start = new Date(VIRTUAL_START_MS);
  await saveSite(db, { ...diskless, maxParallel: MAX_PARALLEL }, now);
  const ids: number[] = [];
  while (ids.length < hosts) ids.push(await addHost(db, `host-${ids.length}`));
  for (const [index, hostId] of ids.entries()) {
    if (!isScheduled(index)) continue;
    const cron = CRONS[(index / 5) % CRONS.length] ?? "* * * * *";
    const [nextDueAt = null] = dueTimes({ cron, timeZone }, start, 1);
    const facts = {
      cron,
      timeZone,
      prune: false,
      maxDelete: null,
      jitterSeconds: 60,
      enabled: true,
      nextDueAt,
    };
    await saveSchedule(db, hostId, "often", facts, start);
  }
  await db.sql.transaction().execute(async (tx) => {
    for (let n = 0; n < runs; n++) {
      const index = n % hosts;
      const others: readonly RunKind[] = RUN_KINDS.filter((kind) => kind !== "backup");
      const kind = isScheduled(index) ? (others[((n / hosts) % others.length) | 0] ?? "verify") : "backup";
      const trigger = n % 7 === 0 ? "manual" : "scheduled";
      const run = {
        hostId: ids[index] ?? 0,
        kind,
        trigger,
        requestedBy: null,
        options: PLAIN_RUN,
      } as const;
      await insertRun(tx, run, now);
    }
  });
}

async function speedOf(db: Database): Promise<{ claimsPerSecond: number; runs: number }> {
  const runs = await db.sql.selectFrom("runs").select(["startedAt", "finishedAt"]).execute();
  const times = (of: (Date | null)[]): number[] => of.map((at) => at?.getTime() ?? 0).sort((a, b) => a - b);
  const first = times(runs.map(({ startedAt }) => startedAt))[0] ?? 0;
  const last = times(runs.map(({ finishedAt }) => finishedAt)).at(-1) ?? 0;
  return { claimsPerSecond: Math.round((1000 * runs.length) / (last - first)), runs: runs.length };
}

/** Holds what the workers wrote down against what SQL says of the same runs. */
async function executionsThatDiffer(db: Database, folder: string): Promise<string[]> {
  const files = readdirSync(folder).filter((name) => name.startsWith("executed-"));
  const lines = files.flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"));
  const runs = await db.sql.selectFrom("runs").select(["id", "status"]).execute();
  const times = Map.groupBy(lines, (line) => line);
  const found = runs.flatMap(({ id, status }) => {
    const count = times.get(`${id}`)?.length ?? 0;
    return count === 1 && status === "succeeded" ? [] : [`run ${id}, ${status}, was executed ${count} times`];
  });
  if (lines.length !== runs.length) found.push(`${runs.length} runs, but ${lines.length} were executed`);
  return found;
}

/** Each due time was queued or skipped; those that were queued have the runs of the schedules, one each. */
async function duesThatDiffer(db: Database, witness: readonly string[], end: Date): Promise<string[]> {
  const rows = await db.sql
    .selectFrom("runs")
    .select(["scheduleId", "dueAt"])
    .where("scheduleId", "is not", null)
    .execute();
  const inSql = rows.map((row) => `${row.scheduleId} ${row.dueAt?.toISOString()} queued`);
  const queued = witness.filter((line) => line.endsWith("queued"));
  const dealtWith = new Set(witness.map((line) => line.replace(/ \w+$/, "")));
  const found: string[] = [];
  for (const { id, cron } of await listSchedules(db)) {
    const all = dueTimes({ cron, timeZone }, new Date(VIRTUAL_START_MS), 2000).filter((at) => at < end);
    for (const at of all)
      if (!dealtWith.delete(`${id} ${at.toISOString()}`))
        found.push(`schedule ${id} passed over ${at.toISOString()}`);
  }
  found.push(...[...dealtWith].map((due) => `${due} is no due time`));
  if (`${inSql.sort()}` !== `${queued.sort()}`)
    found.push(`${queued.length} due times were queued, SQL has ${inSql.length}`);
  return found;
}
