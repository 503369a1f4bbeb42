// SQLite through Node's own driver: one connection, WAL, full sync, and transactions that write first.
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type TransactionSettings,
} from "kysely";
import { encodingDriver } from "./codec.ts";
import { SQLITE } from "./dialect.ts";

/** How long a statement waits for another process's write before it gives up. */
const BUSY_TIMEOUT_MS = 10_000;
const BUSY_PAUSE_MS = 10;
const SQLITE_BUSY = 5;
const STATEMENT_CACHE_MAX = 200;
/**
 * SQLite's own 2 MiB are fewer pages than a look at a thousand hosts touches, and a cache that is a little too small for what
 * comes round again and again holds nothing of it: with a million runs that look took four times as long with 8 MiB, and no
 * longer with 12 than with 32.
 */
const PAGE_CACHE_KIB = 12 * 1024;

/**
 * Kysely begins transactions deferred; one that reads first then fails with SQLITE_BUSY_SNAPSHOT when it wants to write. One
 * that only reads keeps nobody from writing.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings = {},
  ): Promise<void> {
    const begin = settings.accessMode === "read only" ? "begin deferred" : "begin immediate";
    await connection.executeQuery(CompiledQuery.raw(begin));
  }
}

/** Migrations run in one transaction, because Kysely has no other lock for SQLite: of several processes, one migrates. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class NodeSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;
  readonly #wrote: () => void;

  constructor(database: SqliteDatabase, wrote: () => void) {
    super({ database });
    this.#database = database;
    this.#wrote = wrote;
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }

  override createDriver(): Driver {
    return encodingDriver(new ImmediateDriver({ database: this.#database }), SQLITE, this.#wrote);
  }
}

/**
 * Opens the file, creating it when it is not there.
 *
 * `synchronous=FULL`, because with `NORMAL` a power cut took 200 of 200 committed transactions with it.
 *
 * @param wrote called whenever this process may have changed something
 * @returns `othersMark` changes whenever anybody else has, which costs a look into shared memory
 */
export function openSqlite(
  path: string,
  wrote: () => void,
): { readonly dialect: SqliteDialect; readonly othersMark: () => unknown } {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  switchToWal(database);
  database.exec("pragma synchronous = full");
  database.exec(`pragma cache_size = ${-PAGE_CACHE_KIB}`);
  const statements = new Map<string, ReturnType<typeof adapted>>();
  const kept: SqliteDatabase = {
    close: () => database.close(),
    prepare(text) {
      let statement = statements.get(text);
      if (statement === undefined) {
        if (statements.size >= STATEMENT_CACHE_MAX) statements.clear();
        statement = adapted(database, text);
        statements.set(text, statement);
      }
      return statement;
    },
  };
  const version = database.prepare("pragma data_version");
  return {
    dialect: new NodeSqliteDialect(kept, wrote),
    othersMark: () => version.get()?.data_version,
  };
}

/** Only the first process ever has to switch a file; SQLite wants it alone for that, and does not wait by itself. */
function switchToWal(database: DatabaseSync): void {
  const deadline = performance.now() + BUSY_TIMEOUT_MS;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      database.exec("pragma journal_mode = wal");
      return;
    } catch (error) {
      const isBusy = ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;
      if (!isBusy || performance.now() > deadline) throw error;
      Atomics.wait(pause, 0, 0, BUSY_PAUSE_MS);
    }
  }
}

function adapted(database: DatabaseSync, text: string) {
  const statement = database.prepare(text);
  return {
    reader: statement.columns().length > 0,
    all: (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters: readonly unknown[]) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters: readonly unknown[]) =>
      statement.iterate(...(parameters as SQLInputValue[])) as IterableIterator<unknown>,
  };
}
