// Backups whose rsync receives in a sandbox: where it is said, who may do without, and that nothing of a snapshot changes by it.
import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pobsyncProgram } from "../support/pobsync.ts";
import { processesBelow, signalProcess } from "../support/processes.ts";
import { makeSshSite, type SshSite } from "../support/ssh-site.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: SshSite;
beforeAll(async () => {
  site = await makeSshSite();
  writeFileSync(join(site.source, "large"), Buffer.alloc(2_000_000, 7));
});
afterAll(() => site.dispose());

const newestRun = async () => (await site.ok("--json", "runs", "web1")).json().items[0];
const doctorOn = async (what: string) =>
  (await site.pobsync.run("--json", "doctor"))
    .json()
    .findings.find((finding: { what: string }) => finding.what === what);

describe("a backup over ssh", () => {
  it("is received in a sandbox, which the run, check-host and the doctor say", async () => {
    expect((await site.ok("check-host", "web1")).stdout).toContain("in a sandbox (bubblewrap)");
    expect(await site.backup()).toMatchObject({ exit: 0, status: "succeeded" });
    const run = await newestRun();
    expect(run).toMatchObject({ sandbox: "bubblewrap" });
    expect((await site.ok("show-run", `${run.id}`)).stdout).toMatch(/sandbox +bubblewrap/);
    expect(await doctorOn("sandbox")).toMatchObject({ found: "bubblewrap", problem: null });
  });

  it("shares every unchanged file with the snapshot before it", async () => {
    const before = await site.backup();
    const after = await site.backup();
    const { stats } = await newestRun();
    expect(stats).toMatchObject({ newFiles: 0, copiedInsteadOfLinked: 0 });
    const inode = (path: string | null) => statSync(join(path ?? "", site.source, "large")).ino;
    expect(inode(after.dataPath)).toBe(inode(before.dataPath));
  });

  it("is received without one where the site says so", async () => {
    await site.ok("configure-global", "--sandbox", "off");
    expect(await site.backup()).toMatchObject({ exit: 0, status: "succeeded" });
    expect(await newestRun()).toMatchObject({ sandbox: "none" });
    expect((await site.ok("check-host", "web1")).stdout).toContain(
      "without a sandbox: it is switched off (--sandbox off)",
    );
    await site.ok("configure-global", "--sandbox", "auto");
  });

  it("ends with its worker, and all that it has started inside and outside, within a second", async () => {
    await site.configure("--bwlimit", "100k");
    writeFileSync(join(site.source, "large"), Buffer.alloc(2_000_000, 8));
    const backup = site.pobsync.start("backup", "web1");
    await waitUntil(async () => (await newestRun())?.phase === "transferring", { what: "a transfer" });
    const started = await waitUntil(
      () => {
        const below = processesBelow(backup.pid);
        return below.filter(({ command }) => command.includes("--link-dest=/r0")).length >= 2 && below;
      },
      { what: "rsync inside" },
    );
    signalProcess(backup.pid, "SIGKILL");
    const isThere = (pid: number): boolean => {
      try {
        return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
      } catch {
        return false;
      }
    };
    await waitUntil(() => started.every(({ pid }) => !isThere(pid)), {
      what: "all of it to be gone",
      deadlineMs: 1000,
    });
    await site.configure("--bwlimit", "0");
    expect(await site.backup()).toMatchObject({ exit: 0 });
  });
});

describe("a server that cannot make a sandbox", () => {
  /** Runs the program where bubblewrap cannot be started, after what else is to be different there. */
  const withoutAnd = (more: string, ...args: string[]): { code: number; output: string } => {
    const hidden = `mount --bind /dev/null "$(command -v bwrap)" && ${more} exec "$@"`;
    const env = { ...process.env, ...site.world.environment };
    const words = [
      "--mount",
      "--propagation",
      "private",
      "sh",
      "-c",
      hidden,
      "hidden",
      pobsyncProgram,
      ...args,
    ];
    try {
      return { code: 0, output: execFileSync("unshare", words, { env, stdio: "pipe" }).toString() };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: Buffer };
      return { code: status, output: stdout.toString() };
    }
  };

  const without = (...args: string[]) => withoutAnd("", ...args);

  it("has Landlock keep rsync in where the backup disk has no devices, and shares what is unchanged", async () => {
    const root = site.world.backupRoot;
    const nodev = `mount --bind '${root}' '${root}' && mount -o remount,bind,nodev '${root}' &&`;
    for (const content of ["first", "second"]) {
      writeFileSync(join(site.source, "changing"), content);
      expect(withoutAnd(nodev, "--json", "backup", "web1").code).toBe(0);
      const run = await newestRun();
      expect(run).toMatchObject({ status: "succeeded", sandbox: "landlock" });
      const tree = join(root, "web1", "snapshots", run.snapshot, "data", site.source);
      expect(readFileSync(join(tree, "changing"), "utf8")).toBe(content);
      expect(readFileSync(join(tree, "large"))).toEqual(readFileSync(join(site.source, "large")));
    }
    expect((await newestRun()).stats).toMatchObject({ newFiles: 1, copiedInsteadOfLinked: 0 });
    expect(withoutAnd(nodev, "check-host", "web1").output).toContain("in a sandbox (landlock)");
    expect(withoutAnd(nodev, "doctor").output).toContain("landlock");
  });

  it("goes on without, and says so", async () => {
    expect(without("--json", "backup", "web1").code).toBe(0);
    expect(await newestRun()).toMatchObject({ status: "succeeded", sandbox: "none" });
    const doctor = JSON.parse(without("--json", "doctor").output);
    const found = doctor.findings.find(({ what }: { what: string }) => what === "sandbox");
    expect(found.found).toMatch(/^none: /);
  });

  it("makes no backup where the site demands one", async () => {
    await site.ok("configure-global", "--sandbox", "required");
    const { code, output } = without("--json", "backup", "web1");
    expect(code).toBe(1);
    expect(JSON.parse(output).run.problem).toMatchObject({ code: "sandbox_unavailable" });
    // Nor is the host asked what a backup would bring, by an rsync that nothing keeps in.
    expect(without("--json", "backup", "web1", "--dry-run").output).toContain("sandbox_unavailable");
    const steps = JSON.parse(without("--json", "check-host", "web1").output).steps;
    expect(steps.map(({ status }: { status: string }) => status)).toEqual(["ok", "failed", "ok", "skipped"]);
    expect(await site.backup()).toMatchObject({ exit: 0, status: "succeeded" });
    await site.ok("configure-global", "--sandbox", "auto");
  });
});
