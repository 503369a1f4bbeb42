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
import { databaseProblem } from "./database-problem.ts";
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

/** Wraps a driver: parameters go out as its database wants them, and a database that is away is named as such. */
export function encodingDriver<D extends Driver>(driver: D, dialect: DatabaseDialect): D {
  const acquire = driver.acquireConnection.bind(driver);
  const known = new WeakSet<DatabaseConnection>();
  driver.acquireConnection = async (...args) => {
    const connection = await acquire(...args).catch(renamed);
    if (!known.has(connection)) {
      known.add(connection);
      const execute = connection.executeQuery.bind(connection);
      connection.executeQuery = <R>(query: CompiledQuery, ...rest: never[]): Promise<QueryResult<R>> =>
        execute<R>({ ...query, parameters: query.parameters.map(dialect.bind) }, ...rest).catch(renamed);
    }
    return connection;
  };
  // A full disk or a lost connection has ended the transaction already; what did that is thrown, not that it is over.
  const rollback = driver.rollbackTransaction.bind(driver);
  driver.rollbackTransaction = (connection) => rollback(connection).catch(() => {});
  return driver;
}
