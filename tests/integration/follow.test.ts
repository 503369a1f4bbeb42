// Watching a run from another process: from the queue to its end, and leaving without touching it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pobsyncIn, type RunningCommand } from "../support/pobsync.ts";
import { makeWorkSite, stopped, type WorkSite } from "../support/work-site.ts";

let site: WorkSite;
let worker: RunningCommand;
beforeAll(async () => {
  site = await makeWorkSite();
  await site.addHost("laptop", 12, "slow");
});
afterAll(() => site.dispose());

const follow = (id: number, ...options: string[]) =>
  site.pobsync.start("show-run", `${id}`, "--follow", ...options);
const startWorker = () => site.pobsync.start("worker", "--loop", "--interval", "1");

describe("following a run", () => {
  it("begins before it is claimed, shows its phases and its log, and ends as it ends", async () => {
    const id = await site.queue("laptop");
    const watching = follow(id);
    await watching.waitForOutput(/^laptop: No worker is running/m);
    worker = startWorker();
    await watching.waitForOutput(/^laptop: Transferring …$/m);
    await watching.waitForOutput(/Z transferring$/m);
    expect((await site.run(id)).status).toBe("running");
    const { code, stdout, stderr } = await watching.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`run +${id}\n`));
    expect(stdout).toMatch(/status +✓ succeeded\n/);
    const log = (await site.log("laptop", id)) ?? "";
    expect(log).toContain("Z flushing\n");
    // All of the log and nothing twice, between lines of its own.
    const shown = stderr.split("\n");
    for (const line of log.split("\n")) {
      const times = log.split("\n").filter((other) => other === line).length;
      if (line !== "") expect(shown.filter((other) => other === line)).toHaveLength(times);
    }
    expect(stderr.match(/No worker is running/g)).toHaveLength(1);
  });

  it("that is over already shows its log and its end at once", async () => {
    const [run] = await site.runsOf("laptop");
    const { code, stdout, stderr } = await follow(run?.id ?? 0).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("✓ succeeded") });
    expect(stderr).toContain("Z flushing\n");
    const quiet = await follow(run?.id ?? 0, "--no-log").ended;
    expect({ code: quiet.code, stderr: quiet.stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("shows people's names as they are written, and nothing that moves a terminal's cursor", async () => {
    const source = await site.addHost("names", 0, "fast");
    for (const name of ["café", "🦀", "red\u001b[31m", "shift\u009b1m"])
      writeFileSync(join(source, name), "x");
    const ada = pobsyncIn(site.world, { environment: { USER: "ada 🦀", SUDO_USER: "ada 🦀" } });
    const { run } = (await ada.run("--json", "backup", "names", "--queue")).json();
    const { stderr } = await follow(run.id).ended;
    expect(stderr).toContain(`run ${run.id}: backup of names, manual by ada 🦀\n`);
    // What rsync says stays as rsync says it.
    expect(stderr).toContain("names/caf\\#303\\#251 ");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    expect(stderr).not.toMatch(/[\u001b\u009b]/);
  });

  it("prints one JSON document with --json, and only when it has ended", async () => {
    await site.addHost("nas", 3, "slow");
    const id = await site.queue("nas");
    const watching = follow(id, "--json");
    await watching.waitForOutput(/nas: Transferring/);
    expect(watching.stdout()).toBe("");
    const result = await watching.ended;
    expect(result.code).toBe(0);
    expect(result.json()).toMatchObject({ id, status: "succeeded", phase: null });
    expect((await site.ok("--json", "show-run", `${id}`)).json()).toEqual(result.json());
  });

  it("exits with what a failed run exits with, a cancelled one, and one with warnings", async () => {
    await site.addHost("mail", 1, "fast");
    await site.ok("configure-host", "mail", "--post-hook", "/bin/false");
    const warned = await follow(await site.queue("mail")).ended;
    expect(warned).toMatchObject({ code: 3, stderr: expect.stringContaining("! ") });
    await site.ok("configure-host", "mail", "--source", "/no/such/folder");
    const failed = await follow(await site.queue("mail")).ended;
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("✗ ") });
    expect(failed.stderr).toContain("Z source_missing: ");
    await site.addHost("endless", 40, "slow");
    const id = await site.queue("endless");
    const watching = follow(id);
    await watching.waitForOutput(/endless: Transferring/);
    await site.ok("cancel", `${id}`);
    expect(await watching.ended).toMatchObject({ code: 1, stdout: expect.stringContaining("cancelled") });
  });

  it("ends with 130 when the person has seen enough, and the run goes on", async () => {
    await site.addHost("long", 6, "slow");
    const id = await site.queue("long");
    const watching = follow(id);
    await watching.waitForOutput(/long: Transferring/);
    const { code, stdout } = await stopped(watching, "SIGINT");
    expect({ code, stdout }).toEqual({ code: 130, stdout: expect.stringContaining("▶ running") });
    expect(await site.run(id)).toMatchObject({ status: "running", cancelRequestedAt: null });
    expect(await site.untilRun(id, "succeeded")).toMatchObject({ problem: null });
    await stopped(worker);
  });

  it("can be left, too, while nobody has begun the run", async () => {
    const id = await site.queue("laptop");
    const watching = follow(id);
    await watching.waitForOutput(/No worker is running/);
    expect(await stopped(watching, "SIGINT")).toMatchObject({ code: 130 });
    expect(await site.run(id)).toMatchObject({ status: "queued" });
  });
});
