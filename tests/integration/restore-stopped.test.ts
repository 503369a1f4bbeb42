// Restores that are stopped or die: what was restored stays, and the snapshot is held for as long as it is read.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunningCommand } from "../support/pobsync.ts";
import { restore } from "../support/restoring.ts";
import { waitUntil } from "../support/wait-until.ts";
import { FILE_BYTES, makeWorkSite, type WorkSite } from "../support/work-site.ts";

const FILES = 40;

let site: WorkSite;
let source = "";
let oldest = "";
let newest = "";
beforeEach(async () => {
  site = await makeWorkSite();
  source = await site.addHost("web", FILES, "fast");
  oldest = (await site.backUp("web")).snapshot.name;
  writeFileSync(join(source, "later"), "");
  newest = (await site.backUp("web")).snapshot.name;
  // From now on a transfer to it takes ten seconds.
  await site.ok("configure-host", "web", "--bwlimit", "1M", "--keep-last", "1");
});
afterEach(async () => {
  expect(await site.orphans()).toEqual([]);
  await site.dispose();
});

const target = (): string => join(site.world.dir, "target");
const arrived = (): string[] => {
  const folder = join(target(), "web");
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
};
const untilArrived = (files: number) =>
  waitUntil(() => arrived().length >= files, { what: `${files} files`, everyMs: 5, deadlineMs: 20_000 });
const asked = (): string[] => [`web:${source}`, "--snapshot", oldest, "--to-host", `web:${target()}`];

/** Begins a slow restore of the oldest snapshot and waits until it is in the middle of it. */
async function begin(): Promise<RunningCommand> {
  const command = site.pobsync.start("--json", "restore", ...asked());
  await untilArrived(3);
  return command;
}

const runId = async (): Promise<number> => (await site.runs())[0]?.id ?? 0;

/** Files of the source that did not arrive, but for the one that was made later. */
const compareNames = (): string[] =>
  readdirSync(source).filter((name) => name !== "later" && !arrived().includes(name));

describe("a restore under way", () => {
  it.each([
    ["cancelled", 1, async () => void (await site.ok("cancel", `${await runId()}`))],
    ["interrupted", 130, async (command: RunningCommand) => void command.child.kill("SIGINT")],
  ] as const)(
    "ends within seconds when it is %s; what arrived stays, and that is said",
    async (code, exit, stop) => {
      const command = await begin();
      const progress = () => site.runs().then(([run]) => run?.progress);
      await waitUntil(async () => ((await progress())?.bytes ?? 0) > 0, { what: "progress" });
      await stop(command);
      const asked = performance.now();
      const result = await command.ended;
      expect(performance.now() - asked).toBeLessThan(8000);
      const { run, preview } = result.json();
      expect({ exit: result.code, status: run.status, code: run.problem.code }).toEqual({
        ...{ exit, status: "cancelled", code },
      });
      expect(run.problem.message).toContain(`stays in web:${target()}/web.`);
      expect(preview).toMatchObject({ created: FILES + 1, bytes: FILES * FILE_BYTES });
      const whole = arrived();
      expect(whole.length).toBeGreaterThanOrEqual(3);
      expect(whole.length).toBeLessThan(FILES);
      for (const name of whole)
        expect(readFileSync(join(target(), "web", name))).toEqual(readFileSync(join(source, name)));
      // Nothing half is left beside them.
      expect(readdirSync(join(target(), "web")).filter((name) => name.startsWith("."))).toEqual([]);
      expect(await site.log("web", run.id)).toContain("restoring");
    },
  );

  it("holds its snapshot: a prune passes it over, and a backup of the host waits for nobody", async () => {
    const command = await begin();
    const plan = (await site.ok("--json", "retention", "web")).json();
    expect(plan).toMatchObject({ remove: [] });
    expect(plan.keep[1]).toMatchObject({
      snapshot: { name: oldest },
      reasons: [`read by run ${await runId()} (restore)`],
    });
    const { run } = await site.backUp("web");
    expect(run.status).toBe("succeeded");
    const pruned = (await site.ok("--json", "retention", "web", "--apply", "--yes")).json();
    expect(pruned.run.result.removed).toEqual([newest]);
    expect(site.onDisk("web", "snapshots")).toContain(oldest);
    await command.kill();
  });

  it("in which nothing moves is ended after the stall timeout", async () => {
    await site.ok("configure-host", "web", "--stall-timeout", "1s");
    const command = await begin();
    site.sshd.pause();
    const result = await command.ended;
    site.sshd.resume();
    expect([result.code, result.json().run.problem.code]).toEqual([1, "no_progress"]);
  });

  it("that is killed leaves no process behind, holds its snapshot until it is settled, and may be repeated", async () => {
    const command = await begin();
    const id = await runId();
    process.kill(command.pid, "SIGKILL");
    await command.ended;
    expect(await site.orphans()).toEqual([]);
    await site.ok("retention", "web", "--apply", "--yes");
    expect(site.onDisk("web", "snapshots")).toContain(oldest);
    await site.ok("worker");
    expect(await site.run(id)).toMatchObject({ status: "failed", problem: { code: "worker_lost" } });
    await site.ok("configure-host", "web", "--bwlimit", "0");
    // The folder that arrived half has another time, so somebody has to agree.
    await restore(site, 2, ...asked());
    const { preview } = await restore(site, 0, ...asked(), "--yes", "--check");
    expect(preview.unchanged).toBeGreaterThanOrEqual(3);
    expect(compareNames()).toEqual([]);
    await site.ok("retention", "web", "--apply", "--yes");
    expect(site.onDisk("web", "snapshots")).toEqual([newest]);
  });
});
