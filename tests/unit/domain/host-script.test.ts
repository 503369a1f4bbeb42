// The line for a host: one word for a shell, whatever it is made of.
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { hostScript, type Invitation, removalScript } from "../../../src/domain/host-script.ts";
import { ACCESSES, parseAccess, parseAccount } from "../../../src/domain/identity.ts";

const invitation: Invitation = {
  ...{ access: "sudo", user: "pobsync", purpose: "backup", mark: "0a1b2c3d", expiresAt: null },
  formerUsers: ["root", "pobsync", "ada"],
  publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5+/==",
};
const all: Invitation[] = ACCESSES.flatMap((access) => [
  { ...invitation, access },
  { ...invitation, access, purpose: "restore", expiresAt: new Date("2026-11-29T12:00:00Z") },
]);

describe("the line for a host", () => {
  it.each(all)("of $access for $purpose is one line that a shell understands", (one) => {
    const line = hostScript(one);
    expect(line).not.toContain("\n");
    const [program = "", option = "", script = ""] = /^(sh) (-c) '([^']*)'$/.exec(line)?.slice(1) ?? [];
    expect([program, option]).toEqual(["sh", "-c"]);
    // Read and not run.
    execFileSync("sh", ["-n", "-c", script]);
    execFileSync("bash", ["--posix", "-n", "-c", script]);
  });

  it("lets a key for backups only read, and one for restores be over in time", () => {
    const options = (one: Invitation) =>
      /echo "(restrict.*?) ssh-/.exec(hostScript(one).replaceAll("\\", ""))?.[1];
    expect(all.map((one) => `${one.access} ${one.purpose}: ${options(one)}`)).toEqual([
      'sudo backup: restrict,command="sudo -n $r -ro /"',
      'sudo restore: restrict,expiry-time="$x"',
      'root backup: restrict,command="$r -ro /"',
      'root restore: restrict,expiry-time="$x"',
      'user backup: restrict,command="$r -ro /"',
      'user restore: restrict,expiry-time="$x"',
      "full backup: restrict",
      'full restore: restrict,expiry-time="$x"',
    ]);
    expect(
      hostScript({ ...invitation, purpose: "restore", expiresAt: new Date("2026-11-29T12:00:00Z") }),
    ).toContain("e=1795953600;");
  });

  it("is not made of anything that could be read as something else", () => {
    const bad: Partial<Invitation>[] = [
      ...["root; reboot", "$(id)", "a b", "", "-x", "a'b", "ä"].map((user) => ({ user })),
      ...["$(id)", "A"].map((user) => ({ formerUsers: ["root", user] })),
      ...["", "0a1b2c3", "0a1b2c3dd", "0a1b2c3*", "../../x1"].map((mark) => ({ mark })),
      ...["ssh-ed25519 AAAA' x", "ssh-ed25519", "ssh-ed25519 AA\nAA", 'a "b"'].map((publicKey) => ({
        publicKey,
      })),
    ];
    for (const one of bad) expect(() => hostScript({ ...invitation, ...one })).toThrow();
    expect(() => removalScript("0a1b2c3d", ["root", "$(id)"])).toThrow();
    expect(() => removalScript("*", ["root"])).toThrow();
  });

  it("has an account and an access that somebody has named as they may be", () => {
    for (const given of ["", "Root", "a.b", "a@b", "-a", "a".repeat(33), "a\n", null, 1])
      expect(() => parseAccount(given)).toThrow(/account/);
    expect(["root", "_backup", "pob-sync_1", "a".repeat(32)].map(parseAccount)).toHaveLength(4);
    expect(() => parseAccess("admin")).toThrow(/sudo, root, user or full/);
  });
});
