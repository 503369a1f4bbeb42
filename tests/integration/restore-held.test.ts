// The snapshot that a restore reads is held until that restore has ended, also when it was killed.
import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { restore } from "../support/restoring.ts";
import { makeSlowRestore, type SlowRestore } from "../support/slow-restore.ts";
import type { WorkSite } from "../support/work-site.ts";

let slow: SlowRestore;
let site: WorkSite;
beforeEach(async () => {
  slow = await makeSlowRestore();
  ({ site } = slow);
});
afterEach(async () => {
  expect(await site.orphans()).toEqual([]);
  await site.dispose();
});

describe("a restore under way", () => {
  it("holds its snapshot: a prune passes it over, and a backup of the host waits for nobody", async () => {
    const command = await slow.begin();
    const plan = (await site.ok("--json", "retention", "web")).json();
    expect(plan).toMatchObject({ remove: [] });
    expect(plan.keep[1]).toMatchObject({
      snapshot: { name: slow.oldest },
      reasons: [`read by run ${await slow.runId()} (restore)`],
    });
    const { run } = await site.backUp("web");
    expect(run.status).toBe("succeeded");
    const pruned = (await site.ok("--json", "retention", "web", "--apply", "--yes")).json();
    expect(pruned.run.result.removed).toEqual([slow.newest]);
    expect(site.onDisk("web", "snapshots")).toContain(slow.oldest);
    await command.kill();
  });

  it("that is killed leaves no process behind, holds its snapshot until it is settled, and may be repeated", async () => {
    const command = await slow.begin();
    const id = await slow.runId();
    process.kill(command.pid, "SIGKILL");
    await command.ended;
    expect(await site.orphans()).toEqual([]);
    await site.ok("retention", "web", "--apply", "--yes");
    expect(site.onDisk("web", "snapshots")).toContain(slow.oldest);
    await site.ok("worker");
    expect(await site.run(id)).toMatchObject({ status: "failed", problem: { code: "worker_lost" } });
    await site.ok("configure-host", "web", "--bwlimit", "0");
    // The folder that arrived half has another time, so somebody has to agree.
    await restore(site, 2, ...slow.asked);
    const { preview } = await restore(site, 0, ...slow.asked, "--yes", "--check");
    expect(preview.unchanged).toBeGreaterThanOrEqual(3);
    // The other one was made after that snapshot.
    expect(readdirSync(slow.source).filter((name) => !slow.arrived().includes(name))).toEqual(["later"]);
    await site.ok("retention", "web", "--apply", "--yes");
    expect(site.onDisk("web", "snapshots")).toEqual([slow.newest]);
  });
});
