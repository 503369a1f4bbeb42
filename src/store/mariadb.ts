// MariaDB through mysql2: a small pool whose sessions all speak UTC and see only what is committed.
import { type Driver, MysqlDialect, type MysqlPool } from "kysely";
import { encodingDriver } from "./codec.ts";
import { MARIADB } from "./dialect.ts";

const CONNECTIONS_MAX = 8;
const CONNECT_TIMEOUT_MS = 10_000;

class MariadbDialect extends MysqlDialect {
  readonly #wrote: () => void;

  constructor(pool: MysqlPool, wrote: () => void) {
    super({ pool });
    this.#wrote = wrote;
  }

  override createDriver(): Driver {
    return encodingDriver(super.createDriver(), MARIADB, this.#wrote);
  }
}

/** The driver is loaded only here: a site on SQLite never pays for it. */
export async function openMariadb(url: URL, wrote: () => void): Promise<MysqlDialect> {
  const { createPool } = await import("mysql2");
  const pool = createPool({
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || "3306"),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: "utf8mb4_bin",
    timezone: "Z",
    connectionLimit: CONNECTIONS_MAX,
    connectTimeout: CONNECT_TIMEOUT_MS,
    supportBigNumbers: true,
    // Rows matched, not rows changed: a guarded UPDATE that writes equal values still won.
    flags: ["FOUND_ROWS"],
  });
  // Repeatable read, the default, answers a guard from an old snapshot; a lost wait must lose the whole transaction.
  pool.on("connection", (connection) => {
    // A session that could not be set up must not be used, and its error must not end this process.
    const orDrop = (error: unknown): void => {
      if (error) connection.destroy();
    };
    connection.query("set session transaction isolation level read committed", orDrop);
    connection.query("set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'", orDrop);
  });
  return new MariadbDialect(pool as unknown as MysqlPool, wrote);
}
