// What is wrong on the host once it has let us in: its rsync, its shell, its sources, its permissions.
import { chmodSync, readdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { randomBytes, seededRandom } from "../support/random.ts";
import { makeSshSite, outcomeOf, type SshSite } from "../support/ssh-site.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: SshSite;
beforeAll(async () => {
  site = await makeSshSite();
});
afterAll(() => site.dispose());

describe("rsync on the host", () => {
  afterEach(async () => {
    site.sshd.setForcedCommand(null);
    await site.configure("--unset", "remoteRsync");
  });

  it("that is missing is named, by a backup and by check-host", async () => {
    await site.sshd.setEnvironmentPath(join(site.world.dir, "empty"));
    const { code, stderr } = await site.pobsync.run("backup", "web1");
    const check = await site.pobsync.run("--json", "check-host", "web1");
    await site.sshd.setEnvironmentPath(null);
    expect(code).toBe(1);
    expect(stderr).toContain("✗ The host has no rsync that can be started.");
    expect(stderr).toMatch(/rsync: (command )?not found/);
    expect(stderr).toContain(
      "→ Install rsync on the host (apt install rsync), or name it with --rsync-path.",
    );
    expect(check.code).toBe(1);
    expect(check.json().steps[3]).toMatchObject({ problem: { code: "remote_rsync_missing" } });
  });

  it.each([
    ["/opt/nowhere/rsync", "remote_rsync_missing", /\/opt\/nowhere\/rsync: No such file|not found/],
    ["/etc/hostname/rsync", "remote_rsync_missing", /Not a directory/],
    ["env rsync-not-there", "remote_rsync_missing", /env: .*rsync-not-there.*No such file/],
  ])("that --rsync-path %s names wrongly shows the shell's words", async (path, code, evidence) => {
    await site.configure("--rsync-path", path);
    expect(await site.backup()).toMatchObject({
      exit: 1,
      problem: {
        code,
        detail: expect.stringMatching(evidence),
        hint: expect.stringContaining("--rsync-path"),
      },
    });
  });

  it.each([
    ["without a word", "exit 1", /0 bytes received/],
    ["with a sentence", "echo not for you >&2; exit 1", /not for you/],
    ["by rrsync", "/usr/bin/rrsync -wo /", /rrsync error: reading from write-only/],
    ["by sudo", "echo 'sudo: a password is required' >&2; exit 1", /sudo: a password is required/],
  ])("that a forced command refuses %s is not taken for a broken line", async (_how, command, evidence) => {
    site.sshd.setForcedCommand(command);
    expect(await site.backup()).toMatchObject({
      exit: 1,
      status: "failed",
      problem: {
        code: "remote_rsync_refused",
        detail: expect.stringMatching(evidence),
        hint: expect.stringContaining("forced command in authorized_keys"),
      },
    });
  });

  it.each([
    ["a greeting", 'echo Welcome to web1; eval "$SSH_ORIGINAL_COMMAND"'],
    ["endless noise", "cat /dev/zero"],
  ])("that comes after %s of the login shell is not spoken to", async (_what, command) => {
    site.sshd.setForcedCommand(command);
    expect(await site.backup()).toMatchObject({
      exit: 1,
      problem: { code: "unexpected_remote_output", hint: expect.stringContaining(".bashrc") },
    });
  });
});

describe("a source", () => {
  afterEach(() => site.configure("--source", site.source));

  it("that is missing is named with its path, before anything is made", async () => {
    const missing = join(site.world.hostDir, "not mounted");
    await site.configure("--source", site.source, "--source", missing);
    const { code, stderr } = await site.pobsync.run("backup", "web1");
    expect(code).toBe(1);
    expect(stderr).toContain(`✗ web1 has no ${missing}, or its user may not look there.`);
    expect(stderr).toContain("pobsync configure-host web1 --source PATH");
    expect(stderr).not.toContain("Transferring");
    expect((await site.backup()).problem).toMatchObject({ code: "source_missing" });
  });

  it("that is a symbolic link is refused, because only the link would be saved", async () => {
    const link = join(site.world.hostDir, "link");
    symlinkSync(site.source, link);
    await site.configure("--source", link);
    expect(await site.backup()).toMatchObject({
      exit: 1,
      problem: { code: "source_is_link", message: `On web1, ${link} is a symbolic link.` },
    });
  });

  it("that was full and is empty now fails, until a person accepts it", async () => {
    expect(await site.backup()).toMatchObject({ exit: 0 });
    rmSync(join(site.source, "a"));
    const { exit, problem, dataPath } = await site.backup();
    const accepted = await site.backup("--accept-empty");
    const after = await site.backup();
    writeFileSync(join(site.source, "a"), "hello");
    expect({ exit, dataPath, ...problem }).toMatchObject({
      exit: 1,
      dataPath: null,
      code: "source_empty",
      message: `On web1, ${site.source} is empty; the last snapshot had files there.`,
      hint: expect.stringContaining("pobsync backup web1 --accept-empty"),
    });
    expect(accepted).toMatchObject({ exit: 3, status: "warning", problem: { code: "source_empty" } });
    expect(after).toMatchObject({ exit: 0, status: "succeeded" });
  });
});

describe("files on the host", () => {
  it("that its user may not read are listed in a warning, and all others are saved", async () => {
    for (const name of ["secret one", "secret\ntwo"])
      writeFileSync(join(site.source, name), "x", { mode: 0o600 });
    chmodSync(site.world.dir, 0o711);
    await site.configure("--rsync-path", "setpriv --reuid=65534 --regid=65534 --clear-groups rsync");
    const outcome = await site.backup();
    const text = await site.pobsync.run("backup", "web1");
    await site.configure("--unset", "remoteRsync");
    for (const name of ["secret one", "secret\ntwo"]) rmSync(join(site.source, name));
    expect(outcome).toMatchObject({
      exit: 3,
      status: "warning",
      warnings: [
        {
          code: "files_unreadable",
          message: "2 entries could not be read on the host; the snapshot has everything else.",
          hint: expect.stringContaining("Give the backup user the right to read them"),
        },
      ],
    });
    expect(outcome.problem?.detail?.split("\n").sort()).toEqual(
      ["secret one", "secret\\ntwo"].map((name) => join(site.source, name)),
    );
    expect(readdirSync(`${outcome.dataPath}${site.source}`)).toEqual(["a"]);
    expect(text.code).toBe(3);
    expect(text.stderr).toContain(`  ${join(site.source, "secret\\ntwo")}\n`);
  });

  it("that vanish while they are read are named in a warning", async () => {
    // The host sends the list first and then, slowly, this one; it opens the next only after that.
    writeFileSync(join(site.source, "big"), randomBytes(seededRandom(1), 6_000_000));
    writeFileSync(join(site.source, "gone"), "x");
    await site.configure("--bwlimit", "3M");
    const running = site.pobsync.start("--json", "backup", "web1");
    const incomplete = join(site.world.backupRoot, "web1", "incomplete");
    const isArriving = () =>
      readdirSync(incomplete, { recursive: true }).some((path) => /\/\.big\.\w{6}$/.test(path.toString()));
    await running.waitForOutput(/Transferring/);
    await waitUntil(isArriving, { what: "the first file to arrive" });
    unlinkSync(join(site.source, "gone"));
    const outcome = outcomeOf(await running.ended);
    await site.configure("--unset", "bwlimit");
    rmSync(join(site.source, "big"));
    expect(outcome).toMatchObject({ exit: 3, status: "warning", warnings: [{ code: "files_vanished" }] });
    expect(outcome.problem?.detail).toBe(join(site.source, "gone"));
    expect(readdirSync(`${outcome.dataPath}${site.source}`).sort()).toEqual(["a", "big"]);
  });
});
