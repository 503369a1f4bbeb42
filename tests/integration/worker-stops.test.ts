// How work ends before its time: a worker that is stopped or killed, a run that is cancelled. Nobody is left behind.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { factsOf, Problem } from "../../src/domain/problem.ts";
import { requestCancel } from "../../src/store/run-queue.ts";
import { signalProcess } from "../support/processes.ts";
import { FILE_BYTES, makeWorkSite, stopped, type WorkSite } from "../support/work-site.ts";

let site: WorkSite;
beforeAll(async () => {
  site = await makeWorkSite();
  await site.ok("configure-global", "--max-parallel", "8");
});
afterAll(() => site.dispose());

/** A worker that goes on for ever, in the middle of the transfer of a slow host. */
async function workerOn(host: string, files: number, ...options: string[]) {
  await site.addHost(host, files, "slow");
  const id = await site.queue(host);
  const worker = site.pobsync.start("worker", "--loop", "--interval", "1", ...options);
  await site.untilArrived(host, id, 2);
  return { id, worker };
}

describe("a worker that is told to stop", () => {
  it("lets the current run end, takes no other, and exits with 0", async () => {
    const { id, worker } = await workerOn("short", 5);
    worker.child.kill("SIGTERM");
    await worker.waitForOutput(/Stopping: waiting for 1 run; what is not over in time is queued again\./);
    await site.addHost("late", 1, "fast");
    const late = await site.queue("late");
    const { code, stdout } = await worker.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: "1 run ended, 0 of them failed.\n" });
    expect(await site.run(id)).toMatchObject({ status: "succeeded", cancelRequestedAt: null });
    expect(await site.run(late)).toMatchObject({ status: "queued" });
    expect(await site.runsOf("short")).toHaveLength(1);
    expect(await site.orphans()).toEqual([]);
    await site.ok("cancel", `${late}`);
  });

  it("hands back what takes longer than its grace, and the next one goes on with what had arrived", async () => {
    const { id, worker } = await workerOn("long", 16, "--grace", "0");
    await site.untilArrived("long", id, 4);
    expect(await stopped(worker)).toMatchObject({ code: 0 });
    expect(await site.orphans()).toEqual([]);
    const [handedBack, again, ...others] = await site.runsOf("long");
    expect(others).toEqual([]);
    expect(handedBack).toMatchObject({
      id,
      status: "cancelled",
      problem: { code: "interrupted" },
      snapshot: null,
    });
    expect(again).toMatchObject({ status: "queued", trigger: "retry", retryOf: id, attempt: 1 });
    expect(again?.availableAt).toEqual(handedBack?.finishedAt);
    expect(await site.log("long", id)).toMatch(/Z interrupted: .+\n\S+Z cancelled\n$/);

    await site.ok("configure-host", "long", "--bwlimit", "0");
    await site.ok("worker");
    const finished = await site.run(again?.id ?? 0);
    expect(finished).toMatchObject({ status: "succeeded", attempt: 1 });
    expect(finished.stats?.receivedBytes).toBeGreaterThan(FILE_BYTES);
    expect(finished.stats?.receivedBytes).toBeLessThan(13 * FILE_BYTES);
    expect(await site.snapshots("long")).toMatchObject([{ runId: again?.id, kind: "manual" }]);
    expect(site.onDisk("long", "incomplete")).toEqual([]);
  });

  it("ends with 130 when it would have ended by itself later", async () => {
    await site.addHost("once", 6, "slow");
    const id = await site.queue("once");
    const worker = site.pobsync.start("worker", "--grace", "0");
    await site.untilArrived("once", id, 1);
    expect(await stopped(worker, "SIGINT")).toMatchObject({ code: 130 });
    expect((await site.runsOf("once")).map(({ status }) => status)).toEqual(["cancelled", "queued"]);
    await site.ok("cancel", `${(await site.runsOf("once"))[1]?.id}`);
  });
});

describe("a run that is cancelled", () => {
  it("ends at once while it is queued, and no worker takes it", async () => {
    await site.addHost("mail", 1, "fast");
    const id = await site.queue("mail");
    const { stdout } = await site.ok("cancel", `${id}`);
    expect(stdout).toBe(`Run ${id} of mail is cancelled; it had not begun.\n`);
    expect(await site.run(id)).toMatchObject({
      status: "cancelled",
      problem: { code: "cancelled" },
      startedAt: null,
      finishedAt: expect.any(Date),
    });
    expect((await site.ok("--json", "worker")).json()).toEqual({ ended: 0, failed: 0 });
    expect(await site.runsOf("mail")).toHaveLength(1);
  });

  it("ends within five seconds while it is under way: no retry, nobody left behind, and the worker goes on", async () => {
    const { id, worker } = await workerOn("endless", 40);
    const askedAt = performance.now();
    const { stdout } = await site.ok("cancel", `${id}`);
    expect(stdout).toContain(`Run ${id} of endless is asked to stop`);
    const run = await site.untilRun(id, "cancelled");
    expect(performance.now() - askedAt).toBeLessThan(5000);
    expect(run).toMatchObject({ problem: { code: "cancelled" }, snapshot: null });
    expect(run.cancelRequestedAt).not.toBeNull();
    expect(await site.runsOf("endless")).toHaveLength(1);
    expect(site.onDisk("endless", "snapshots")).toEqual([]);
    expect(await site.log("endless", id)).toMatch(/Z cancelled: .+\n\S+Z cancelled\n$/);
    const next = await site.queue("mail");
    await site.untilRun(next, "succeeded");
    await stopped(worker);
    expect(await site.orphans()).toEqual([]);
  });

  it("is not handed back by a worker that is stopped at the same moment", async () => {
    const { id, worker } = await workerOn("both", 20, "--grace", "0");
    // What the command does, without the time that starting it takes.
    const problem = factsOf(new Problem("cancelled", "It was cancelled."));
    expect(await requestCancel(site.db, id, problem, new Date())).toBe("requested");
    expect(await stopped(worker)).toMatchObject({ code: 0 });
    expect((await site.runsOf("both")).map(({ status }) => status)).toEqual(["cancelled"]);
  });
});

describe("a worker that is killed", () => {
  it("is noticed by the next one at once, which settles its run and queues the retry", async () => {
    const { id, worker } = await workerOn("killed", 30);
    signalProcess(worker.pid, "SIGKILL");
    await worker.ended;
    const lost = await site.run(id);
    expect(lost).toMatchObject({ status: "running", worker: expect.stringContaining(`:${worker.pid}:`) });
    expect((await site.ok("--json", "status")).json().workers).toEqual([]);
    const next = await site.ok("worker");
    expect(next.stderr).toContain(
      `killed: run ${id} of ${lost.worker}, which is gone, is settled: failed.\n`,
    );
    const [settled, retry, ...others] = await site.runsOf("killed");
    expect(others).toEqual([]);
    expect(settled).toMatchObject({ id, status: "failed", problem: { code: "worker_lost" }, snapshot: null });
    expect(retry).toMatchObject({ status: "queued", trigger: "retry", attempt: 2, retryOf: id });
    expect(retry?.availableAt.getTime()).toBe((settled?.finishedAt?.getTime() ?? 0) + 60_000);
    expect(await site.orphans()).toEqual([]);
  });

  it("while its host's folder was damaged keeps no other host from its backup", async () => {
    const { id, worker } = await workerOn("damaged", 30);
    signalProcess(worker.pid, "SIGKILL");
    await worker.ended;
    await site.orphans();
    renameSync(site.pathOf("damaged"), site.pathOf("damaged.away"));
    writeFileSync(site.pathOf("damaged"), "");
    const other = await site.queue("mail");
    // In a process of its own: as long as it lives, nobody else settles what it began to settle.
    const trouble = await site.pobsync.start("worker").ended;
    expect(trouble).toMatchObject({ code: 1, stderr: expect.stringContaining("ENOTDIR") });
    expect((await site.run(other)).status).toBe("succeeded");
    expect((await site.run(id)).status).toBe("running");
    rmSync(site.pathOf("damaged"));
    renameSync(site.pathOf("damaged.away"), site.pathOf("damaged"));
    await site.ok("worker");
    expect(await site.run(id)).toMatchObject({ status: "failed", problem: { code: "worker_lost" } });
  });

  it("leaves a run that somebody had cancelled without a retry", async () => {
    const { id, worker } = await workerOn("doomed", 30);
    signalProcess(worker.pid, "SIGSTOP");
    await site.ok("cancel", `${id}`);
    signalProcess(worker.pid, "SIGKILL");
    await worker.ended;
    await site.ok("worker");
    expect((await site.runsOf("doomed")).map(({ status }) => status)).toEqual(["failed"]);
  });
});
