// The log for programs: with --log-format json, or POBSYNC_LOG_FORMAT, everything on stderr is one JSON object a line.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { pobsyncIn, type RunningCommand } from "../support/pobsync.ts";
import { makeWorld } from "../support/world.ts";

let site: BackupSite;
beforeAll(async () => {
  site = await makeSite();
  const source = join(site.world.hostDir, "source");
  mkdirSync(source);
  writeFileSync(join(source, "letter"), "dear Ada\n");
  await site.configureHost("laptop", null, "--source", source);
  await site.configureHost("nas", null, "--source", "/nowhere");
});
afterAll(() => site.world.dispose());

type Line = { time: string; level: string; message: string; [field: string]: unknown };

/** Every line, parsed. @throws when one is no JSON object with a time, a level and a message */
const linesOf = (text: string): Line[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const found: Line = JSON.parse(line);
      expect(found).toMatchObject({
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        level: expect.stringMatching(/^(info|warning|error)$/),
        message: expect.not.stringContaining("\u001b"),
      });
      return found;
    });
const ended = async (command: RunningCommand) => {
  command.child.kill("SIGTERM");
  return command.ended;
};
const queue = async (host: string): Promise<number> =>
  (await site.ok("--json", "backup", host, "--queue")).json().run.id;

describe("a log in JSON", () => {
  it("has each line of up as an object, and what is about a run says which, and of which host", async () => {
    const [good, bad] = [await queue("laptop"), await queue("nas")];
    const up = site.pobsync.start("up", "--interval", "1", "--log-format", "json");
    await up.waitForOutput(new RegExp(`run ${good} .*succeeded`), 60_000);
    await up.waitForOutput(/source_missing/, 60_000);
    const { stdout, stderr, code } = await ended(up);
    expect({ stdout, code }).toEqual({ stdout: "", code: 0 });
    const lines = linesOf(stderr);
    const about = (run: number) => lines.filter((line) => line.run === run);
    expect(about(good)).toMatchObject([
      { level: "info", host: "laptop", kind: "backup", message: expect.stringContaining("begins") },
      { level: "info", host: "laptop", kind: "backup", message: expect.stringContaining("succeeded") },
    ]);
    expect(about(bad).at(-1)).toMatchObject({
      ...{ level: "error", host: "nas", kind: "backup", code: "source_missing" },
      hint: expect.stringContaining("pobsync configure-host nas"),
    });
    expect(lines.at(-1)).toMatchObject({ level: "info", message: "Stopped." });
    expect(lines.map(({ message }) => message).join()).toMatch(/The console is at http:\S+\. /);
  });

  it("keeps the code for the first account out, and says how to make one", async () => {
    const serve = site.pobsync.start("serve", "--log-format=json");
    await serve.waitForOutput(/createsuperuser/, 60_000);
    const { stderr } = await ended(serve);
    const messages = linesOf(stderr).map(({ message }) => message);
    expect(messages).toContain(
      "There is no account yet. Make the first one here: pobsync createsuperuser --username NAME",
    );
    expect(messages.join()).not.toMatch(/with this code|setup/);
  });

  it("is asked for by the environment as well, and the option counts before it", async () => {
    const environment = { POBSYNC_LOG_FORMAT: "json" };
    const asked = pobsyncIn(site.world, { environment });
    const scheduler = asked.start("scheduler", "--loop");
    const worker = await asked.run("worker");
    expect(worker).toMatchObject({ code: 0, stdout: "" });
    expect(linesOf(worker.stderr)).toMatchObject([{ level: "info", message: "Nothing was waiting." }]);
    scheduler.child.kill("SIGTERM");
    linesOf((await scheduler.ended).stderr);
    const text = await asked.run("--log-format", "text", "worker");
    expect(text).toMatchObject({ stdout: "Nothing was waiting.\n", stderr: "" });
  });

  it("also holds why nothing could be opened at all", async () => {
    const world = makeWorld();
    const { code, stderr } = await pobsyncIn(world).run("--log-format", "json", "up");
    await world.dispose();
    expect(code).toBe(6);
    expect(linesOf(stderr)).toMatchObject([{ level: "error", code: "database_missing" }]);
    expect(linesOf(stderr)[0]?.hint).toContain("pobsync migrate");
  });

  it("changes nothing about what other commands print, and goes with --json", async () => {
    // Without an age in it, which may be another one a moment later.
    const plain = await site.ok("schedules");
    expect((await site.ok("schedules", "--log-format", "json")).stdout).toBe(plain.stdout);
    const backup = await site.ok("--json", "--log-format", "json", "backup", "laptop");
    expect(backup.json().run).toMatchObject({ status: "succeeded" });
    expect(linesOf(backup.stderr)[0]).toMatchObject({ host: "laptop" });
    const worker = await site.ok("--json", "worker", "--log-format", "json");
    expect(worker.json()).toEqual({ ended: 0, failed: 0 });
  });

  it("is refused when it is neither of the two", async () => {
    for (const given of [["--log-format", "xml"], ["--log-format=JSON"], ["--log-format="]]) {
      const { code, stderr } = await site.pobsync.run("up", ...given);
      expect({ code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("must be text or json"),
      });
    }
    expect((await site.pobsync.run("up", "--log-format")).code).toBe(2);
    const wrong = pobsyncIn(site.world, { environment: { POBSYNC_LOG_FORMAT: "yaml" } });
    expect(await wrong.run("hosts")).toMatchObject({
      ...{ code: 6, stderr: expect.stringContaining("POBSYNC_LOG_FORMAT is neither text nor json.") },
    });
  });
});
