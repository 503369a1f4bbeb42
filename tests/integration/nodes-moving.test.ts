// Hosts that move from one backup server to another, with their snapshots and without.
import { renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Pobsync } from "../support/pobsync.ts";
import { runTool } from "../support/tool.ts";
import { makeTwoServers, problemOf, type TwoServers } from "../support/two-servers.ts";
import { waitUntil } from "../support/wait-until.ts";

let two: TwoServers;
beforeAll(async () => {
  two = await makeTwoServers();
  await two.okThere("configure-global", "--backup-root", two.atticRoot);
  await two.addHost(two.site.pobsync, "house");
  await two.site.backUp("house");
});
afterAll(() => two.site.world.dispose());

describe("a host that moves to another backup server", () => {
  it("stays where its snapshots are until all of them have arrived, and goes on from there", async () => {
    const move = (pobsync: Pobsync) =>
      pobsync.run("--json", "configure-host", "house", "--node", "attic", "--bwlimit", "0");
    const fromHere = await move(two.site.pobsync);
    expect(fromHere.code).toBe(2);
    expect(problemOf(fromHere).hint).toContain(`rsync -aHAXS --numeric-ids ${two.site.pathOf("house")}/`);
    const tooEarly = await move(two.attic);
    expect(tooEarly.code).toBe(2);
    expect(problemOf(tooEarly).message).toContain(`are not in ${join(two.atticRoot, "house")}.`);
    await two.site.ok("configure-host", "house", "--bwlimit", "0");
    await two.site.backUp("house");
    const [from, to] = [two.site.pathOf("house"), join(two.atticRoot, "house")];
    await runTool("rsync", ["-aHAXS", "--numeric-ids", `${from}/`, `${to}/`]);
    expect((await move(two.attic)).json()).toMatchObject({ node: "attic" });
    renameSync(from, `${from}.old`);
    const { run } = (await two.okThere("--json", "backup", "house")).json();
    expect(run).toMatchObject({ status: "succeeded", stats: { newFiles: 0 } });
    expect((await two.site.pobsync.run("--json", "backup", "house")).json().problem.code).toBe(
      "host_elsewhere",
    );
  });

  it("without a snapshot goes where it is sent", async () => {
    await two.addHost(two.site.pobsync, "tent");
    expect((await two.addHost(two.site.pobsync, "tent", "--node", "attic")).json()).toMatchObject({
      node: "attic",
    });
  });

  it("does not move while something is done with it", async () => {
    await two.addHost(two.site.pobsync, "caravan", "--bwlimit", "1M");
    const backup = two.site.pobsync.start("--json", "backup", "caravan");
    await waitUntil(async () => (await two.newestRun("caravan"))?.phase === "transferring", {
      what: "a transfer",
    });
    const refused = await two.addHost(two.site.pobsync, "caravan", "--node", "attic");
    expect(problemOf(refused)).toMatchObject({ code: "host_busy" });
    expect((await backup.ended).code).toBe(0);
  });
});
