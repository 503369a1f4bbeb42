// Databases of their own for a benchmark: an SQLite file, and a MariaDB server with its defaults.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMariadb } from "../tests/support/mariadb.ts";
import { runTool } from "../tests/support/tool.ts";

/** A database of its own, with what only this kind of it can say and do. */
export type Place = {
  readonly title: string;
  readonly note: string;
  readonly url: string;
  /** Statistics as an installation has them that has grown to this size. */
  readonly gatherStatistics: () => Promise<unknown>;
  /** Takes everything out of memory; no connection is open then. */
  readonly cool: () => Promise<unknown>;
  readonly bytes: () => Promise<number>;
  readonly remove: () => Promise<void>;
};

export async function sqlitePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-history-"));
  const file = join(folder, "pobsync.sqlite3");
  return {
    title: "SQLite",
    note: "Without ANALYZE, because nothing in pobsync asks SQLite for it. Cold: a new connection, the file out of the page cache.",
    url: `sqlite:${file}`,
    gatherStatistics: async () => {},
    cool: () => runTool("dd", [`if=${file}`, "iflag=nocache", "count=0"]),
    bytes: async () => statSync(file).size,
    remove: async () => rmSync(folder, { recursive: true }),
  };
}

export async function mariadbPlace(): Promise<Place> {
  const server = await startMariadb();
  const database = "history";
  // The server's own defaults; the tests' server makes do with less.
  const asUsual = () =>
    server.sql("set global innodb_buffer_pool_size = 134217728, innodb_log_file_size = 100663296");
  await asUsual();
  return {
    title: "MariaDB",
    note:
      "Durable commits and a buffer pool of 128 MiB, which are MariaDB's defaults. ANALYZE TABLE was run after filling: " +
      "InnoDB does so by itself, in the background, after a tenth of a table has changed. Cold: the server was restarted.",
    url: await server.createDatabase(database),
    gatherStatistics: () => server.sql(`use ${database}; analyze table runs, snapshots, hosts, schedules`),
    cool: async () => {
      await server.restart();
      await asUsual();
    },
    bytes: async () => {
      const where = `from information_schema.innodb_sys_tablespaces where name like '${database}/%'`;
      return Number(await server.sql(`select sum(file_size) ${where}`));
    },
    remove: () => server.stop(),
  };
}
