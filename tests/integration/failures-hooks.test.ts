// Hooks on the host: what a failing one stops, and that the one afterwards always runs.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { randomBytes, seededRandom } from "../support/random.ts";
import { makeSshSite, outcomeOf, type SshSite } from "../support/ssh-site.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: SshSite;
let diary: string;
beforeAll(async () => {
  site = await makeSshSite();
  diary = join(site.world.hostDir, "diary");
});
afterAll(() => site.dispose());
beforeEach(() => rmSync(diary, { force: true }));
afterEach(async () => {
  const names = ["preHook", "postHook", "hookFailure", "hookTimeoutSeconds", "bwlimit"];
  await site.configure(...names.flatMap((name) => ["--unset", name]));
});

const written = (): string[] => (existsSync(diary) ? readFileSync(diary, "utf8").trim().split("\n") : []);
/** A hook that notes that it ran. */
const hook = (name: string, more = ""): string => site.script(name, `echo ${name} "$@" >> ${diary}\n${more}`);

describe("hooks", () => {
  it("run on the host before and after the transfer, with their arguments as they were typed", async () => {
    const pre = `${hook("pre")} one 'two  three' "four ' five" '' end`;
    await site.configure("--pre-hook", pre, "--post-hook", hook("post", `ls -d ${site.source} >> ${diary}`));
    expect(await site.backup()).toMatchObject({ exit: 0, status: "succeeded" });
    expect(written()).toEqual(["pre one two  three four ' five  end", "post", site.source]);
  });

  it("that fail beforehand stop the backup, and the one afterwards runs all the same", async () => {
    const pre = hook("pre", "echo the database is busy; echo since noon >&2; exit 7");
    await site.configure("--pre-hook", pre, "--post-hook", hook("post"));
    const { code, stderr } = await site.pobsync.run("backup", "web1");
    expect(code).toBe(1);
    expect(stderr).toContain(`✗ The pre-backup hook ended with exit code 7: ${pre}\n`);
    expect(stderr).toContain("  the database is busy\n  since noon\n→ Run the hook on the host by hand");
    expect(stderr).not.toContain("Transferring");
    expect(written()).toEqual(["pre", "post"]);
    expect(await site.backup()).toMatchObject({ status: "failed", problem: { code: "hook_failed" } });
  });

  it("that fail beforehand are only a warning with --hook-failure warn", async () => {
    await site.configure("--pre-hook", hook("pre", "exit 7"), "--hook-failure", "warn");
    expect(await site.backup()).toMatchObject({
      exit: 3,
      status: "warning",
      dataPath: expect.stringContaining("/snapshots/"),
      warnings: [{ code: "hook_failed" }],
    });
  });

  it("that fail afterwards are a warning: the snapshot is made", async () => {
    await site.configure("--post-hook", hook("post", "exit 3"));
    expect(await site.backup()).toMatchObject({
      exit: 3,
      status: "warning",
      dataPath: expect.stringContaining("/snapshots/"),
      problem: { message: expect.stringMatching(/^The post-backup hook ended with exit code 3: \//) },
    });
  });

  it("that are not there, or may not run, say so", async () => {
    await site.configure("--pre-hook", "/nowhere/hook");
    const gone = await site.backup();
    expect(gone.problem).toMatchObject({
      code: "hook_failed",
      detail: expect.stringContaining("No such file"),
    });
    writeFileSync(join(site.world.hostDir, "plain"), "text", { mode: 0o644 });
    await site.configure("--pre-hook", join(site.world.hostDir, "plain"));
    const plain = await site.backup();
    expect(plain.problem?.detail).toContain("Permission denied");
  });

  it("that do not end are given up after --hook-timeout, with what they had said", async () => {
    const pre = hook("pre", "echo frozen; exec sleep 60");
    await site.configure("--pre-hook", pre, "--post-hook", hook("post"), "--hook-timeout", "1s");
    const { exit, problem } = await site.backup();
    await site.sshd.killSessions();
    expect({ exit, ...problem }).toMatchObject({
      exit: 1,
      code: "hook_failed",
      message: `The pre-backup hook did not end within 1s and may still be running there: ${pre}`,
      detail: "frozen",
    });
    expect(written()).toEqual(["pre", "post"]);
  });

  it("that flood their output neither fill the memory nor the history", async () => {
    await site.configure("--pre-hook", hook("pre", "yes | head -c 60000000; exit 1"));
    const { problem } = await site.backup();
    expect(problem?.code).toBe("hook_failed");
    expect(problem?.detail?.length).toBeLessThan(5000);
  });

  it("afterwards run also when the backup is interrupted in the middle", async () => {
    writeFileSync(join(site.source, "big"), randomBytes(seededRandom(1), 20_000_000));
    await site.configure("--pre-hook", hook("pre"), "--post-hook", hook("post"), "--bwlimit", "1M");
    const running = site.pobsync.start("--json", "backup", "web1");
    await running.waitForOutput(/Transferring/);
    running.child.kill("SIGINT");
    const outcome = outcomeOf(await running.ended);
    rmSync(join(site.source, "big"));
    expect(outcome).toMatchObject({ exit: 130, status: "cancelled" });
    expect(written()).toEqual(["pre", "post"]);
  });

  it("beforehand are called off by Ctrl-C, and the one afterwards runs", async () => {
    const pre = hook("pre", "exec sleep 60");
    await site.configure("--pre-hook", pre, "--post-hook", hook("post"));
    const running = site.pobsync.start("--json", "backup", "web1");
    await waitUntil(() => written().length === 1, { what: "the hook to start" });
    running.child.kill("SIGINT");
    const outcome = outcomeOf(await running.ended);
    await site.sshd.killSessions();
    expect(outcome).toMatchObject({ exit: 130, problem: { code: "interrupted" } });
    expect(written()).toEqual(["pre", "post"]);
  });
});
