// Enrolment: a key for one host alone, the line that lets it in there, and how little it may do.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import { requireHost } from "../../src/store/hosts.ts";
import { listIdentities } from "../../src/store/identities.ts";
import { unseal } from "../../src/system/sealing.ts";
import { enrolling, SECRET } from "../support/enrolling.ts";
import { pobsyncProgram } from "../support/pobsync.ts";
import { runTool } from "../support/tool.ts";

const at = enrolling();

/** Signs in with a key of the host itself, as somebody would who has stolen it. */
async function withStolenKey(role: string, user: string, words: readonly string[]) {
  const db = await openDatabase(at.site.world.environment.POBSYNC_DATABASE_URL ?? "");
  const all = await listIdentities(db, (await requireHost(db, at.host)).id);
  await db.close();
  const sealed = all.find((one) => one.role === role)?.sealedKey ?? "";
  const found = await unseal(
    join(at.site.world.stateDir, "secret.key"),
    `private key for ${at.host}`,
    sealed,
  );
  if (!("text" in found)) throw new Error(found.why);
  const file = join(at.site.world.dir, "stolen");
  writeFileSync(file, found.text, { mode: 0o600 });
  const options = ["-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"];
  const ssh = ["ssh", "-i", file, ...options, "-o", "IdentitiesOnly=yes", "-p", `${at.machine.port}`];
  const [program = "", ...args] = words.map((word) => (word === "SSH" ? ssh.join(" ") : word));
  const { status, stdout, stderr } =
    program === "ssh"
      ? spawnSync("ssh", [...ssh.slice(1), `${user}@${at.machine.address}`, ...args], { encoding: "utf8" })
      : spawnSync(program, args, { encoding: "utf8" });
  rmSync(file);
  return { status, output: stdout, stderr };
}

describe("a host is enrolled", () => {
  it("by pasting one line, which makes an account that can read everything and do nothing else", async () => {
    const waiting = await at.enroll();
    expect(waiting.code).toBe(1);
    expect(waiting.json().check.steps.at(-2)).toMatchObject({ problem: { code: "authentication_failed" } });
    expect(at.machine.run(waiting.json().line)).toContain("this host accepts the key");
    const accepted = await at.enroll();
    expect(accepted.json()).toMatchObject({
      identity: { access: "sudo", user: "pobsync", publicKey: waiting.json().identity.publicKey },
      check: { ok: true },
    });
    expect(accepted.code).toBe(0);
    const { snapshot } = await at.site.backUp(at.host);
    expect(readFileSync(join(snapshot.dataPath, at.source, "secret"), "utf8")).toBe(SECRET);

    const login = await withStolenKey("backup", "pobsync", ["ssh", "id"]);
    expect(login).toMatchObject({ output: "", stderr: expect.stringContaining("rrsync") });
    const target = `pobsync@${at.machine.address}:${at.source}`;
    const pushed = await withStolenKey("backup", "pobsync", [
      "rsync",
      "-e",
      "SSH",
      "/etc/hostname",
      `${target}/new`,
    ]);
    expect(pushed.status).not.toBe(0);
    const deleted = await withStolenKey("backup", "pobsync", [
      ...["rsync", "-e", "SSH", "--remove-source-files", `${target}/secret`, at.site.world.dir],
    ]);
    expect(deleted.status).not.toBe(0);
    expect(at.machine.run(`ls ${at.source}`)).toBe("secret\n");
  });

  it("without its private key ever being on a disk in the clear", async () => {
    const secret = "OPENSSH PRIVATE KEY";
    at.machine.run(await at.lineFor());
    await at.site.ok("enroll", at.host);
    await at.site.backUp(at.host);
    const dump = join(at.site.world.dir, "dump");
    await at.site.ok("dumpdata", "--output", dump, "--overwrite");
    const found = await runTool("sh", ["-c", `grep -rlaF '${secret}' '${at.site.world.dir}' || true`]);
    expect(found.toString()).toBe("");
    expect((await runTool("stat", ["-c", "%a", join(at.site.world.stateDir, "secret.key")])).toString()).toBe(
      "600\n",
    );
  });

  it("together with being made, and pasting twice changes nothing", async () => {
    at.host = `new-${at.host}`;
    expect((await at.enroll()).code).toBe(5);
    const line = await at.lineFor(
      "--address",
      at.machine.address,
      "--port",
      `${at.machine.port}`,
      "--as",
      "root",
    );
    at.machine.run(line);
    const once = at.machine.run("cat /root/.ssh/authorized_keys");
    at.machine.run("echo ssh-ed25519 AAAAsomebody else >> /root/.ssh/authorized_keys");
    at.machine.run(line);
    expect(at.machine.run("sort /root/.ssh/authorized_keys")).toBe(
      `${[...once.trim().split("\n"), "ssh-ed25519 AAAAsomebody else", ""].sort().join("\n").trimStart()}\n`,
    );
    await at.site.ok("configure-host", at.host, "--source", at.source);
    expect((await at.enroll()).json()).toMatchObject({
      identity: { access: "root", user: "root" },
      check: { ok: true },
    });
    await at.site.backUp(at.host);
  });

  it("as an ordinary account, which backs up what that may read", async () => {
    at.machine.run("id ada 2>/dev/null || useradd --create-home --shell /bin/bash ada; usermod -p '*' ada");
    at.machine.run("mkdir -p /home/ada/docs; echo hers > /home/ada/docs/a; chown -R ada /home/ada");
    await at.site.ok("configure-host", at.host, "--source", "/home/ada/docs");
    const line = await at.lineFor("--as", "user", "--user", "ada");
    expect(at.machine.paste(line).output).toContain("paste it into a shell of ada");
    expect(at.machine.paste(line, "ada")).toMatchObject({ code: 0 });
    expect((await at.site.ok("enroll", at.host)).stdout, "nobody signed in before").not.toContain(
      "Until now",
    );
    const { snapshot } = await at.site.backUp(at.host);
    expect(readFileSync(join(snapshot.dataPath, "home/ada/docs/a"), "utf8")).toBe("hers\n");
  });

  it("with full access where it has hooks, and is refused less", async () => {
    await at.site.ok("configure-host", at.host, "--pre-hook", "/bin/touch /root/hooked");
    const refused = await at.enroll();
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--as full");
    at.machine.run(await at.lineFor("--as", "full"));
    await at.site.ok("enroll", at.host);
    await at.site.backUp(at.host);
    expect(at.machine.run("ls /root")).toBe("hooked\n");
    writeFileSync(join(at.source, "secret"), "changed");
    await at.site.ok("restore", `${at.host}:${at.source}/secret`, "--in-place", "--yes");
    expect(readFileSync(join(at.source, "secret"), "utf8")).toBe(SECRET);
  });
});

describe("a host that lets the key in and lacks a source", () => {
  it("is enrolled all the same, and the source is named", async () => {
    at.machine.run(await at.lineFor("--as", "root"));
    await at.site.ok("configure-host", at.host, "--source", "/nowhere");
    const result = await at.site.pobsync.run("enroll", at.host);
    expect({ code: result.code, stderr: result.stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/has no \/nowhere[\s\S]*backups use it from now on/),
    });
    expect((await at.site.ok("--json", "show-host", at.host)).json().identities).toMatchObject([
      { role: "backup" },
    ]);
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
    const result = await at.site.pobsync.run("enroll", at.host, ...args);
    expect({ exit: result.code, stderr: result.stderr }).toEqual({
      exit,
      stderr: expect.stringContaining(words),
    });
    expect((await at.site.ok("--json", "show-host", at.host)).json().identities).toEqual([]);
  });

  it("this machine itself", async () => {
    await at.site.ok("configure-host", at.host, "--transport", "local");
    expect((await at.enroll()).stderr).toContain("needs no key");
  });
});

describe("on a terminal", () => {
  it("it waits until the line was pasted, says why it is refused before, and asks again", async () => {
    const { environment, dir, owns } = at.site.world;
    const child = spawn("script", ["-qec", `${pobsyncProgram} enroll ${at.host}`, "/dev/null"], {
      ...{ cwd: dir, env: { ...process.env, ...environment }, stdio: ["pipe", "pipe", "inherit"] },
    });
    if (child.pid !== undefined) owns(child.pid);
    let shown = "";
    let asked = 0;
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      shown += part;
      if (!/Press Enter when it is done there: $/.test(shown)) return;
      asked += 1;
      if (asked === 2) at.machine.run(/sh -c '[^']*'/.exec(stripVTControlCharacters(shown))?.[0] ?? "false");
      child.stdin.write("\r");
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    const text = stripVTControlCharacters(shown);
    expect({ code, asked }).toEqual({ code: 0, asked: 2 });
    expect(text).toMatch(/did not accept this server's key[\s\S]*backups use it from now on/);
    expect(text).toContain(`pobsync backup ${at.host}`);
  });
});
