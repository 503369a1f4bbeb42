// Why a host cannot be reached or does not let us in: each cause has its own name and its own next step.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommandResult } from "../support/pobsync.ts";
import { closedPort, type SilentServer, startSilentServer } from "../support/ports.ts";
import { makeSshSite, outcomeOf, type SshSite } from "../support/ssh-site.ts";

let site: SshSite;
let silent: SilentServer;
/** It takes ssh 15 seconds to give up, so this one is under way while the others run. */
let unanswered: Promise<CommandResult>;

beforeAll(async () => {
  site = await makeSshSite();
  silent = await startSilentServer();
  await site.ok("configure-host", "silent", "--address", silent.address, "--port", `${silent.port}`);
  unanswered = site.pobsync.run("--json", "backup", "silent");
});
afterAll(async () => {
  await unanswered.catch(() => {});
  await silent.stop();
  await site.dispose();
});

/** Backs up a host that has just this address, in words for people. */
async function backUpAt(address: string, ...more: string[]): Promise<CommandResult> {
  await site.ok("configure-host", "elsewhere", "--address", address, ...more);
  return site.pobsync.run("backup", "elsewhere");
}

describe("a backup of a host that", () => {
  it("refuses the connection says so, with ssh's own words and the next step", async () => {
    const { address, port } = await closedPort();
    const { code, stdout, stderr } = await backUpAt(address, "--port", `${port}`);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringMatching(/^✗ elsewhere: no snapshot was made \(run \d+\)\.\n$/),
    });
    expect(stderr).toContain(`✗ ${address} refused the connection.\n`);
    expect(stderr).toContain(`  ssh: connect to host ${address} port ${port}: Connection refused\n`);
    expect(stderr).toContain("→ Nothing listens on that port: start sshd on the host, or correct --port.\n");
    const again = outcomeOf(await site.pobsync.run("--json", "backup", "elsewhere"));
    expect(again).toMatchObject({ exit: 1, status: "failed", problem: { code: "connection_refused" } });
  });

  it("has a name that nobody knows is named, and told from one that is down", async () => {
    const { code, stderr } = await backUpAt("no-such-host.invalid");
    expect(code).toBe(1);
    expect(stderr).toContain("✗ The name no-such-host.invalid cannot be resolved to an address.");
    expect(stderr).toContain("→ Check the spelling of the address and this server's DNS");
    const { steps } = (await site.pobsync.run("--json", "check-host", "elsewhere")).json();
    expect(steps[2]).toMatchObject({ step: "connection", problem: { code: "name_not_found" } });
    expect(steps[3]).toMatchObject({ status: "skipped", problem: null });
  });

  it("does not accept our key says which user was tried", async () => {
    expect(await site.backup()).toMatchObject({ exit: 0, status: "succeeded" });
    site.sshd.denyKey();
    const { code, stderr } = await site.pobsync.run("backup", "web1");
    site.sshd.setForcedCommand(null);
    expect(code).toBe(1);
    expect(stderr).toContain(`✗ ${site.sshd.address} did not accept this server's key.`);
    expect(stderr).toContain(`  ${site.sshd.user}@${site.sshd.address}: Permission denied`);
    expect(stderr).toContain("→ Put this server's public key into authorized_keys of that user");
  });
});

describe("an identity file that", () => {
  const key = () => join(site.world.dir, "key");
  const prepared = (mode: number, passphrase = "") => {
    copyFileSync(site.sshd.identityFile, key());
    chmodSync(key(), 0o600);
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", key()]);
    chmodSync(key(), mode);
  };
  it.each<[string, () => void, string, RegExp]>([
    ["is not there", () => {}, "identity_file_unusable", /no such identity: .*No such file/],
    [
      "is no key",
      () => writeFileSync(key(), "no key\n", { mode: 0o600 }),
      "identity_file_unusable",
      /Load key/,
    ],
    ["others may read", () => prepared(0o644), "identity_file_unusable", /0644 for .* are too open/],
    [
      "needs a passphrase",
      () => prepared(0o600, "secret words"),
      "authentication_failed",
      /Permission denied/,
    ],
  ])("%s is named as the cause", async (_what, prepare, code, evidence) => {
    prepare();
    await site.configure("--identity-file", key());
    const { exit, problem } = await site.backup();
    await site.configure("--unset", "identityFile");
    expect({ exit, ...problem }).toMatchObject({
      exit: 1,
      code,
      detail: expect.stringMatching(evidence),
      hint: expect.stringMatching(/--identity-file.*a (private )?key without a passphrase/),
    });
  });

  it("has an odd name is found all the same", async () => {
    const odd = join(site.world.dir, "100% sure, isn't it? %h");
    copyFileSync(site.sshd.identityFile, odd);
    await site.configure("--identity-file", odd);
    const { exit, problem } = await site.backup();
    await site.configure("--unset", "identityFile");
    expect({ exit, problem }).toEqual({ exit: 0, problem: null });
  });
});

describe("a host that takes its time", () => {
  it("and never says a word counts as unreachable, after ssh has waited for 15 seconds", async () => {
    expect(outcomeOf(await unanswered)).toMatchObject({
      exit: 1,
      status: "failed",
      problem: {
        code: "host_unreachable",
        message: `${silent.address} does not answer.`,
        hint: expect.stringContaining("firewall"),
      },
    });
    expect(silent.connections()).toBe(1);
  });
});
