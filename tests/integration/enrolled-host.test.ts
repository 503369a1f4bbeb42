import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { enrolling, SECRET } from "../support/enrolling.ts";
import { runTool } from "../support/tool.ts";

const at = enrolling();

const codeOf = async (...args: string[]) => {
  const result = await at.run(...args);
  const { problem, run: made } = result.json();
  return { exit: result.code, code: (problem ?? made?.problem)?.code ?? null };
};

describe("backups go on", () => {
  it("with the key that worked, until the host accepts the new one", async () => {
    const old = join(at.site.world.dir, `old-${at.host}`);
    await runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", old]);
    at.machine.run(
      `mkdir -m 700 /root/.ssh; echo '${readFileSync(`${old}.pub`, "utf8").trim()}' > /root/.ssh/authorized_keys`,
    );
    await at.site.ok("configure-host", at.host, "--identity-file", old);
    await at.site.backUp(at.host);
    const line = await at.lineFor();
    expect((await at.enroll()).code).toBe(1);
    await at.site.backUp(at.host);
    at.machine.run(line);
    await at.site.ok("enroll", at.host);
    rmSync(old);
    await at.site.backUp(at.host);
    // The same with a key that exists already; the line takes away what it was allowed before.
    await runTool("ssh-keygen", ["-q", "-t", "rsa", "-b", "4096", "-N", "", "-f", old]);
    at.machine.run(`echo '${readFileSync(`${old}.pub`, "utf8").trim()}' > /root/.ssh/authorized_keys`);
    at.machine.run(await at.lineFor("--key", old, "--as", "root"));
    rmSync(old);
    await at.site.ok("enroll", at.host);
    expect((await at.site.ok("--json", "show-host", at.host)).json().identities).toMatchObject([
      { role: "backup", access: "root", publicKey: expect.stringMatching(/^ssh-rsa /) },
    ]);
    await at.site.backUp(at.host);
    expect(at.machine.run("grep -c . /root/.ssh/authorized_keys")).toBe("1\n");
    expect(at.machine.run("cat /root/.ssh/authorized_keys")).toMatch(
      /^restrict,command="\S*rrsync -ro \/" ssh-rsa /,
    );
  });

  it("while a key is rotated, at whatever moment a backup comes", async () => {
    at.machine.run(await at.lineFor());
    await at.site.ok("enroll", at.host);
    const first = (await at.site.ok("--json", "show-host", at.host)).json().identities[0].publicKey;
    const line = await at.lineFor("--rotate");
    expect(await at.lineFor("--rotate")).toBe(line);
    await at.site.backUp(at.host);
    at.machine.run(line);
    await at.site.backUp(at.host);
    await at.site.ok("enroll", at.host);
    await at.site.backUp(at.host);
    const { identities } = (await at.site.ok("--json", "show-host", at.host)).json();
    expect(identities).toHaveLength(1);
    expect(identities[0].publicKey).not.toBe(first);
    expect(at.machine.run("grep -c . /home/pobsync/.ssh/authorized_keys")).toBe("1\n");
  });
});

describe("restoring onto an enrolled host", () => {
  it.each(["sudo", "root"])("as %s wants a key of its own, which host and server forget", async (access) => {
    at.machine.run(await at.lineFor("--as", access));
    await at.site.ok("enroll", at.host);
    await at.site.backUp(at.host);
    writeFileSync(join(at.source, "secret"), "overwritten");
    const restore = ["restore", `${at.host}:${at.source}/secret`, "--in-place", "--yes"];
    expect(await codeOf(...restore)).toEqual({ exit: 1, code: "restore_not_granted" });
    at.machine.run(await at.lineFor("--restore", "--for", "2h"));
    expect((await at.enroll("--restore", "--print")).code).toBe(0);
    // Granted anew: the line before is of no use any more.
    expect(await codeOf(...restore)).toEqual({ exit: 1, code: "authentication_failed" });
    at.machine.run(await at.lineFor("--restore", "--for", "2h"));
    expect(await codeOf(...restore)).toEqual({ exit: 0, code: null });
    expect(readFileSync(join(at.source, "secret"), "utf8")).toBe(SECRET);
    await at.site.backUp(at.host);
    // A key whose time is over is refused by the at.host, whatever this server says.
    const lapsed = (await at.lineFor("--restore", "--for", "1m")).replace(
      /e=(\d+);/,
      (_, at) => `e=${at - 120};`,
    );
    at.machine.run(lapsed);
    expect(await codeOf(...restore)).toEqual({ exit: 1, code: "authentication_failed" });
    expect(at.machine.run("cat /etc/sudoers.d/pobsync-*-restore 2>/dev/null || true")).toMatch(
      access === "sudo" ? /NOTAFTER=\d{14}Z NOPASSWD: \S+rsync$/m : /^$/,
    );
  });
});

describe("the line on the host", () => {
  const ada = () =>
    at.machine.run(
      "id ada >/dev/null 2>&1 || useradd --create-home --shell /bin/bash ada; usermod -p '*' ada; " +
        "mkdir -p -m 700 /home/ada/.ssh; chown ada /home/ada/.ssh",
    );

  it("leaves what others have in authorized_keys as it is, whatever bytes that holds", async () => {
    ada();
    const others =
      "printf 'ssh-ed25519 AAAA1 j\\374rgen\\nssh-ed25519 AAAA2 n\\000l\\nssh-ed25519 AAAA3 last'";
    at.machine.run(`${others} > /home/ada/.ssh/authorized_keys; chown ada /home/ada/.ssh/authorized_keys`);
    const line = await at.lineFor("--user", "ada");
    for (const _ of [1, 2]) at.machine.run(line);
    const kept = at.machine.run("grep -v pobsync -a /home/ada/.ssh/authorized_keys | od -c");
    expect(kept).toBe(at.machine.run(`{ ${others}; echo; } | od -c`));
    await at.site.ok("enroll", at.host);
    expect(at.machine.run("stat -c %U%a /home/ada/.ssh/authorized_keys")).toBe("ada600\n");
  });

  it("does not let an account make root write elsewhere", async () => {
    ada();
    const target = "/etc/sudoers.d/planted";
    for (const name of ["authorized_keys.pobsync", "authorized_keys"]) {
      at.machine.run(`rm -f ${target} /home/ada/.ssh/*; ln -s ${target} /home/ada/.ssh/${name}`);
      at.machine.paste(await at.lineFor("--user", "ada"));
      expect(at.machine.run(`ls ${target} 2>/dev/null || true`)).toBe("");
    }
    at.machine.run(
      "rm -rf /home/ada/.ssh; ln -s /etc/cron.d /home/ada/.ssh; ls -la /etc/cron.d > /home/before",
    );
    expect(at.machine.paste(await at.lineFor("--user", "ada")).code).not.toBe(0);
    expect(at.machine.run("ls -la /etc/cron.d | diff - /home/before")).toBe("");
    at.machine.run("rm -f /home/ada/.ssh /home/before");
  });

  it("takes away what was accepted at another account, once backups don't need that any more", async () => {
    at.machine.run(await at.lineFor("--as", "full"));
    await at.site.ok("enroll", at.host);
    const line = await at.lineFor("--as", "sudo");
    at.machine.run(line);
    await at.site.backUp(at.host);
    expect((await at.site.ok("enroll", at.host)).stderr).toContain("signed in as root");
    at.machine.run(await at.lineFor());
    expect(at.machine.run("grep -c pobsync: /root/.ssh/authorized_keys || true")).toBe("0\n");
    await at.site.backUp(at.host);
    // The same key with less: what is printed is for that, and not for the one in use.
    const { key } = { key: join(at.site.world.dir, `both-${at.host}`) };
    await runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    at.machine.run(await at.lineFor("--key", key, "--as", "full"));
    await at.site.ok("enroll", at.host);
    expect(await at.lineFor("--key", key, "--as", "root")).toContain("rrsync");
    expect((await at.enroll()).json().identity).toMatchObject({ role: "next", access: "root" });
  });

  it("of one host leaves that of another on the same machine alone", async () => {
    at.machine.run(await at.lineFor());
    await at.site.ok("enroll", at.host);
    const place = ["--address", at.machine.address, "--port", `${at.machine.port}`];
    const other = `other-${at.host}`;
    at.machine.run((await at.site.ok("enroll", other, "--print", ...place)).stdout.trim());
    await at.site.ok("configure-host", other, "--source", at.source);
    await at.site.ok("enroll", other);
    await at.site.backUp(at.host);
    at.machine.run((await at.run("enroll", other, "--revoke")).json().line);
    await at.site.backUp(at.host);
  });
});

describe("keys are taken back", () => {
  it("here by --revoke, and there by the line that it prints", async () => {
    at.machine.run(await at.lineFor());
    await at.site.ok("enroll", at.host);
    at.machine.run(await at.lineFor("--restore"));
    const revoked = await at.enroll("--revoke");
    expect(revoked.json()).toMatchObject({ identity: null, check: null });
    at.machine.run(revoked.json().line);
    expect(
      at.machine.run("cat /home/pobsync/.ssh/authorized_keys; ls /etc/sudoers.d | grep pobsync || true"),
    ).toBe("");
    expect((await at.enroll("--revoke")).code).toBe(5);
  });

  it("by losing the secret key, which is named, and a new key helps", async () => {
    at.machine.run(await at.lineFor());
    await at.site.ok("enroll", at.host);
    const file = join(at.site.world.stateDir, "secret.key");
    const kept = readFileSync(file);
    rmSync(file);
    expect(await codeOf("backup", at.host)).toEqual({ exit: 1, code: "identity_sealed" });
    expect((await at.run("doctor")).json().findings).toContainEqual(
      expect.objectContaining({
        what: "keys of hosts",
        problem: expect.objectContaining({ code: "identity_sealed" }),
      }),
    );
    at.machine.run(await at.lineFor("--rotate"));
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file)).not.toEqual(kept);
    await at.site.ok("enroll", at.host);
    await at.site.backUp(at.host);
  });
});
