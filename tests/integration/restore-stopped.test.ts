// Restores that are stopped on the way: what was restored stays, and that is said.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunningCommand } from "../support/pobsync.ts";
import { makeSlowRestore, SLOW_FILES, type SlowRestore } from "../support/slow-restore.ts";
import { waitUntil } from "../support/wait-until.ts";
import { FILE_BYTES, type WorkSite } from "../support/work-site.ts";

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
  it.each([
    ["cancelled", 1, async () => void (await site.ok("cancel", `${await slow.runId()}`))],
    ["interrupted", 130, async (command: RunningCommand) => void command.child.kill("SIGINT")],
  ] as const)(
    "ends within seconds when it is %s; what arrived stays, and that is said",
    async (code, exit, stop) => {
      const command = await slow.begin();
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
      expect(run.problem.message).toContain(`stays in web:${slow.landing}.`);
      expect(preview).toMatchObject({ created: SLOW_FILES + 1, bytes: SLOW_FILES * FILE_BYTES });
      const whole = slow.arrived();
      expect(whole.length).toBeGreaterThanOrEqual(3);
      expect(whole.length).toBeLessThan(SLOW_FILES);
      for (const name of whole)
        expect(readFileSync(join(slow.landing, name))).toEqual(readFileSync(join(slow.source, name)));
      // Nothing half is left beside them.
      expect(readdirSync(slow.landing).filter((name) => name.startsWith("."))).toEqual([]);
      expect(await site.log("web", run.id)).toContain("restoring");
    },
  );

  it("in which nothing moves is ended after the stall timeout", async () => {
    await site.ok("configure-host", "web", "--stall-timeout", "1s");
    const command = await slow.begin();
    site.sshd.pause();
    const result = await command.ended;
    site.sshd.resume();
    expect([result.code, result.json().run.problem.code]).toEqual([1, "no_progress"]);
  });
});
