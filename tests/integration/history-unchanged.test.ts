// A finished snapshot never changes, whatever changes on the host and whatever dies while the next one is made.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeAndBackUp, type HostUnderTest, makeHostUnderTest } from "../support/host-under-test.ts";
import { signalProcess } from "../support/processes.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { findVictim, type Victim } from "../support/victims.ts";
import { waitUntil } from "../support/wait-until.ts";

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 2);
const VICTIMS: Record<string, Victim[]> = {
  ssh: ["pobsync", "rsync", "ssh client"],
  local: ["pobsync", "receiver"],
};

describe.each(["ssh", "local"])("by %s, every older snapshot stays as it was", (transport) => {
  let under: HostUnderTest;

  beforeAll(async () => {
    under = await makeHostUnderTest(transport === "ssh" ? sshd : null, 11);
  });
  afterAll(() => under.site.world.dispose());

  it("after a backup of a tree in which everything may have changed, and the new one is that tree", async () => {
    for (let round = 0; round < ROUNDS; round++) expect(await changeAndBackUp(under)).toEqual([]);
  });

  it.each(VICTIMS[transport] ?? [])("when %s is killed in the middle of a transfer", async (victim) => {
    const { site, host, source, history } = under;
    await under.change();
    const backup = site.pobsync.start("backup", host);
    await waitUntil(() => halfSent(site.pathOf(host, "incomplete"), source), {
      what: "half a file",
      everyMs: 2,
    });
    const pid = findVictim(backup, sshd, victim);
    expect(pid).not.toBeNull();
    signalProcess(pid ?? 0, "SIGKILL");
    expect((await backup.ended).code).not.toBe(0);
    expect(await history.differences()).toEqual([]);
    expect(await changeAndBackUp(under)).toEqual([]);
  });
});

/** Whether rsync is writing the slow file of the source in some attempt: `.slow.AbCdEf`. */
function halfSent(incomplete: string, source: string): boolean {
  if (!existsSync(incomplete)) return false;
  return readdirSync(incomplete).some((run) => {
    // In a sandbox, and without one.
    const folders = ["received/tree", "data"].map((tree) => join(incomplete, run, tree, source));
    return folders.some(
      (folder) => existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(".slow.")),
    );
  });
}
