// A real MariaDB server for tests: its own data folder, socket and loopback port; it can be killed and come back.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Daemon, startDaemon } from "./daemon.ts";
import { freePort } from "./ports.ts";
import { killTree, signalProcess } from "./processes.ts";
import { runTool } from "./tool.ts";

export type TestMariadb = {
  port: number;
  socket: string;
  /** The server's process while it runs. */
  readonly pid: number | null;
  /** `mariadb://user:password@127.0.0.1:port/database`; the database need not exist. */
  url(database: string): string;
  /** A new, empty utf8mb4 database (default: with a random name) and its URL. */
  createDatabase(name?: string): Promise<string>;
  /** Runs statements as the administrator; tab-separated rows without headings. @throws Error with the server's message */
  sql(statements: string): Promise<string>;
  log(): string;
  /** A clean shutdown, if it runs, and a start. Also brings back a killed one. */
  restart(): Promise<void>;
  /** Ends the server as a power cut of its process would: no flush, no goodbye. It stays down. */
  kill9(): Promise<void>;
  /** Ends it and removes all its databases. */
  stop(): Promise<void>;
};

/**
 * Starts a server with databases of its own. It takes about a second.
 * @param options.fast don't flush on commit; without it, commits are as durable as MariaDB makes them by default
 * @throws Error with the server's log when it doesn't come up
 */
export async function startMariadb(options: { fast?: boolean } = {}): Promise<TestMariadb> {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-mariadb-"));
  const file = (name: string) => join(folder, name);
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  const settings = `--defaults-file=${file("my.cnf")}`;
  let daemon: Daemon | null = null;
  let earlierLog = "";

  const start = async () => {
    daemon = await startDaemon("mariadbd", [settings], {
      logFile: file("log"),
      isUp: (log) => log.includes("ready for connections"),
    });
  };
  const end = async (how: (pid: number) => Promise<void>) => {
    if (!daemon) return;
    await how(daemon.pid);
    await daemon.ended;
    daemon = null;
  };
  const url = (database: string) => `mariadb://pobsync:${password}@127.0.0.1:${port}/${database}`;
  const sql = async (statements: string) => {
    const args = [
      "--no-defaults",
      `--socket=${file("socket")}`,
      "--user=root",
      "--batch",
      "--skip-column-names",
    ];
    return (await runTool("mariadb", args, { input: Buffer.from(statements) })).toString();
  };

  writeFileSync(file("my.cnf"), mariadbSettings(folder, port, options.fast ?? false), { mode: 0o600 });
  writeFileSync(file("init.sql"), `${userStatements(password).join("\n")}\n`, { mode: 0o600 });
  // Making the system tables need not survive a power cut.
  const unsafe = ["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync"];
  await runTool("mariadb-install-db", [
    settings,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    ...unsafe,
  ]);
  await start();
  return {
    port,
    socket: file("socket"),
    get pid() {
      return daemon?.pid ?? null;
    },
    url,
    sql,
    log: () => daemon?.log() ?? earlierLog,
    async createDatabase(name = `test_${randomBytes(6).toString("hex")}`) {
      await sql(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`);
      return url(name);
    },
    async restart() {
      await end(async (pid) => signalProcess(pid, "SIGTERM"));
      await start();
    },
    kill9: () => end(killTree),
    async stop() {
      earlierLog = daemon?.log() ?? earlierLog;
      await end(killTree); // Nothing of it is kept, so there is nothing to shut down cleanly.
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the server asks of the machine is kept small; what it promises is left as it is unless told otherwise. */
function mariadbSettings(folder: string, port: number, fast: boolean): string {
  return `${[
    "[mysqld]",
    "user=root",
    `datadir=${join(folder, "data")}`,
    `tmpdir=${folder}`,
    `socket=${join(folder, "socket")}`,
    `pid-file=${join(folder, "pid")}`,
    "skip-networking=0",
    "bind-address=127.0.0.1",
    `port=${port}`,
    "skip-name-resolve",
    "innodb-buffer-pool-size=16M",
    "innodb-log-file-size=16M",
    "innodb-buffer-pool-dump-at-shutdown=0",
    "innodb-buffer-pool-load-at-startup=0",
    "key-buffer-size=1M",
    "aria-pagecache-buffer-size=4M",
    "performance-schema=0",
    ...(fast ? ["innodb-flush-log-at-trx-commit=0"] : []),
  ].join("\n")}\n[mariadbd]\ninit-file=${join(folder, "init.sql")}\n`;
}

/** Run at every start, before the first connection is let in. */
const userStatements = (password: string): string[] => [
  `CREATE USER IF NOT EXISTS pobsync@'127.0.0.1' IDENTIFIED BY '${password}';`,
  "GRANT ALL PRIVILEGES ON *.* TO pobsync@'127.0.0.1' WITH GRANT OPTION;",
];
