// A worker that was frozen for longer than its lease, where nobody can see that it lives (another container, another
// server), must not harm the one that took its host over: neither its snapshot nor its work.
import {
  type BigIntStats,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostUnderTest, makeHostUnderTest } from "../support/host-under-test.ts";
import type { RunningCommand } from "../support/pobsync.ts";
import { freezeTree, signalProcess } from "../support/processes.ts";
import { randomBytes } from "../support/random.ts";
import { sqlOf } from "../support/sql.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { type Stage, stageOf } from "../support/victims.ts";
import { waitUntil } from "../support/wait-until.ts";

let sshd: TestSshd;
let under: HostUnderTest;
beforeAll(async () => {
  sshd = await startSshd();
  under = await makeHostUnderTest(sshd, 8);
});
afterAll(async () => {
  await under.site.world.dispose();
  await sshd.stop();
});

const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();

const thaw = (frozen: number[]): void => {
  for (const pid of frozen) signalProcess(pid, "SIGCONT");
};

/** Null when it was frozen in the middle of a write to the database, where it would stand in everybody's way. */
function freezeWithoutLock(pid: number): number[] | null {
  const frozen = freezeTree(pid);
  const sql = sqlOf(under.site.world);
  if (!sql.isFree()) {
    thaw(frozen);
    return null;
  }
  // Same kernel, another container, and a lease that is long over.
  const [identity, past] = [sql.literal(`${boot} pid:[1] 7 7`), sql.literal("2001-01-01T00:00:00.000Z")];
  sql.change(`update run_leases set process_identity = ${identity}, expires_at = ${past}`);
  return frozen;
}

/** Starts a backup, freezes it with all that it started when it is that far, and ends its lease. */
async function frozenBackup(isThere: () => boolean): Promise<{ backup: RunningCommand; frozen: number[] }> {
  await under.change();
  // What has to be removed before a snapshot is recorded makes that moment long enough to hit.
  const leftover = under.site.pathOf(under.host, "incomplete", "0");
  mkdirSync(join(leftover, "data"), { recursive: true });
  writeFileSync(join(leftover, "boot"), boot);
  for (let n = 0; n < 8000; n++) writeFileSync(join(leftover, "data", `${n}`), "");
  const backup = under.site.pobsync.start("backup", under.host);
  await waitUntil(isThere, { what: "the moment to freeze", everyMs: 1 });
  const frozen = await waitUntil(() => freezeWithoutLock(backup.pid), {
    what: "it to write nothing",
    everyMs: 1,
  });
  return { backup, frozen };
}

async function expectAllIsWell(): Promise<void> {
  expect(await under.history.differences()).toEqual([]);
  expect(await under.history.contradictions()).toEqual([]);
}

const reached = (known: readonly string[], stage: Stage) => (): boolean => stageOf(under, known) === stage;

/** On a busy machine the moment may be over before it is held; then another one tidies up, and it is tried again. */
async function frozenAt(stage: Stage): ReturnType<typeof frozenBackup> {
  for (;;) {
    const known = under.site.onDisk(under.host, "snapshots");
    const found = await frozenBackup(reached(known, stage));
    expect(await under.history.differences()).toEqual([]);
    if (stageOf(under, known) === stage) return found;
    thaw(found.frozen);
    await found.backup.ended;
    await under.site.backUp(under.host);
    await expectAllIsWell();
  }
}

/** The slow file while it is written, in the newest attempt that has one; undefined when there is none. */
function slowFile(): BigIntStats | undefined {
  const { site, host, source } = under;
  const found = site.onDisk(host, "incomplete").flatMap((run) => {
    const folder = site.pathOf(host, "incomplete", run, "received/tree", source);
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(".slow.")) : [];
    return names.map((name) => statSync(join(folder, name), { bigint: true, throwIfNoEntry: false }));
  });
  return found.at(-1);
}

describe("a backup that wakes up after another process has taken its host over", () => {
  it("in the middle of a transfer does not write into what the other one made", async () => {
    // Remembered when it is seen, because it may be whole, and have its own name, before everything is frozen.
    let writtenTo: bigint | undefined;
    const { backup, frozen } = await frozenBackup(() => {
      const seen = slowFile();
      if (seen !== undefined && seen.size > 2_000_000n) writtenTo = seen.ino;
      return writtenTo !== undefined;
    });
    writeFileSync(join(under.source, "slow"), randomBytes(under.random, 5_000_000));
    const { snapshot } = await under.site.backUp(under.host);
    expect(statSync(join(snapshot.dataPath, under.source, "slow"), { bigint: true }).ino).not.toBe(writtenTo);
    await expectAllIsWell();
    thaw(frozen);
    expect((await backup.ended).code).toBe(1);
    await runTool("sync", ["-f", under.site.world.backupRoot]);
    await expectAllIsWell();
  });

  it.each(["flushing", "published"] as const)(
    "when it was %s leaves the other one's work alone",
    async (stage) => {
      const { backup, frozen } = await frozenAt(stage);
      await under.change();
      const second = under.site.pobsync.start("backup", under.host);
      const isWriting = (): boolean => slowFile() !== undefined;
      await waitUntil(isWriting, { what: "the other one to write", everyMs: 1 });
      thaw(frozen);
      const [first, { code, stderr }] = await Promise.all([backup.ended, second.ended]);
      expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
      expect(first.code).toBe(1);
      await expectAllIsWell();
    },
  );
});
