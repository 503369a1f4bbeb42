// Several people or schedulers start backups at the same time: one works on a host, the others are told who does.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import type { RunningCommand } from "../support/pobsync.ts";
import { randomBytes, seededRandom } from "../support/random.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: BackupSite;
let sshd: TestSshd;
let source = "";
beforeAll(async () => {
  [site, sshd] = await Promise.all([makeSite(), startSshd()]);
  source = join(site.world.hostDir, "source");
  mkdirSync(source);
  for (const n of [1, 2, 3, 4]) writeFileSync(join(source, `${n}`), randomBytes(seededRandom(n), 1_500_000));
});
afterAll(async () => {
  await site.world.dispose();
  await sshd.stop();
});

const start = (host: string): RunningCommand => site.pobsync.start("--json", "backup", host);
const runsOf = async (host: string) => (await site.runs()).filter((run) => run.host === host);

describe("two backups of one host at the same time", () => {
  it("are one backup, and a refusal that names the run and its worker and leaves nothing behind", async () => {
    await site.configureHost("busy", sshd, "--source", source, "--bwlimit", "4M");
    const first = start("busy");
    const [running] = await waitUntil(
      async () => {
        const runs = await runsOf("busy");
        return runs[0]?.status === "running" && runs;
      },
      { what: "the first to run" },
    );
    const second = await start("busy").ended;
    expect(second.code).toBe(4);
    const { problem } = second.json();
    expect(problem.code).toBe("host_busy");
    expect(problem.message).toContain(`run ${running?.id}`);
    expect(problem.message).toContain(`${running?.worker}`);
    expect(running?.worker).toContain(`:${first.pid}:`);
    expect(second.stderr).toContain(problem.message);
    expect(await runsOf("busy")).toHaveLength(1);

    const { code, json } = await first.ended;
    expect(code).toBe(0);
    expect(json().run).toMatchObject({ id: running?.id, status: "succeeded" });
    expect(await runsOf("busy")).toHaveLength(1);
    expect(site.onDisk("busy", "incomplete")).toEqual([]);
    await site.backUp("busy");
  });

  it("six at once are one as well", async () => {
    await site.configureHost("crowded", null, "--source", source, "--bwlimit", "2M");
    const results = await Promise.all(Array.from({ length: 6 }, () => start("crowded").ended));
    expect(results.map(({ code }) => code).sort()).toEqual([0, 4, 4, 4, 4, 4]);
    const done = results.find(({ code }) => code === 0)?.json();
    const refusals = results.filter(({ code }) => code === 4).map((result) => result.json().problem);
    for (const { code, message } of refusals) {
      expect(code).toBe("host_busy");
      expect(message).toContain(`run ${done.run.id} by ${done.run.worker}`);
    }
    expect((await runsOf("crowded")).map(({ id }) => id)).toEqual([done.run.id]);
    expect(readdirSync(site.pathOf("crowded", "snapshots"))).toEqual([done.snapshot.name]);
  });
});

describe("backups of different hosts", () => {
  it("run at the same time", async () => {
    const hosts = ["one", "two", "three"];
    for (const host of hosts)
      await site.configureHost(host, host === "one" ? sshd : null, "--source", source, "--bwlimit", "4M");
    const started = hosts.map(start);
    await waitUntil(
      async () =>
        (await site.runs()).filter(({ status, phase }) => status === "running" && phase).length === 3,
      { what: "three backups to run" },
    );
    for (const { ended } of started) expect(await ended).toMatchObject({ code: 0 });
    for (const host of hosts) expect(await runsOf(host)).toMatchObject([{ status: "succeeded" }]);
  });
});
