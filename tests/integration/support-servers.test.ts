// Proof that the servers which tests start are real, obey, and leave nothing behind.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMariadb } from "../support/mariadb.ts";
import { closedPort, startSilentServer } from "../support/ports.ts";
import { isAlive, processesMentioning } from "../support/processes.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { waitUntil } from "../support/wait-until.ts";

const dir = mkdtempSync(join(tmpdir(), "pobsync-support-"));
afterAll(() => rmSync(dir, { recursive: true }));

describe("the ssh server", () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  const knownHosts = () => {
    const file = join(dir, "known_hosts");
    writeFileSync(file, `[${sshd.address}]:${sshd.port} ${sshd.hostKey}\n`);
    return file;
  };
  const clientArgs = (pinned: string, ...command: string[]) => [
    ...["-F", "none", "-T", "-i", sshd.identityFile, "-p", `${sshd.port}`, "-o", "BatchMode=yes"],
    ...["-o", "StrictHostKeyChecking=yes", "-o", `UserKnownHostsFile=${pinned}`, "-o", "ConnectTimeout=2"],
    ...["--", `${sshd.user}@${sshd.address}`, ...command],
  ];
  const ssh = async (...command: string[]) =>
    (await runTool("ssh", clientArgs(knownHosts(), ...command))).toString().trim();

  it("runs commands, and others than those that were asked for", async () => {
    expect(await ssh("rsync --version | head -n 1")).toMatch(/^rsync +version 3/);
    expect(await runTool("ssh-keygen", ["-lf", knownHosts()]).then(String)).toContain(
      sshd.hostKeyFingerprint,
    );
    sshd.setForcedCommand('echo "instead of $SSH_ORIGINAL_COMMAND"');
    expect(await ssh("this")).toBe("instead of this");
    sshd.setForcedCommand(null);
    await sshd.setEnvironmentPath(dir);
    await expect(ssh("rsync --version")).rejects.toThrow(/rsync: (command )?not found/);
    await sshd.setEnvironmentPath(null);
    expect(await ssh("echo as before")).toBe("as before");
  });

  it("shows a new key, and refuses the client's", async () => {
    const pinned = knownHosts();
    await sshd.rekey();
    await expect(runTool("ssh", clientArgs(pinned, "true"))).rejects.toThrow(
      /HOST IDENTIFICATION HAS CHANGED/,
    );
    expect(await ssh("echo pinned anew")).toBe("pinned anew");
    sshd.denyKey();
    await expect(ssh("true")).rejects.toThrow(/Permission denied \(publickey/);
    sshd.setForcedCommand(null);
  });

  it("freezes with its sessions, and goes on", async () => {
    const counter = join(dir, "counter");
    const session = ssh(`while sleep 0.02; do echo x >> ${counter}; test -e ${counter}.end && exit; done`);
    const counted = () => (existsSync(counter) ? readFileSync(counter).length : 0);
    await waitUntil(() => counted() > 4, { what: "the session to count" });
    sshd.pause();
    const whenFrozen = counted();
    await expect(ssh("true")).rejects.toThrow(/banner exchange|timed out/);
    expect(counted()).toBe(whenFrozen);
    sshd.resume();
    await waitUntil(() => counted() > whenFrozen, { what: "the session to go on counting" });
    writeFileSync(`${counter}.end`, "");
    await session;
  });

  it("leaves no process and no file when it stops, and comes back the same", async () => {
    const mark = join(dir, "never there");
    const loop = `sh -c 'until test -e "${mark}"; do sleep 1; done'`;
    const hold = () => ssh(`setsid ${loop} & ${loop}`).catch(() => "cut off");
    // One loop in the session and one that left it.
    const areHeld = () =>
      processesMentioning(mark).filter(({ command }) => command.startsWith("sh -c")).length === 2;
    const first = hold();
    await waitUntil(areHeld, { what: "the first session" });
    await sshd.killSessions();
    expect([await first, processesMentioning(mark)]).toEqual(["cut off", []]);
    const second = hold();
    await waitUntil(areHeld, { what: "the second session" });
    const { hostKeyFingerprint, port, identityFile } = sshd;
    await sshd.stop();
    expect([await second, processesMentioning(mark)]).toEqual(["cut off", []]);
    expect(existsSync(identityFile)).toBe(false);
    await expect(ssh("true")).rejects.toThrow(/Identity file|refused/);
    await sshd.start();
    expect(sshd).toMatchObject({ hostKeyFingerprint, port, identityFile });
    expect(await ssh("echo back")).toBe("back");
    expect(sshd.log()).toContain("Accepted publickey");
  });
});

describe("places where nobody answers", () => {
  it("refuse, or accept and say nothing", async () => {
    const { address, port } = await closedPort();
    const error = await new Promise((resolve) => connect(port, address).on("error", resolve));
    expect(error).toMatchObject({ code: "ECONNREFUSED" });

    const server = await startSilentServer();
    const client = [
      "-F",
      "none",
      "-o",
      "ConnectTimeout=1",
      "-p",
      `${server.port}`,
      "--",
      server.address,
      "true",
    ];
    await expect(runTool("ssh", client)).rejects.toThrow(/banner exchange/);
    expect(server.connections()).toBe(1);
    await server.stop();
  });
});

describe("the MariaDB server", () => {
  it("answers, survives a restart and a kill, and leaves nothing", async () => {
    const mariadb = await startMariadb();
    const { pid } = mariadb;
    const { username, password, port, pathname } = new URL(await mariadb.createDatabase());
    const query = async (sql: string) => {
      const place = ["--protocol=tcp", "--host=127.0.0.1", `--port=${port}`, `--user=${username}`];
      const args = [
        "--no-defaults",
        ...place,
        "--batch",
        "--skip-column-names",
        "-e",
        sql,
        pathname.slice(1),
      ];
      return (await runTool("mariadb", args, { env: { MYSQL_PWD: password } })).toString().trim();
    };
    expect(await query("SELECT 1")).toBe("1");
    expect(await query("SELECT @@character_set_database, @@innodb_flush_log_at_trx_commit")).toBe(
      "utf8mb4\t1",
    );
    await query("CREATE TABLE kept (n INT) ENGINE=InnoDB; INSERT INTO kept VALUES (7)");
    await mariadb.restart();
    expect(await query("SELECT n FROM kept")).toBe("7");
    await mariadb.kill9();
    await expect(query("SELECT 1")).rejects.toThrow(/Can't connect/);
    await mariadb.restart();
    expect(await query("SELECT n FROM kept")).toBe("7");
    const last = mariadb.pid;
    await mariadb.stop();
    expect([pid, last].map((one) => isAlive(one ?? 0))).toEqual([false, false]);
    await expect(query("SELECT 1")).rejects.toThrow(/Can't connect/);
  });
});
