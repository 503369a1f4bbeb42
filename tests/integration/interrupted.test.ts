// A backup that is stopped ends tidily; one that dies after its snapshot got its name is taken up by the next.
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostUnderTest, makeHostUnderTest } from "../support/host-under-test.ts";
import { orphans } from "../support/kill-rounds.ts";
import type { RunningCommand } from "../support/pobsync.ts";
import { signalProcess } from "../support/processes.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { findVictim, hasEnded, type Stage, stageOf } from "../support/victims.ts";
import { waitUntil } from "../support/wait-until.ts";

let sshd: TestSshd;
let under: HostUnderTest;
beforeAll(async () => {
  sshd = await startSshd();
  under = await makeHostUnderTest(sshd, 5);
});
afterAll(async () => {
  await under.site.world.dispose();
  await sshd.stop();
});

async function backupThatIs(stage: Stage): Promise<RunningCommand> {
  await under.change();
  const known = under.site.onDisk(under.host, "snapshots");
  const backup = under.site.pobsync.start("--json", "backup", under.host);
  const isThere = (): boolean => hasEnded(backup) || stageOf(under, known) === stage;
  await waitUntil(isThere, { what: `a backup to be ${stage}`, everyMs: 1 });
  return backup;
}

/** What must be true after every stop: nothing published, nobody left, and a next backup that works. */
async function expectTidy(backup: RunningCommand): Promise<void> {
  expect(await orphans(under, backup)).toEqual([]);
  expect(under.history.brokenOnes()).toEqual([]);
  await under.site.backUp(under.host);
  expect(await under.history.differences()).toEqual([]);
  expect(await under.history.contradictions()).toEqual([]);
}

describe("a backup that is told to stop", () => {
  it.each([
    ["SIGINT", "transferring"],
    ["SIGTERM", "transferring"],
    ["SIGINT", "started"],
    ["SIGTERM", "flushing"],
  ] as const)(
    "by %s while it is %s exits with 130 and a cancelled run, and keeps what it got",
    async (...how) => {
      const [signal, stage] = how;
      const snapshots = under.site.onDisk(under.host, "snapshots");
      const backup = await backupThatIs(stage);
      // Not before it listens for signals, which is when its run is on record.
      const isOnRecord = async (): Promise<boolean> => (await under.site.runs())[0]?.status === "running";
      if (stage === "started") await waitUntil(isOnRecord, { what: "its run", everyMs: 5 });
      backup.child.kill(signal);
      const result = await backup.ended;
      expect(result.code).toBe(130);
      const { run, snapshot } = result.json();
      expect(run).toMatchObject({
        status: "cancelled",
        problem: { code: "interrupted", message: `Interrupted by ${signal}.` },
        snapshot: null,
      });
      expect(snapshot).toBeNull();
      expect((await under.site.runs())[0]).toEqual({ ...run, waiting: null });
      expect(under.site.onDisk(under.host, "snapshots")).toEqual(snapshots);
      if (stage !== "started") expect(under.site.onDisk(under.host, "incomplete")).toEqual([`${run.id}`]);
      await expectTidy(backup);
    },
  );

  it("ends those, too, that do not listen", async () => {
    const backup = await backupThatIs("transferring");
    const receiver = await waitUntil(() => findVictim(backup, sshd, "receiver"), { what: "the receiver" });
    signalProcess(receiver, "SIGSTOP");
    backup.child.kill("SIGINT");
    expect((await backup.ended).code).toBe(130);
    await expectTidy(backup);
  });

  it("ends at once when it is told twice, and its run is settled by the next backup", async () => {
    const backup = await backupThatIs("transferring");
    // Frozen, rsync cannot end politely.
    const receiver = await waitUntil(() => findVictim(backup, sshd, "receiver"), { what: "the receiver" });
    for (const pid of [receiver, findVictim(backup, sshd, "rsync") ?? 0]) signalProcess(pid, "SIGSTOP");
    const askedAt = performance.now();
    backup.child.kill("SIGINT");
    backup.child.kill("SIGTERM");
    expect((await backup.ended).code).toBe(130);
    // Told once, it would give rsync three seconds.
    expect(performance.now() - askedAt).toBeLessThan(2500);
    await expectTidy(backup);
    expect((await under.site.runs())[1]).toMatchObject({ status: expect.stringMatching(/failed|cancelled/) });
  });
});

describe("a backup that dies", () => {
  it("after its snapshot got its name and before that was recorded is adopted by the next one", async () => {
    const { site, host, history } = under;
    // What has to be removed between the two makes the time between them long enough to hit.
    const leftover = site.pathOf(host, "incomplete", "0");
    mkdirSync(join(leftover, "data"), { recursive: true });
    writeFileSync(join(leftover, "boot"), readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim());
    for (let n = 0; n < 8000; n++) writeFileSync(join(leftover, "data", `${n}`), "");
    const known = site.onDisk(host, "snapshots");
    const backup = await backupThatIs("published");
    signalProcess(backup.pid, "SIGKILL");
    expect((await backup.ended).signal).toBe("SIGKILL");
    const [adopted] = site.onDisk(host, "snapshots").filter((name) => !known.includes(name));
    expect(adopted).toBeDefined();
    const [lost] = await site.runs();
    expect(lost).toMatchObject({ status: "running", snapshot: adopted, finishedAt: null });
    expect((await site.snapshots(host)).map(({ name }) => name)).not.toContain(adopted);
    expect(history.brokenOnes()).toEqual([]);

    const { run, snapshot } = await site.backUp(host);
    expect(run).toMatchObject({ base: adopted, stats: { newFiles: 0 } });
    expect(await history.differences()).toEqual([]);
    expect(await history.contradictions()).toEqual([]);
    expect((await site.runs())[1]).toMatchObject({
      id: lost?.id,
      status: "succeeded",
      problem: null,
      stats: { newFiles: expect.any(Number) },
    });
    expect((await site.snapshots(host))[1]).toMatchObject({
      name: adopted,
      runId: lost?.id,
      base: known.at(-1),
      state: "complete",
      status: "succeeded",
    });
    expect(readlinkSync(site.pathOf(host, "latest"))).toBe(`snapshots/${snapshot.name}`);
  });

  it("before its snapshot got its name is a failed run with the problem worker_lost, and none of it is published", async () => {
    const { site, host } = under;
    const known = site.onDisk(host, "snapshots");
    const backup = await backupThatIs("flushing");
    signalProcess(backup.pid, "SIGKILL");
    await backup.ended;
    expect(site.onDisk(host, "snapshots")).toEqual(known);
    await expectTidy(backup);
    expect((await site.runs())[1]).toMatchObject({
      status: "failed",
      snapshot: null,
      problem: { code: "worker_lost" },
    });
  });
});
