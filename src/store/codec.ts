// Values between rows and the language: the one place where a Date, a boolean or JSON changes its form.
import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type PluginTransformResultArgs,
  type QueryResult,
  type UnknownRow,
} from "kysely";
import type { ColumnKind } from "./columns.ts";
import { databaseProblem, isLostRace } from "./database-problem.ts";
import type { DatabaseDialect } from "./dialect.ts";
import { TABLES } from "./tables.ts";

const KINDS = new Map<string, ColumnKind>(
  Object.values(TABLES).flatMap((table) =>
    Object.entries(table).map(([name, column]) => [name, column.kind] as const),
  ),
);

type Decoder = (value: unknown) => unknown;

const asItIs: Decoder = (value) => value;

/** How a column's values are read; never called with null. */
const DECODERS: Record<ColumnKind, Decoder> = {
  bool: Boolean,
  time: (value) => (value instanceof Date ? value : new Date(String(value))),
  json: (value) => (typeof value === "string" ? JSON.parse(value) : value),
  int: (value) => (typeof value === "string" ? Number(value) : value),
  text: asItIs,
};

const renamed = (error: unknown): never => {
  throw databaseProblem(error);
};

/**
 * Names in queries become those of the database, and rows come back as `tables.ts` promises, whatever was sent.
 *
 * What becomes of a column is found out once a result: done value by value it took half the time of a long list.
 */
export class NamesAndValuesPlugin extends CamelCasePlugin {
  constructor() {
    super({ maintainNestedObjectKeys: true });
  }

  override async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    const [first] = result.rows;
    if (first === undefined) return result;
    const columns = Object.keys(first).map((column) => {
      const name = this.camelCase(column);
      const kind = KINDS.get(name);
      return { column, name, decode: kind === undefined ? asItIs : DECODERS[kind] };
    });
    const rows = result.rows.map((row) => {
      const decoded: UnknownRow = {};
      for (const { column, name, decode } of columns) {
        const value = row[column];
        decoded[name] = value === null ? null : decode(value);
      }
      return decoded;
    });
    return { ...result, rows };
  }
}

const TRIES_MAX = 5;

/**
 * Wraps a driver: parameters go out as its database wants them, a database that is away is named as such, and a single
 * statement that lost a race (a deadlock) is tried again. Within a transaction only the whole of it could be.
 *
 * @param wrote called after whatever may have changed something, at once and again when its transaction is committed
 */
export function encodingDriver<D extends Driver>(driver: D, dialect: DatabaseDialect, wrote: () => void): D {
  const inTransaction = new WeakSet<DatabaseConnection>();
  const encode = (connection: DatabaseConnection): void => {
    const send = connection.executeQuery.bind(connection);
    connection.executeQuery = async <R>(query: CompiledQuery, ...rest: never[]): Promise<QueryResult<R>> => {
      const encoded = { ...query, parameters: query.parameters.map(dialect.bind) };
      for (let left = inTransaction.has(connection) ? 1 : TRIES_MAX; ; left -= 1) {
        try {
          const result = await send<R>(encoded, ...rest);
          if (query.query.kind !== "SelectQueryNode") wrote();
          return result;
        } catch (error) {
          if (left <= 1 || !isLostRace(error)) throw databaseProblem(error);
        }
      }
    };
  };
  const { acquireConnection, beginTransaction, commitTransaction, rollbackTransaction } = driver;
  const known = new WeakSet<DatabaseConnection>();
  driver.acquireConnection = async (...args) => {
    const connection = await acquireConnection.apply(driver, args).catch(renamed);
    if (!known.has(connection)) encode(connection);
    known.add(connection);
    return connection;
  };
  driver.beginTransaction = async (connection, settings) => {
    await beginTransaction.call(driver, connection, settings);
    inTransaction.add(connection);
  };
  driver.commitTransaction = async (connection) => {
    await commitTransaction.call(driver, connection);
    inTransaction.delete(connection);
    wrote();
  };
  // A full disk or a lost connection has ended the transaction already; what did that is thrown, not that it is over.
  driver.rollbackTransaction = async (connection) => {
    await rollbackTransaction.call(driver, connection).catch(() => {});
    inTransaction.delete(connection);
  };
  return driver;
}
