// Rounds of killing workers: one dies with a run in its hands, another one settles it and makes the next attempt.
import { setTimeout as pause } from "node:timers/promises";
import { listHeldRuns } from "../../src/store/held-runs.ts";
import type { HostUnderTest } from "./host-under-test.ts";
import { type KillRound, orphans } from "./kill-rounds.ts";
import type { RunningCommand } from "./pobsync.ts";
import { signalProcess } from "./processes.ts";
import { endBackoff, lookInto, queueContradictions } from "./queue-contradictions.ts";
import { below, pick } from "./random.ts";
import { hasEnded, type Stage, stageOf, stages } from "./victims.ts";
import { waitUntil } from "./wait-until.ts";

/** Within how many milliseconds of reaching a stage the worker is killed. */
const PATIENCE: Record<Stage, number> = { started: 400, transferring: 350, flushing: 25, published: 6 };
/** The shortest stages are the ones that matter most. */
const MOMENTS: readonly Stage[] = [...stages, "flushing", "published"];
const WORKER = ["worker", "--loop", "--interval", "1"];

/**
 * Changes the source, queues a backup, kills the worker that has it (SIGKILL) at a random moment, and lets another one
 * bring everything to its end.
 * @param survivor whether that one was there all the time; otherwise it comes later
 */
export async function workerKillRound(under: HostUnderTest, survivor: boolean): Promise<KillRound> {
  const { site, host, history, random } = under;
  await under.change();
  const known = site.onDisk(host, "snapshots");
  const { run } = (await site.ok("--json", "backup", host, "--queue")).json();
  const victim = site.pobsync.start(...WORKER);
  await waitUntil(() => owns(under, run.id), { what: "the worker to claim", everyMs: 5 });
  const other = survivor ? site.pobsync.start(...WORKER) : null;
  const stage = pick(random, MOMENTS) ?? "started";
  const hasReached = (): boolean => stages.indexOf(stageOf(under, known)) >= stages.indexOf(stage);
  await waitUntil(hasReached, { what: `a backup to be ${stage}`, everyMs: 1, deadlineMs: 30_000 });
  const patience = below(random, PATIENCE[stage]);
  await pause(patience);
  // Stopped for a moment, so that it can be said what it died of.
  signalProcess(victim.pid, "SIGSTOP");
  const killedWhile = (await owns(under, run.id)) ? stageOf(under, known) : null;
  signalProcess(victim.pid, "SIGKILL");
  await victim.ended;

  const violations = [
    ...(await orphans(under, victim)),
    ...history.brokenOnes(),
    ...(other === null ? await laterWorker(under) : await presentWorker(under, other)),
    ...(await whatIsWrong(under)),
    ...(await history.differences()),
    ...(await history.contradictions()),
  ];
  const added = site.onDisk(host, "snapshots").length - known.length;
  if (added !== 1) violations.push(`one backup was asked for, ${added} were made`);
  const what = `killed ${patience} ms after it was ${stage}, while ${killedWhile}`;
  return { killedWhile, violations: violations.map((line) => `${what}: ${line}`) };
}

const databaseOf = ({ site }: HostUnderTest): string | undefined =>
  site.world.environment.POBSYNC_DATABASE_URL;

const owns = (under: HostUnderTest, id: number): Promise<boolean> =>
  lookInto(databaseOf(under), async (db) => (await listHeldRuns(db)).some(({ runId }) => runId === id));

const whatIsWrong = (under: HostUnderTest): Promise<string[]> =>
  lookInto(databaseOf(under), queueContradictions);

/** Lets a worker come that settles what is lost, and one that makes the attempts that follow. */
async function laterWorker(under: HostUnderTest): Promise<string[]> {
  const said = [];
  do {
    const { code, stderr } = await under.site.pobsync.run("worker");
    if (code !== 0) said.push(`the next worker ended with ${code}: ${stderr}`);
  } while (said.length === 0 && (await lookInto(databaseOf(under), endBackoff)) > 0);
  return said;
}

/** Waits until the one that was there all the time has settled and done everything, and ends it in good order. */
async function presentWorker(under: HostUnderTest, other: RunningCommand): Promise<string[]> {
  const isDone = (): Promise<boolean> =>
    lookInto(databaseOf(under), async (db) => (await listHeldRuns(db)).length + (await endBackoff(db)) === 0);
  await waitUntil(() => hasEnded(other) || isDone(), {
    what: `everything to be settled; the other worker said: ${other.output()}`,
    deadlineMs: 30_000,
  });
  signalProcess(other.pid, "SIGTERM");
  const { code, stderr } = await other.ended;
  return code === 0 ? [] : [`the other worker ended with ${code}: ${stderr}`];
}
