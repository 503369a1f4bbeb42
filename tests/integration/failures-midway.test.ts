// What goes wrong in the middle of a transfer: a host that freezes or vanishes, and a person who presses Ctrl-C.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningCommand } from "../support/pobsync.ts";
import { processesMentioning } from "../support/processes.ts";
import { randomBytes, seededRandom } from "../support/random.ts";
import { makeSshSite, outcomeOf, type SshSite } from "../support/ssh-site.ts";
import { waitUntil } from "../support/wait-until.ts";

const MIB = 1024 * 1024;
let site: SshSite;
beforeAll(async () => {
  site = await makeSshSite();
  writeFileSync(join(site.source, "big"), randomBytes(seededRandom(1), 40 * MIB));
  await site.configure("--bwlimit", "2M");
});
afterAll(() => site.dispose());

/** Starts a backup that would take twenty seconds, and waits until its big file is arriving. */
async function startSlowBackup(): Promise<RunningCommand> {
  const running = site.pobsync.start("--json", "backup", "web1");
  const incomplete = join(site.world.backupRoot, "web1", "incomplete");
  const isArriving = () =>
    readdirSync(incomplete, { recursive: true }).some((path) => /\/\.big\.\w{6}$/.test(path.toString()));
  await running.waitForOutput(/Transferring/);
  await waitUntil(isArriving, { what: "the big file to arrive" });
  return running;
}

/** Processes of ours that still work for this site; the test's own sshd mentions its folder, not these. */
const leftBehind = () => processesMentioning(`${site.world.backupRoot}/web1`);

const tidy = () => rmSync(join(site.world.backupRoot, "web1", "incomplete"), { recursive: true });

describe("a transfer in the middle of which", () => {
  it("the host freezes ends after the stall timeout, soon and not when ssh notices", async () => {
    await site.configure("--stall-timeout", "2s");
    const running = await startSlowBackup();
    site.sshd.pause();
    const frozenAt = performance.now();
    const outcome = outcomeOf(await running.ended);
    const tookMs = performance.now() - frozenAt;
    site.sshd.resume();
    await site.sshd.killSessions();
    await site.configure("--unset", "stallTimeoutSeconds");
    expect(outcome).toMatchObject({
      exit: 1,
      status: "failed",
      problem: {
        code: "no_progress",
        message: "Nothing moved for 2s.",
        hint: expect.stringContaining("--stall-timeout"),
      },
    });
    expect(tookMs).toBeGreaterThan(1900);
    // ssh's own keep-alive takes a minute and a quarter.
    expect(tookMs).toBeLessThan(15_000);
    expect(leftBehind()).toEqual([]);
    tidy();
  });

  it.each([
    ["the sessions on the host are killed", () => site.sshd.killSessions()],
    ["sshd ends with everything", () => site.sshd.stop()],
  ])("%s is a lost connection, and may be retried", async (_what, cut) => {
    const running = await startSlowBackup();
    await cut();
    const outcome = outcomeOf(await running.ended);
    await site.sshd.start();
    expect(outcome).toMatchObject({
      exit: 1,
      status: "failed",
      dataPath: null,
      problem: {
        code: "connection_lost",
        message: expect.stringMatching(/^The connection to .* broke\.$/),
        hint: expect.stringContaining("What had arrived is used by the next attempt."),
      },
    });
    expect(leftBehind()).toEqual([]);
    tidy();
  });

  it.each(["SIGINT", "SIGTERM"] as const)("%s comes stops tidily and exits with 130", async (signal) => {
    const running = await startSlowBackup();
    running.child.kill(signal);
    const outcome = outcomeOf(await running.ended);
    expect(outcome).toMatchObject({
      exit: 130,
      status: "cancelled",
      dataPath: null,
      problem: {
        code: "interrupted",
        message: `Interrupted by ${signal}.`,
        hint: "Start it again: what had arrived is reused.",
      },
    });
    expect(outcome.stderr).toContain(`✗ Interrupted by ${signal}.\n`);
    expect(leftBehind()).toEqual([]);
    tidy();
  });

  it("Ctrl-C comes while the host is frozen does not wait for the host", async () => {
    const running = await startSlowBackup();
    site.sshd.pause();
    const pressedAt = performance.now();
    running.child.kill("SIGINT");
    const outcome = outcomeOf(await running.ended);
    const tookMs = performance.now() - pressedAt;
    site.sshd.resume();
    await site.sshd.killSessions();
    expect(outcome).toMatchObject({ exit: 130, status: "cancelled" });
    expect(tookMs).toBeLessThan(10_000);
    tidy();
  });
});

describe("a probe in the middle of which", () => {
  it("the connection is cut is not taken for a host that refuses", async () => {
    const mark = join(site.world.dir, "waits");
    site.sshd.setForcedCommand(`exec sh -c 'until test -e ${mark}; do sleep 0.05; done'`);
    const running = site.pobsync.start("--json", "backup", "web1");
    const isAsked = () => processesMentioning(mark).length > 0;
    await waitUntil(isAsked, { what: "the probe to reach the host" });
    await site.sshd.killSessions();
    const outcome = outcomeOf(await running.ended);
    site.sshd.setForcedCommand(null);
    expect(outcome).toMatchObject({ exit: 1, problem: { code: "connection_lost" } });
  });

  it("Ctrl-C comes ends at once", async () => {
    const mark = join(site.world.dir, "waits");
    site.sshd.setForcedCommand(`exec sh -c 'until test -e ${mark}; do sleep 0.05; done'`);
    const running = site.pobsync.start("--json", "backup", "web1");
    await waitUntil(() => processesMentioning(mark).length > 0, { what: "the probe to reach the host" });
    const pressedAt = performance.now();
    running.child.kill("SIGINT");
    const outcome = outcomeOf(await running.ended);
    const tookMs = performance.now() - pressedAt;
    site.sshd.setForcedCommand(null);
    await site.sshd.killSessions();
    expect(outcome).toMatchObject({ exit: 130, problem: { code: "interrupted" } });
    expect(tookMs).toBeLessThan(10_000);
  });
});
