// A site's database, looked at and changed from outside at once: as somebody would who has the file or the password.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { World } from "./world.ts";

export type SqlRow = Record<string, string | number | null>;

export type OutsideSql = {
  /** Rows of a query. Numbers are numbers on SQLite and text on MariaDB. */
  rows(query: string): SqlRow[];
  change(statement: string): void;
  /** Names of its tables, in order. */
  tables(): string[];
  /** A text as it stands in a statement; an instant in ISO form as the database keeps it. Null is null. */
  literal(value: string | null): string;
  /** Takes all of it away, as if it had never been. */
  lose(): void;
  /** Whether nobody is in the middle of writing. */
  isFree(): boolean;
};

const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d\.\d{3})Z$/;
const inQuotes = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const WAIT_MS = 5000;

/** Of the database that the world's program works with. Both kinds understand what is asked here. */
export function sqlOf({ environment }: Pick<World, "environment">): OutsideSql {
  const url = environment.POBSYNC_DATABASE_URL ?? "";
  return url.startsWith("sqlite:") ? inFile(url.slice("sqlite:".length)) : onServer(new URL(url));
}

function inFile(file: string): OutsideSql {
  const using = <T>(work: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(file, { timeout: WAIT_MS });
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  return {
    rows: (query) => using((db) => db.prepare(query).all() as SqlRow[]),
    change: (statement) => using((db) => db.exec(statement)),
    tables: () =>
      using((db) =>
        db.prepare("select name from sqlite_master where type = 'table' order by name").all(),
      ).map(({ name }) => String(name)),
    literal: (value) => (value === null ? "null" : inQuotes(value)),
    lose() {
      for (const suffix of ["", "-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
    },
    isFree() {
      const db = new DatabaseSync(file, { timeout: 0 });
      try {
        db.exec("begin immediate; rollback");
        return true;
      } catch {
        return false;
      } finally {
        db.close();
      }
    },
  };
}

function onServer(url: URL): OutsideSql {
  const run = (statement: string): string =>
    execFileSync(
      "mariadb",
      [
        ...[
          "--no-defaults",
          "--default-character-set=utf8mb4",
          "--batch",
          `--host=${url.hostname}`,
          `--port=${url.port}`,
          `--user=${url.username}`,
        ],
        ...["--execute", statement, url.pathname.slice(1)],
      ],
      { encoding: "utf8", env: { ...process.env, MYSQL_PWD: url.password }, maxBuffer: 2 ** 28 },
    );
  return {
    change: (statement) => void run(statement),
    tables: () => run("show tables").split("\n").slice(1, -1).sort(),
    literal: (value) =>
      value === null ? "null" : inQuotes(value.replace(INSTANT, "$1 $2").replaceAll("\\", "\\\\")),
    lose() {
      const name = url.pathname.slice(1);
      run(`drop database ${name}; create database ${name} character set utf8mb4; use ${name}`);
    },
    isFree: () =>
      rows("select 1 as one from information_schema.innodb_trx where trx_rows_modified > 0").length === 0,
    rows,
  };

  function rows(query: string): SqlRow[] {
    const [head = "", ...lines] = run(query).split("\n").slice(0, -1);
    const names = head.split("\t");
    return lines.map((line) => {
      const values = line.split("\t").map(plain);
      return Object.fromEntries(names.map((name, at) => [name, values[at] ?? null]));
    });
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", "0": "\0" };

const plain = (text: string): string | null =>
  text === "NULL" ? null : text.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
