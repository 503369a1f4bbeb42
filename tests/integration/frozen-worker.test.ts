// A worker that was frozen for longer than its lease, or whose lease ended because a clock jumped: what it had is
// another's, it can finish and publish nothing of it any more, and it goes on working.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listHeldRuns } from "../../src/store/held-runs.ts";
import { type HostUnderTest, makeHostUnderTest } from "../support/host-under-test.ts";
import { type Pobsync, pobsyncIn, type RunningCommand } from "../support/pobsync.ts";
import { freezeTree, isAlive, signalProcess } from "../support/processes.ts";
import { endBackoff, lookInto, queueContradictions } from "../support/queue-contradictions.ts";
import { sqlOf } from "../support/sql.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { type Stage, stageOf } from "../support/victims.ts";
import { waitUntil } from "../support/wait-until.ts";

const WORKER = ["worker", "--loop", "--interval", "1"];

let sshd: TestSshd;
let under: HostUnderTest;
let pobsync: Pobsync;
beforeAll(async () => {
  sshd = await startSshd();
  under = await makeHostUnderTest(sshd, 21);
  pobsync = pobsyncIn(under.site.world, { environment: { POBSYNC_LEASE_SECONDS: "2" } });
});
afterAll(async () => {
  await under.site.world.dispose();
  await sshd.stop();
});

const url = (): string | undefined => under.site.world.environment.POBSYNC_DATABASE_URL;
const snapshots = (): string[] => under.site.onDisk(under.host, "snapshots");
const runOf = async (id: number) => (await under.site.ok("--json", "show-run", `${id}`)).json();
const isHeld = (id: number): Promise<boolean> =>
  lookInto(url(), async (db) => (await listHeldRuns(db)).some(({ runId }) => runId === id));
const queue = async (): Promise<number> =>
  (await under.site.ok("--json", "backup", under.host, "--queue")).json().run.id;

const canBeWritten = (): boolean => sqlOf(under.site.world).isFree();

/** What has to be removed before a snapshot is recorded makes that moment long enough to hit. */
function plantLeftover(): void {
  const leftover = under.site.pathOf(under.host, "incomplete", "0");
  mkdirSync(join(leftover, "data"), { recursive: true });
  writeFileSync(join(leftover, "boot"), readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim());
  for (let n = 0; n < 8000; n++) writeFileSync(join(leftover, "data", `${n}`), "");
}

/** Freezes a worker and all it started when its run is that far. Begins anew with another run when that was missed. */
async function freezeAt(worker: RunningCommand, stage: Stage): Promise<{ id: number; frozen: number[] }> {
  for (let tries = 0; tries < 20; tries++) {
    await under.change();
    const known = snapshots();
    if (stage === "published") plantLeftover();
    const id = await queue();
    const reached = (): boolean => snapshots().length > known.length || stageOf(under, known) === stage;
    await waitUntil(reached, { what: `it to be ${stage}`, everyMs: 1 });
    const frozen = freezeTree(worker.pid);
    if (stageOf(under, known) === stage && (await isHeld(id)) && canBeWritten()) return { id, frozen };
    for (const pid of frozen) signalProcess(pid, "SIGCONT");
    await waitUntil(async () => (await runOf(id)).status === "succeeded", { what: "it to go on" });
    expect(await under.history.differences()).toEqual([]);
  }
  throw new Error(`no worker could be frozen while ${stage}`);
}

/** Lets workers do all that is queued, also what would wait for its backoff. */
async function untilAllIsDone(what: string): Promise<void> {
  const isDone = (): Promise<boolean> =>
    lookInto(url(), async (db) => (await endBackoff(db)) + (await listHeldRuns(db)).length === 0);
  await waitUntil(isDone, { what, deadlineMs: 30_000 });
}

async function end(worker: RunningCommand): Promise<void> {
  signalProcess(worker.pid, "SIGTERM");
  expect((await worker.ended).code, worker.output()).toBe(0);
}

async function expectAllIsWell(): Promise<void> {
  expect(await under.history.differences()).toEqual([]);
  expect(await under.history.contradictions()).toEqual([]);
  expect(await lookInto(url(), queueContradictions)).toEqual([]);
}

describe("a worker that was frozen for longer than its lease", () => {
  it.each([
    ["transferring", "failed", "worker_lost"],
    ["flushing", "failed", "worker_lost"],
    ["published", "succeeded", undefined],
  ] as const)(
    "while %s finds its run %s by another one, adds nothing to it, and works on",
    async (...given) => {
      const [stage, status, code] = given;
      const worker = pobsync.start(...WORKER);
      const { id, frozen } = await freezeAt(worker, stage);
      const before = snapshots().length - (stage === "published" ? 1 : 0);
      const other = pobsync.start(...WORKER);
      await waitUntil(async () => (await runOf(id)).status === status, {
        what: "the other one to settle it",
      });
      expect(isAlive(worker.pid)).toBe(true);
      // What was planted, wherever the frozen worker had got to in removing it.
      for (const name of ["0", "0.doomed"])
        rmSync(under.site.pathOf(under.host, "incomplete", name), { recursive: true, force: true });
      await untilAllIsDone("the other one's attempt");
      await expectAllIsWell();
      const settled = await runOf(id);
      expect(settled.problem?.code).toBe(code);
      expect(snapshots()).toHaveLength(before + 1);
      await end(other);

      for (const pid of frozen) signalProcess(pid, "SIGCONT");
      await worker.waitForOutput(/taken over by another process|is not this process's any more/);
      await expectAllIsWell();
      expect(await runOf(id)).toEqual(settled);
      expect(snapshots()).toHaveLength(before + 1);

      await under.change();
      const next = await queue();
      await untilAllIsDone("the one that was frozen to work on");
      expect(await runOf(next)).toMatchObject({ status: "succeeded", worker: settled.worker });
      await end(worker);
      await expectAllIsWell();
    },
  );
});

describe("a worker whose lease has ended because the clock of the database was set forward", () => {
  it.each(["transferring", "flushing"] as const)(
    "while %s publishes nothing, and tries again",
    async (stage) => {
      const worker = pobsync.start(...WORKER);
      // Frozen for as long as the statement takes: flushing may be over sooner.
      const { id, frozen } = await freezeAt(worker, stage);
      const known = snapshots();
      const sql = sqlOf(under.site.world);
      sql.change(`update run_leases set expires_at = ${sql.literal("2001-01-01T00:00:00.000Z")}`);
      for (const pid of frozen) signalProcess(pid, "SIGCONT");
      await waitUntil(async () => (await runOf(id)).status === "failed", { what: "it to be settled" });
      expect(snapshots()).toEqual(known);
      await untilAllIsDone("the next attempt");
      expect((await runOf(id)).problem.code).toBe("worker_lost");
      await worker.waitForOutput(/taken over by another process|is not this process's any more/);
      expect(snapshots()).toHaveLength(known.length + 1);
      await end(worker);
      await expectAllIsWell();
    },
  );
});
