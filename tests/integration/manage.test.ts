// The original management commands by their names: each is one of ours, word for word.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { MANAGEMENT_COMMANDS } from "../../src/cli/manage.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { pobsyncIn } from "../support/pobsync.ts";
import { makeWorld } from "../support/world.ts";

const NAMES = Object.entries(MANAGEMENT_COMMANDS);

let site: BackupSite;
let source = "";
beforeAll(async () => {
  site = await makeSite();
  source = join(site.world.hostDir, "source");
  mkdirSync(source);
  writeFileSync(join(source, "a"), "hello");
});
afterAll(() => site.world.dispose());

const manage = async (...args: string[]) => (await site.ok("--json", "manage", ...args)).json();

describe.each(["manage", "django"])("pobsync %s", (prefix) => {
  it.each(NAMES)("%s says and exits the same as %s", async (name, ours) => {
    expect(COMMANDS.map((command) => command.name)).toContain(ours);
    expect(await site.pobsync.run(prefix, name, "--help")).toMatchObject({
      code: 0,
      stdout: (await site.ok(ours, "--help")).stdout,
    });
    const refused = await site.pobsync.run(prefix, name, "--no-such-option", "--json");
    expect(refused.code).toBe(2);
    expect(refused.json()).toEqual((await site.pobsync.run(ours, "--no-such-option", "--json")).json());
  });

  it("refuses a name that is none, and lists those that are", async () => {
    for (const name of ["run_pobsync", "backup", "constructor", "RUN_POBSYNC_BACKUP"]) {
      const { code, stderr, stdout } = await site.pobsync.run(prefix, name);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(`There is no management command "${name}".`);
      for (const [known] of NAMES) expect(stderr).toContain(known);
    }
  });

  it("shows them all with what they are called here", async () => {
    for (const args of [[], ["--help"], ["help"]]) {
      const { stdout } = await site.ok(prefix, ...args);
      for (const [name, ours] of NAMES) expect(stdout).toMatch(new RegExp(`${name} +pobsync ${ours}\n`));
    }
  });
});

describe("a management command", () => {
  it("takes an installation from nothing to a snapshot", async () => {
    const world = makeWorld();
    const pobsync = pobsyncIn(world);
    const run = async (...args: string[]) => expect(await pobsync.run(...args)).toMatchObject({ code: 0 });
    try {
      await run("manage", "migrate");
      await run("manage", "configure_pobsync_global", "--backup-root", world.backupRoot);
      await run("manage", "configure_pobsync_host", "nas", "--transport", "local", "--source", source);
      await run("django", "run_pobsync_backup", "nas", "--queue");
      await run("django", "run_pobsync_worker");
      const { items } = (await pobsync.run("--json", "snapshots", "nas")).json();
      expect(items).toMatchObject([{ kind: "manual", state: "complete" }]);
      await run("manage", "run_pobsync_backup", "nas");
      expect((await pobsync.run("manage", "check", "--json")).json()).toHaveProperty("findings");
    } finally {
      await world.dispose();
    }
  });

  it("schedules and queues as ours do", async () => {
    await site.configureHost("nas", null, "--source", source);
    const made = await manage("configure_pobsync_schedule", "nas", "--cron", "15 2 * * *", "--prune");
    expect((await site.ok("--json", "schedules")).json().items).toEqual([made]);
    expect(await manage("run_pobsync_scheduler")).toEqual({ queued: 0 });
    expect(await manage("run_pobsync_worker")).toEqual({ ended: 0, failed: 0 });
    await manage("configure_pobsync_schedule", "nas", "--remove");
    expect((await site.ok("--json", "schedules")).json().items).toEqual([]);
  });

  it("understands what every command understands before its name, and leaves words of others alone", async () => {
    const quiet = await site.pobsync.run("-q", "manage", "configure_pobsync_global");
    expect(quiet).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(await site.pobsync.run("run_pobsync_backup", "nas")).toMatchObject({ code: 2 });
    expect(await site.pobsync.run("show-host", "manage")).toMatchObject({ code: 5 });
  });
});
