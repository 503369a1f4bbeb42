// Values between rows and the language: the one place where a Date, a boolean or JSON changes its form.
import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  KyselyPlugin,
  PluginTransformResultArgs,
  QueryResult,
  UnknownRow,
} from "kysely";
import { databaseProblem, isLostRace } from "./database-problem.ts";
import type { DatabaseDialect } from "./dialect.ts";
import { type ColumnKind, TABLES } from "./tables.ts";

const KINDS = new Map<string, ColumnKind>(
  Object.values(TABLES).flatMap((table) =>
    Object.entries(table).map(([name, column]) => [name, column.kind] as const),
  ),
);

function decoded(column: string, value: unknown): unknown {
  if (value === null) return null;
  switch (KINDS.get(column)) {
    case "bool":
      return Boolean(value);
    case "time":
      return value instanceof Date ? value : new Date(String(value));
    case "json":
      return typeof value === "string" ? JSON.parse(value) : value;
    case "int":
      return typeof value === "string" ? Number(value) : value;
    case "text":
    case undefined:
      return value;
  }
}

const renamed = (error: unknown): never => {
  throw databaseProblem(error);
};

/** Rows come back as `tables.ts` promises, whatever the database sent. */
export class DecodingPlugin implements KyselyPlugin {
  transformQuery: KyselyPlugin["transformQuery"] = ({ node }) => node;

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    for (const row of result.rows) {
      for (const column in row) row[column] = decoded(column, row[column]);
    }
    return result;
  }
}

const TRIES_MAX = 5;

/**
 * Wraps a driver: parameters go out as its database wants them, a database that is away is named as such, and a single
 * statement that lost a race (a deadlock) is tried again. Within a transaction only the whole of it could be.
 */
export function encodingDriver<D extends Driver>(driver: D, dialect: DatabaseDialect): D {
  const inTransaction = new WeakSet<DatabaseConnection>();
  const encode = (connection: DatabaseConnection): void => {
    const send = connection.executeQuery.bind(connection);
    connection.executeQuery = async <R>(query: CompiledQuery, ...rest: never[]): Promise<QueryResult<R>> => {
      const encoded = { ...query, parameters: query.parameters.map(dialect.bind) };
      for (let left = inTransaction.has(connection) ? 1 : TRIES_MAX; ; left -= 1) {
        try {
          return await send<R>(encoded, ...rest);
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
  };
  // A full disk or a lost connection has ended the transaction already; what did that is thrown, not that it is over.
  driver.rollbackTransaction = async (connection) => {
    await rollbackTransaction.call(driver, connection).catch(() => {});
    inTransaction.delete(connection);
  };
  return driver;
}
