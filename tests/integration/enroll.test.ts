// Enrolment: a key for one host alone, the line that lets it in there, and how little it may do.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import { requireHost } from "../../src/store/hosts.ts";
import { listIdentities } from "../../src/store/identities.ts";
import { unseal } from "../../src/system/sealing.ts";
import { type AccountsMachine, startAccountsMachine } from "../support/accounts-machine.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { runTool } from "../support/tool.ts";

let machine: AccountsMachine;
let site: BackupSite;
let source: string;
let number = 0;
let host: string;

beforeAll(async () => {
  [machine, site] = [await startAccountsMachine(), await makeSite()];
  source = join(site.world.hostDir, "source");
  mkdirSync(source, { mode: 0o700 });
  writeFileSync(join(source, "secret"), "only root may read this", { mode: 0o600 });
});
afterAll(async () => {
  await machine.stop();
  await site.world.dispose();
});
beforeEach(async () => {
  number += 1;
  host = `web${number}`;
  machine.run("rm -rf /root/.ssh /home/*/.ssh /etc/sudoers.d/pobsync*");
  await site.ok(
    "configure-host",
    host,
    "--address",
    machine.address,
    "--port",
    `${machine.port}`,
    "--source",
    source,
  );
});

const run = (...args: string[]) => site.pobsync.run("--json", ...args);
const enroll = (...args: string[]) => site.pobsync.run("--json", "enroll", host, ...args);
const lineFor = async (...args: string[]): Promise<string> =>
  (await site.ok("enroll", host, "--print", ...args)).stdout.trim();
const codeOf = async (...args: string[]) => {
  const result = await run(...args);
  const { problem, run: made } = result.json();
  return { exit: result.code, code: (problem ?? made?.problem)?.code ?? null };
};

/** Signs in with a key of the host itself, as somebody would who has stolen it. */
async function withStolenKey(role: string, user: string, words: readonly string[]) {
  const db = await openDatabase(site.world.environment.POBSYNC_DATABASE_URL ?? "");
  const all = await listIdentities(db, (await requireHost(db, host)).id);
  await db.close();
  const sealed = all.find((one) => one.role === role)?.sealedKey ?? "";
  const found = await unseal(join(site.world.stateDir, "secret.key"), `private key for ${host}`, sealed);
  if (!("text" in found)) throw new Error(found.why);
  const file = join(site.world.dir, "stolen");
  writeFileSync(file, found.text, { mode: 0o600 });
  const options = ["-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"];
  const ssh = ["ssh", "-i", file, ...options, "-o", "IdentitiesOnly=yes", "-p", `${machine.port}`];
  const [program = "", ...args] = words.map((word) => (word === "SSH" ? ssh.join(" ") : word));
  const { status, stdout, stderr } =
    program === "ssh"
      ? spawnSync("ssh", [...ssh.slice(1), `${user}@${machine.address}`, ...args], { encoding: "utf8" })
      : spawnSync(program, args, { encoding: "utf8" });
  rmSync(file);
  return { status, output: stdout, stderr };
}

describe("a host is enrolled", () => {
  it("by pasting one line, which makes an account that can read everything and do nothing else", async () => {
    const waiting = await enroll();
    expect(waiting.code).toBe(1);
    expect(waiting.json().check.steps.at(-2)).toMatchObject({ problem: { code: "authentication_failed" } });
    expect(machine.run(waiting.json().line)).toContain("this host accepts the key");
    const accepted = await enroll();
    expect(accepted.json()).toMatchObject({
      identity: { access: "sudo", user: "pobsync", publicKey: waiting.json().identity.publicKey },
      check: { ok: true },
    });
    expect(accepted.code).toBe(0);
    const { snapshot } = await site.backUp(host);
    expect(readFileSync(join(snapshot.dataPath, source, "secret"), "utf8")).toBe("only root may read this");

    const login = await withStolenKey("backup", "pobsync", ["ssh", "id"]);
    expect(login).toMatchObject({ output: "", stderr: expect.stringContaining("rrsync") });
    const target = `pobsync@${machine.address}:${source}`;
    const pushed = await withStolenKey("backup", "pobsync", [
      "rsync",
      "-e",
      "SSH",
      "/etc/hostname",
      `${target}/new`,
    ]);
    expect(pushed.status).not.toBe(0);
    const deleted = await withStolenKey("backup", "pobsync", [
      ...["rsync", "-e", "SSH", "--remove-source-files", `${target}/secret`, site.world.dir],
    ]);
    expect(deleted.status).not.toBe(0);
    expect(machine.run(`ls ${source}`)).toBe("secret\n");
  });

  it("without its private key ever being on a disk in the clear", async () => {
    const secret = "OPENSSH PRIVATE KEY";
    machine.run(await lineFor());
    await site.ok("enroll", host);
    await site.backUp(host);
    const dump = join(site.world.dir, "dump");
    await site.ok("dumpdata", "--output", dump, "--overwrite");
    const found = await runTool("sh", ["-c", `grep -rlaF '${secret}' '${site.world.dir}' || true`]);
    expect(found.toString()).toBe("");
    expect((await runTool("stat", ["-c", "%a", join(site.world.stateDir, "secret.key")])).toString()).toBe(
      "600\n",
    );
  });

  it("together with being made, and pasting twice changes nothing", async () => {
    host = `new${number}`;
    expect((await enroll()).code).toBe(5);
    const line = await lineFor("--address", machine.address, "--port", `${machine.port}`, "--as", "root");
    machine.run(line);
    const once = machine.run("cat /root/.ssh/authorized_keys");
    machine.run("echo ssh-ed25519 AAAAsomebody else >> /root/.ssh/authorized_keys");
    machine.run(line);
    expect(machine.run("sort /root/.ssh/authorized_keys")).toBe(
      [...once.trim().split("\n"), "ssh-ed25519 AAAAsomebody else", ""].sort().join("\n").trimStart() + "\n",
    );
    await site.ok("configure-host", host, "--source", source);
    expect((await enroll()).json()).toMatchObject({
      identity: { access: "root", user: "root" },
      check: { ok: true },
    });
    await site.backUp(host);
  });

  it("as an ordinary account, which backs up what that may read", async () => {
    machine.run("id ada 2>/dev/null || useradd --create-home --shell /bin/bash ada; usermod -p '*' ada");
    machine.run("mkdir -p /home/ada/docs; echo hers > /home/ada/docs/a; chown -R ada /home/ada");
    await site.ok("configure-host", host, "--source", "/home/ada/docs");
    const line = await lineFor("--as", "user", "--user", "ada");
    expect(machine.paste(line).output).toContain("paste it into a shell of ada");
    expect(machine.paste(line, "ada")).toMatchObject({ code: 0 });
    await site.ok("enroll", host);
    const { snapshot } = await site.backUp(host);
    expect(readFileSync(join(snapshot.dataPath, "home/ada/docs/a"), "utf8")).toBe("hers\n");
  });

  it("with full access where it has hooks, and is refused less", async () => {
    await site.ok("configure-host", host, "--pre-hook", "/bin/touch /root/hooked");
    const refused = await enroll();
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--as full");
    machine.run(await lineFor("--as", "full"));
    await site.ok("enroll", host);
    await site.backUp(host);
    expect(machine.run("ls /root")).toBe("hooked\n");
    writeFileSync(join(source, "secret"), "changed");
    await site.ok("restore", `${host}:${source}/secret`, "--in-place", "--yes");
    expect(readFileSync(join(source, "secret"), "utf8")).toBe("only root may read this");
  });
});

describe("backups go on", () => {
  it("with the key that worked, until the host accepts the new one", async () => {
    const old = join(site.world.dir, `old${number}`);
    await runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", old]);
    machine.run(
      `mkdir -m 700 /root/.ssh; echo '${readFileSync(`${old}.pub`, "utf8").trim()}' > /root/.ssh/authorized_keys`,
    );
    await site.ok("configure-host", host, "--identity-file", old);
    await site.backUp(host);
    const line = await lineFor();
    expect((await enroll()).code).toBe(1);
    await site.backUp(host);
    machine.run(line);
    await site.ok("enroll", host);
    rmSync(old);
    await site.backUp(host);
    // The same with a key that exists already; the line takes away what it was allowed before.
    await runTool("ssh-keygen", ["-q", "-t", "rsa", "-b", "4096", "-N", "", "-f", old]);
    machine.run(`echo '${readFileSync(`${old}.pub`, "utf8").trim()}' > /root/.ssh/authorized_keys`);
    machine.run(await lineFor("--key", old, "--as", "root"));
    rmSync(old);
    await site.ok("enroll", host);
    expect((await site.ok("--json", "show-host", host)).json().identities).toMatchObject([
      { role: "backup", access: "root", publicKey: expect.stringMatching(/^ssh-rsa /) },
    ]);
    await site.backUp(host);
    expect(machine.run("grep -c . /root/.ssh/authorized_keys")).toBe("1\n");
    expect(machine.run("cat /root/.ssh/authorized_keys")).toMatch(
      /^restrict,command="\S*rrsync -ro \/" ssh-rsa /,
    );
  });

  it("while a key is rotated, at whatever moment a backup comes", async () => {
    machine.run(await lineFor());
    await site.ok("enroll", host);
    const first = (await site.ok("--json", "show-host", host)).json().identities[0].publicKey;
    const line = await lineFor("--rotate");
    expect(await lineFor("--rotate")).toBe(line);
    await site.backUp(host);
    machine.run(line);
    await site.backUp(host);
    await site.ok("enroll", host);
    await site.backUp(host);
    const { identities } = (await site.ok("--json", "show-host", host)).json();
    expect(identities).toHaveLength(1);
    expect(identities[0].publicKey).not.toBe(first);
    expect(machine.run("grep -c . /home/pobsync/.ssh/authorized_keys")).toBe("1\n");
  });
});

describe("restoring onto an enrolled host", () => {
  it.each(["sudo", "root"])("as %s wants a key of its own, which host and server forget", async (access) => {
    machine.run(await lineFor("--as", access));
    await site.ok("enroll", host);
    await site.backUp(host);
    writeFileSync(join(source, "secret"), "overwritten");
    const restore = ["restore", `${host}:${source}/secret`, "--in-place", "--yes"];
    expect(await codeOf(...restore)).toEqual({ exit: 1, code: "restore_not_granted" });
    machine.run(await lineFor("--restore", "--for", "2h"));
    expect((await enroll("--restore", "--print")).code).toBe(0);
    // Granted anew: the line before is of no use any more.
    expect(await codeOf(...restore)).toEqual({ exit: 1, code: "authentication_failed" });
    machine.run(await lineFor("--restore", "--for", "2h"));
    expect(await codeOf(...restore)).toEqual({ exit: 0, code: null });
    expect(readFileSync(join(source, "secret"), "utf8")).toBe("only root may read this");
    await site.backUp(host);
    // A key whose time is over is refused by the host, whatever this server says.
    const lapsed = (await lineFor("--restore", "--for", "1m")).replace(
      /e=(\d+);/,
      (_, at) => `e=${at - 120};`,
    );
    machine.run(lapsed);
    expect(await codeOf(...restore)).toEqual({ exit: 1, code: "authentication_failed" });
    expect(machine.run("cat /etc/sudoers.d/pobsync-*-restore 2>/dev/null || true")).toMatch(
      access === "sudo" ? /NOTAFTER=\d{14}Z NOPASSWD: \S+rsync$/m : /^$/,
    );
  });
});

describe("keys are taken back", () => {
  it("here by --revoke, and there by the line that it prints", async () => {
    machine.run(await lineFor());
    await site.ok("enroll", host);
    machine.run(await lineFor("--restore"));
    const revoked = await enroll("--revoke");
    expect(revoked.json()).toMatchObject({ identity: null, check: null });
    machine.run(revoked.json().line);
    expect(
      machine.run("cat /home/pobsync/.ssh/authorized_keys; ls /etc/sudoers.d | grep pobsync || true"),
    ).toBe("");
    expect((await enroll("--revoke")).code).toBe(5);
  });

  it("by losing the secret key, which is named, and a new key helps", async () => {
    machine.run(await lineFor());
    await site.ok("enroll", host);
    const file = join(site.world.stateDir, "secret.key");
    const kept = readFileSync(file);
    rmSync(file);
    expect(await codeOf("backup", host)).toEqual({ exit: 1, code: "identity_sealed" });
    expect((await run("doctor")).json().findings).toContainEqual(
      expect.objectContaining({
        what: "keys of hosts",
        problem: expect.objectContaining({ code: "identity_sealed" }),
      }),
    );
    machine.run(await lineFor("--rotate"));
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file)).not.toEqual(kept);
    await site.ok("enroll", host);
    await site.backUp(host);
  });
});

describe("what cannot be enrolled is refused, and nothing is changed", () => {
  it.each([
    [["--as", "wizard"], 2, "sudo, root, user or full"],
    [["--user", "bad name"], 2, "login name"],
    [["--user", "a;reboot"], 2, "login name"],
    [["--key", "/etc/hostname"], 1, "cannot be used"],
    [["--restore", "--for", "30d"], 2, "must lie between"],
    [["--restore", "--rotate"], 2, "goes with neither"],
  ])("%j", async (args, exit, words) => {
    const result = await site.pobsync.run("enroll", host, ...args);
    expect({ exit: result.code, stderr: result.stderr }).toEqual({
      exit,
      stderr: expect.stringContaining(words),
    });
    expect((await site.ok("--json", "show-host", host)).json().identities).toEqual([]);
  });

  it("this machine itself", async () => {
    await site.ok("configure-host", host, "--transport", "local");
    expect((await enroll()).stderr).toContain("needs no key");
  });
});
