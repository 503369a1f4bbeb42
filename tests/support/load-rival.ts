// One of the workers or schedulers that queue-load.ts lets loose on a database: the real loops, with a run that only
// bears witness, outside SQL, of who has which host at the same time.
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { appendFile, open, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../../src/actions/app.ts";
import type { executeRun } from "../../src/actions/execute-run.ts";
import { runScheduler } from "../../src/actions/queue-due.ts";
import { work } from "../../src/actions/work.ts";
import { isSpare, ownsHost, type Run } from "../../src/domain/run.ts";
import { openDatabase } from "../../src/store/database.ts";
import { finishRun } from "../../src/store/run-lease.ts";
import { findRun } from "../../src/store/runs.ts";
import { type LoadOrder, VIRTUAL_START_MS } from "./load-order.ts";
import { succeeded } from "./queue-people.ts";

/** How much later it is whenever a scheduler asks, and how far apart their clocks may be. */
const [STEP_MS, APART_MS] = [12_000, 30_000];

const [role = "", name = "", json = "{}"] = process.argv.slice(2);
const order = JSON.parse(json) as LoadOrder;
const { folder } = order;
const db = await openDatabase(order.url);
const stop = new AbortController();
const witness: string[] = [];
const placesTaken = async (): Promise<string[]> =>
  (await readdir(join(folder, "running"))).filter((mark) => !mark.endsWith("beside"));
let atOnceMost = 0;

const app = (clock: () => Date): App => ({
  db,
  clock,
  version: "0.0.0",
  randomHex: (bytes) => randomBytes(bytes).toString("hex"),
  node: "main",
  leaseSeconds: 60,
  secretKeyFile: "",
  hasher: [],
  requestedBy: null,
  actor: { name: null, kind: "system", address: null },
});

/** Fails when another process has the run, or the host, at this moment. */
const execute: typeof executeRun = async (_, owner, id) => {
  const run = (await findRun(db, id)) as Run;
  // Proof on a schedule works beside the places that the site allows.
  const beside = isSpare(run) ? " beside" : "";
  const marks = [join(folder, "running", `${id}${beside}`)];
  if (ownsHost(run.kind)) marks.push(join(folder, "hosts", `${run.hostId}`));
  for (const mark of marks) await (await open(mark, "wx")).close();
  atOnceMost = Math.max(atOnceMost, (await placesTaken()).length);
  await appendFile(join(folder, `executed-${name}`), `${id}\n`);
  for (const mark of marks) await rm(mark);
  const finishedAt = new Date();
  const { hostId, snapshot: made, startedAt } = run;
  const facts = { kind: "manual", status: "succeeded", base: null, files: 1, bytes: 1, newBytes: 1 } as const;
  const snapshot =
    made === null
      ? null
      : { ...facts, hostId, name: made, startedAt: startedAt ?? finishedAt, finishedAt, runId: id };
  if (!(await finishRun(db, id, owner, { outcome: succeeded, snapshot, retry: null, finishedAt })))
    throw new Error(`run ${id} was lost`);
  return (await findRun(db, id)) as Run;
};

const complain = (text: string): void => void process.stderr.write(`${text}\n`);
const trouble = { onTrouble: (problem: Error) => complain(`${problem.stack}`), onRecovery: () => {} };

/** Whether nothing is left to do, now and later. */
async function isOver(): Promise<boolean> {
  const ended = (await readdir(folder)).filter((file) => file.startsWith("scheduled-"));
  if (ended.length < order.schedulers) return false;
  const open = await db.sql
    .selectFrom("runs")
    .select("id")
    .where("status", "in", ["queued", "running"])
    .limit(1)
    .execute();
  return open.length === 0;
}

async function beWorker(): Promise<void> {
  const look = setInterval(() => void isOver().then((over) => over && stop.abort()), 250);
  await work(
    app(() => new Date()),
    {
      parallel: order.parallel,
      loop: true,
      intervalMs: 50,
      graceMs: 60_000,
      stop: stop.signal,
      observer: {
        onStart: () => {},
        onEnd: () => {},
        onSettled: ({ run }) => complain(`run ${run.id} was lost`),
        onStopping: () => {},
        ...trouble,
      },
      execute,
    },
  );
  clearInterval(look);
}

/** Its time passes faster, and never so fast that a due time passes between two looks, or that the others are left behind. */
async function beScheduler(): Promise<void> {
  let at = VIRTUAL_START_MS;
  const own = join(folder, `time-${name}`);
  const others = Array.from({ length: order.schedulers }, (_, index) => join(folder, `time-${index}`));
  const clock = (): Date => {
    const slowest = Math.min(...others.map((file) => Number(readFileSync(file, "utf8") || at)));
    at = Math.min(at + STEP_MS, Math.max(at, slowest + APART_MS));
    writeFileSync(own, `${at}`);
    if (at > order.virtualEndMs) stop.abort();
    return new Date(at);
  };
  const onDue = ({
    schedule,
    dueAt,
    runId,
  }: {
    schedule: { id: number };
    dueAt: Date;
    runId: number | null;
  }) => witness.push(`${schedule.id} ${dueAt.toISOString()} ${runId === null ? "skipped" : "queued"}`);
  await runScheduler(app(clock), {
    loop: true,
    intervalMs: 20,
    stop: stop.signal,
    observer: { onDue, ...trouble },
  });
  writeFileSync(own, `${Number.MAX_SAFE_INTEGER}`);
  await writeFile(join(folder, `scheduled-${name}`), "");
}

if (role === "scheduler") writeFileSync(join(folder, `time-${name}`), `${VIRTUAL_START_MS}`);
process.stdout.write("ready\n");
for await (const _ of process.stdin);
await (role === "worker" ? beWorker() : beScheduler());
await db.close();
process.stdout.write(JSON.stringify({ atOnceMost, witness }));
