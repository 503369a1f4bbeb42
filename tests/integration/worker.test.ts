// A worker: what is queued becomes snapshots, as many at once as is allowed, and each run leaves its log.
import { existsSync, renameSync, utimesSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSnapshotName } from "../../src/domain/snapshot.ts";
import { closedPort } from "../support/ports.ts";
import { waitUntil } from "../support/wait-until.ts";
import { makeWorkSite, mostAtOnce, stopped, type WorkSite } from "../support/work-site.ts";

const DAY_MS = 86_400_000;

let site: WorkSite;
beforeAll(async () => {
  site = await makeWorkSite();
});
afterAll(() => site.dispose());

const work = async (...options: string[]) => (await site.ok("--json", "worker", ...options)).json();
const kindOf = (snapshot: string | null) => parseSnapshotName(snapshot ?? "")?.kind;

describe("a worker", () => {
  it("makes a snapshot of what a person queued, and both are on record", async () => {
    await site.addHost("laptop", 3, "fast");
    const queued = await site.ok("backup", "laptop", "--queue");
    const [run] = await site.runsOf("laptop");
    expect(queued.stdout).toBe(
      `Run ${run?.id} of laptop is queued. No worker is running at the moment; start one: pobsync up\n`,
    );
    expect(run).toMatchObject({ trigger: "manual", status: "queued", options: { retry: true } });
    const { stdout, stderr } = await site.ok("worker");
    expect(stdout).toBe("1 run ended, 0 of them failed.\n");
    expect(stderr).toContain(`laptop: run ${run?.id} begins (backup, manual).\n`);
    expect(stderr).toContain(`laptop: run ${run?.id} ✓ succeeded in `);
    const [snapshot] = await site.snapshots("laptop");
    expect(snapshot).toMatchObject({ kind: "manual", runId: run?.id, state: "complete" });
    expect(kindOf(snapshot?.name ?? null)).toBe("manual");
    expect((await site.runs())[0]).toMatchObject({
      id: run?.id,
      status: "succeeded",
      snapshot: snapshot?.name,
    });
  });

  it("has nothing to do when nothing is queued, and ends", async () => {
    expect(await work()).toEqual({ ended: 0, failed: 0 });
    expect((await site.ok("worker")).stdout).toBe("Nothing was waiting.\n");
  });

  it("makes a scheduled snapshot of what was due, also when that needs a second attempt", async () => {
    const source = await site.addHost("nas", 1, "fast");
    await site.ok("schedule", "nas", "--cron", "0 0 1 1 *");
    await site.makeDue("nas", new Date(Date.now() - 60_000));
    expect((await site.ok("--json", "scheduler")).json()).toEqual({ queued: 1 });
    renameSync(source, `${source}.away`);
    expect(await work()).toEqual({ ended: 1, failed: 1 });
    const [first] = await site.runsOf("nas");
    expect(first).toMatchObject({
      trigger: "scheduled",
      status: "failed",
      problem: { code: "source_missing" },
    });
    renameSync(`${source}.away`, source);
    await site.ok("retry", `${first?.id}`);
    expect(await work()).toEqual({ ended: 1, failed: 0 });
    const [, second, ...others] = await site.runsOf("nas");
    expect(others).toEqual([]);
    expect(second).toMatchObject({ trigger: "retry", retryOf: first?.id, attempt: 2, status: "succeeded" });
    expect(kindOf(second?.snapshot ?? null)).toBe("scheduled");
    expect(await site.snapshots("nas")).toMatchObject([{ kind: "scheduled", runId: second?.id }]);
  });

  it("does not wait for the backoff of a retry, unless it is told to go on for ever", async () => {
    const { address, port } = await closedPort();
    await site.ok("configure-host", "away", "--address", address, "--port", `${port}`, "--source", "/etc");
    await site.queue("away");
    const begun = performance.now();
    expect(await work()).toEqual({ ended: 1, failed: 1 });
    expect(performance.now() - begun).toBeLessThan(30_000);
    expect((await site.runsOf("away")).map(({ status }) => status)).toEqual(["failed", "queued"]);
    await site.ok("configure-host", "away", "--disable");
  });

  it("that goes on for ever takes what is queued later, hosts side by side, and says that it lives", async () => {
    for (const host of ["one", "two", "three"]) await site.addHost(host, 4, "slow");
    const loop = site.pobsync.start("worker", "--loop", "--interval", "1", "--parallel", "2");
    await waitUntil(async () => (await site.ok("--json", "status")).json().workers.length === 1, {
      what: "the worker to be seen",
    });
    const [worker] = (await site.ok("--json", "status")).json().workers;
    expect(worker).toMatchObject({
      role: "worker",
      parallel: 2,
      id: expect.stringContaining(`:${loop.pid}:`),
    });
    const ids = [await site.queue("one"), await site.queue("two")];
    const told = await site.ok("backup", "three", "--queue");
    expect(told.stdout).toMatch(/Watch it: pobsync show-run \d+ --follow\n$/);
    const [third] = await site.runsOf("three");
    for (const id of [...ids, third?.id ?? 0]) await site.untilRun(id, "succeeded");
    const runs = await Promise.all([...ids, third?.id ?? 0].map(site.run));
    expect(mostAtOnce(runs)).toBe(2);
    expect(await stopped(loop)).toMatchObject({ code: 0 });
    expect((await site.ok("--json", "status")).json().workers).toEqual([]);
  });

  it("keeps to what the site allows, together with all other workers", async () => {
    const hosts = ["a", "b", "c", "d", "e"];
    for (const host of hosts) await site.addHost(host, 3, "slow");
    await site.ok("configure-global", "--max-parallel", "2");
    const ids: number[] = [];
    for (const host of hosts) ids.push(await site.queue(host));
    const loops = [1, 2].map(() =>
      site.pobsync.start("worker", "--loop", "--interval", "1", "--parallel", "3"),
    );
    for (const id of ids) await site.untilRun(id, "succeeded");
    for (const loop of loops) expect(await stopped(loop)).toMatchObject({ code: 0 });
    const runs = await Promise.all(ids.map(site.run));
    expect(mostAtOnce(runs)).toBe(2);
  });
});

describe("the log of a run", () => {
  it("lies with the host's others, and holds the phases and how the run ended", async () => {
    const [run] = await site.runsOf("laptop");
    const log = await site.log("laptop", run?.id ?? 0);
    const lines = (log ?? "").split("\n");
    expect(lines[0]).toMatch(new RegExp(`^\\S+Z run ${run?.id}: backup of laptop, manual`));
    for (const phase of ["probing", "transferring", "flushing"])
      expect(lines.filter((line) => line.endsWith(`Z ${phase}`))).toHaveLength(1);
    expect((await site.ok("show-run", `${run?.id}`)).stdout).toContain(
      `zless ${site.pathOf("laptop", "logs", `${run?.id}.log.gz`)}`,
    );
  });

  it("that failed names the problem", async () => {
    const [failed] = await site.runsOf("nas");
    expect(await site.log("nas", failed?.id ?? 0)).toMatch(/Z source_missing: .+\n\S+Z failed\n$/);
    const [unreachable] = await site.runsOf("away");
    expect(await site.log("away", unreachable?.id ?? 0)).toMatch(/Z connection_refused: .+\n\S+Z failed\n$/);
  });

  it("goes when it is older than the site keeps logs, once a worker runs; the snapshot's own stays", async () => {
    await site.ok("configure-global", "--log-keep", "7d");
    const [old] = await site.runsOf("laptop");
    const { run: recent } = await site.backUp("laptop");
    const file = (id = 0) => site.pathOf("laptop", "logs", `${id}.log.gz`);
    const snapshotLog = site.pathOf("laptop", "snapshots", old?.snapshot ?? "", "rsync.log.gz");
    const aged = (days: number) => new Date(Date.now() - days * DAY_MS);
    utimesSync(file(old?.id), aged(8), aged(8));
    utimesSync(file(recent.id), aged(6), aged(6));
    await work();
    expect([existsSync(file(old?.id)), existsSync(file(recent.id))]).toEqual([false, true]);
    expect(existsSync(snapshotLog)).toBe(true);
    expect((await site.ok("show-run", `${old?.id}`)).stdout).toContain(`zless ${snapshotLog}`);
  });
});

describe("old runs", () => {
  it("are forgotten when somebody says so twice, and their snapshots stay", async () => {
    const snapshots = (await site.snapshots("laptop")).map(({ name }) => name);
    const [oldest, newest] = await site.runsOf("laptop");
    const longAgo = new Date(Date.now() - 400 * DAY_MS);
    await site.db.sql
      .updateTable("runs")
      .set({ finishedAt: longAgo })
      .where("id", "in", [oldest?.id ?? 0, newest?.id ?? 0])
      .execute();
    const asked = await site.pobsync.run("forget-runs", "--older-than", "1y");
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain("ended before");
    expect(await site.runsOf("laptop")).toHaveLength(2);
    const done = await site.ok("--json", "forget-runs", "--older-than", "1y", "--yes");
    expect(done.json()).toEqual({ forgotten: 1 });
    expect((await site.runsOf("laptop")).map(({ id }) => id)).toEqual([newest?.id]);
    expect((await site.snapshots("laptop")).map(({ name }) => name)).toEqual(snapshots);
    expect(site.onDisk("laptop", "snapshots")).toEqual([...snapshots].sort());
  });
});
