// The host key: pinned on first contact or confirmed by a person, and never changed behind anybody's back.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSshSite, type SshSite } from "../support/ssh-site.ts";

let site: SshSite;
beforeAll(async () => {
  site = await makeSshSite();
});
afterAll(() => site.dispose());

const pinned = async (): Promise<string[]> =>
  (await site.ok("--json", "show-host", "web1"))
    .json()
    .hostKeys.map((key: { fingerprint: string }) => key.fingerprint);
const accept = (fingerprint: string) =>
  site.pobsync.run("--json", "check-host", "web1", "--accept-host-key", fingerprint);

describe("on first contact", () => {
  it("a site that confirms keys by hand shows the fingerprint and pins nothing", async () => {
    await site.ok("configure-global", "--host-keys", "confirm");
    const shown = site.sshd.hostKeyFingerprint;
    const { code, stderr } = await site.pobsync.run("backup", "web1");
    expect(code).toBe(1);
    expect(stderr).toContain(`✗ web1 shows the host key ${shown}, which nobody has accepted yet.`);
    expect(stderr).toContain(`pobsync check-host web1 --accept-host-key ${shown}\n`);
    expect((await site.backup()).problem).toMatchObject({ code: "host_key_unconfirmed" });
    expect(await pinned()).toEqual([]);
  });

  it("a person who accepts another fingerprint than the one shown changes nothing", async () => {
    const { code, stdout, stderr } = await accept(`SHA256:${"A".repeat(43)}`);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).problem).toMatchObject({
      code: "host_key_changed",
      message: `web1 shows ${site.sshd.hostKeyFingerprint}, not the fingerprint that you gave. Nothing was changed.`,
      hint: expect.stringContaining("ssh-keygen -lf"),
    });
    expect(stderr).toContain("Nothing was changed.");
    expect(await pinned()).toEqual([]);
    const notOne = await accept("SHA256:short");
    expect([notOne.code, notOne.json().problem.code]).toEqual([2, "bad_input"]);
  });

  it("a person who accepts the right fingerprint, also without SHA256:, pins it", async () => {
    const { code, json } = await accept(site.sshd.hostKeyFingerprint.replace("SHA256:", ""));
    expect(code).toBe(0);
    expect(json().steps.map((step: { status: string }) => step.status)).toEqual(["ok", "ok", "ok", "ok"]);
    expect(await pinned()).toEqual([site.sshd.hostKeyFingerprint]);
    expect(await site.backup()).toMatchObject({ exit: 0, status: "succeeded" });
  });

  it("a site that pins keys says which one it pinned, once", async () => {
    await site.ok("configure-global", "--host-keys", "pin");
    await site.ok("configure-host", "web2", "--address", site.sshd.address, "--source", site.source);
    const first = await site.pobsync.run("backup", "web2");
    expect(first.code).toBe(0);
    expect(first.stderr).toContain(
      `First contact with web2: its host key ${site.sshd.hostKeyFingerprint} (ssh-ed25519) is pinned`,
    );
    expect((await site.pobsync.run("backup", "web2")).stderr).not.toContain("First contact");
  });
});

describe("a host that shows another key than the pinned one", () => {
  it("is not talked to: both fingerprints and the command to mend it are named", async () => {
    const before = site.sshd.hostKeyFingerprint;
    await site.sshd.rekey();
    const now = site.sshd.hostKeyFingerprint;
    const accepted = site.sshd.log().split("Accepted publickey").length;
    const { exit, problem, stderr } = await site.backup();
    expect({ exit, ...problem }).toEqual({
      exit: 1,
      code: "host_key_changed",
      message: "web1 shows another host key than the one that is pinned.",
      hint: expect.stringContaining(`pobsync check-host web1 --accept-host-key ${now}`),
      detail: `pinned: ${before}\nshown:  ${now} (ssh-ed25519)`,
    });
    expect(stderr).toContain(`  pinned: ${before}\n  shown:  ${now} (ssh-ed25519)\n`);
    expect(await pinned()).toEqual([before]);
    expect(site.sshd.log().split("Accepted publickey").length).toBe(accepted);
    const { steps } = (await site.pobsync.run("--json", "check-host", "web1")).json();
    expect(steps[2].problem.hint).toContain(`--accept-host-key ${now}`);
  });

  it("is backed up again once a person has accepted the new key", async () => {
    expect(await site.backup()).toMatchObject({ exit: 1, problem: { code: "host_key_changed" } });
    expect((await accept(site.sshd.hostKeyFingerprint)).code).toBe(0);
    expect(await site.backup()).toMatchObject({ exit: 0, status: "succeeded" });
  });
});
