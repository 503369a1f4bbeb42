// Filling an empty database with the rows of a dump: all of them or none.
import { type Kysely, sql } from "kysely";
import { type DumpRow, damagedDump } from "../domain/dump.ts";
import { Problem } from "../domain/problem.ts";
import type { ColumnKind } from "./columns.ts";
import type { Database } from "./database.ts";
import { isLostRace } from "./database-problem.ts";
import { nameInSql } from "./dump-rows.ts";
import { DUMPED, type DumpedTable } from "./dump-tables.ts";
import type { Sql } from "./tables.ts";

/** Rows of one statement, and about how much text: a server takes 16 MiB at a time. */
const BATCH_ROWS = 200;
const BATCH_CHARACTERS = 1024 * 1024;

type AnyRow = Record<string, unknown>;
type AnyTables = Kysely<Record<string, AnyRow>>;

const TABLES_BY_NAME: ReadonlyMap<string, DumpedTable> = new Map(DUMPED.map((table) => [table.name, table]));

/** Refuses with `database_not_empty` where anything lasting is already. */
export async function requireEmpty({ sql: db }: Pick<Database, "sql">): Promise<void> {
  for (const { name } of DUMPED) {
    const row = await (db as unknown as AnyTables)
      .selectFrom(name)
      .select(sql`1`.as("one"))
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined)
      throw new Problem(
        "database_not_empty",
        `The database is not empty: it has rows in ${nameInSql(name)}.`,
      );
  }
}

/** Makes empty tables number their rows from there. Not part of a transaction: MariaDB ends one for it. */
export async function beginIdsAt(db: Database, nextIds: Readonly<Record<string, number>>): Promise<void> {
  for (const { name, numbered } of DUMPED) {
    if (!numbered) continue;
    const next = Math.max(nextIds[name] ?? 1, 1);
    for (const statement of db.dialect.beginIdsAt(nameInSql(name), next)) await statement.execute(db.sql);
  }
}

/** Work on an empty database; where it fails because somebody else writes into it too, that is what it says. */
export async function alone<T>(db: Database, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isRace = isLostRace(error);
    // What the other one wrote has the keys of our rows as a rule, so the database refuses ours for that.
    if (isRace || (error instanceof Problem && error.code === "dump_unfit")) await requireEmpty(db);
    if (isRace)
      throw new Problem(
        "database_not_empty",
        "Somebody else is writing into the database; nothing was loaded.",
        { cause: error },
      );
    throw error;
  }
}

/** How a dump is to be taken. */
export interface Loading {
  /** The dump is of an older database: columns that came since are left to the database. */
  readonly isOlder: boolean;
  readonly onRows: (rows: number) => void;
}

/** Inserts all rows in one transaction, and returns how many each table got. An error of `rows` itself undoes all as well. */
export async function loadRows(
  db: Database,
  rows: AsyncIterable<DumpRow>,
  { isOlder, onRows }: Loading,
): Promise<Record<string, number>> {
  return db.sql.transaction().execute(async (tx) => {
    const counts = Object.fromEntries(DUMPED.map(({ name }) => [name, 0]));
    const siblings: Siblings = new Map();
    let batch: Batch | null = null;
    let loaded = 0;
    const send = async (): Promise<void> => {
      if (batch === null) return;
      await insertBatch(tx, batch);
      counts[batch.table.name] = (counts[batch.table.name] ?? 0) + batch.rows.length;
      loaded += batch.rows.length;
      batch = null;
      onRows(loaded);
    };
    for await (const { table: name, row } of rows) {
      const table = TABLES_BY_NAME.get(name);
      if (table === undefined)
        throw damagedDump(`it has a table that is not known here, ${JSON.stringify(name)}`);
      const stored = storedRow(table, row, isOlder);
      putOff(table, stored, siblings);
      const columns = Object.keys(stored).join();
      if (batch !== null && (batch.table !== table || batch.columns !== columns)) await send();
      batch ??= { table, columns, rows: [], characters: 0 };
      batch.rows.push(stored);
      batch.characters += charactersOf(stored);
      if (batch.rows.length >= BATCH_ROWS || batch.characters >= BATCH_CHARACTERS) await send();
    }
    await send();
    await joinSiblings(tx, siblings);
    await requireCounts(tx, counts);
    return counts;
  });
}

interface Batch {
  readonly table: DumpedTable;
  readonly columns: string;
  readonly rows: AnyRow[];
  characters: number;
}

const charactersOf = (row: AnyRow): number =>
  Object.values(row).reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : 8), 0);

async function insertBatch(tx: Sql, { table, rows }: Batch): Promise<void> {
  try {
    await (tx as unknown as AnyTables).insertInto(table.name).values(rows).execute();
  } catch (error) {
    throw unfit(
      table,
      rows.map((row) => row[table.key[0]]),
      error,
    );
  }
}

/** An error of the database as a refusal of these rows, unless it is about the database itself. */
function unfit({ name, key }: DumpedTable, keys: readonly unknown[], error: unknown): unknown {
  if (error instanceof Problem || isLostRace(error) || !(error instanceof Error)) return error;
  const which = keys.length === 1 ? `${key[0]} ${keys[0]}` : `${key[0]} ${keys[0]} to ${keys.at(-1)}`;
  return new Problem("dump_unfit", `The database does not take rows of ${nameInSql(name)} (${which}).`, {
    detail: error.message,
    cause: error,
  });
}

/** What rows refer to in their own table and comes after them: by table and row, set when all are there. */
type Siblings = Map<DumpedTable, [id: unknown, sibling: unknown][]>;

function putOff(table: DumpedTable, row: AnyRow, siblings: Siblings): void {
  const { sibling, key } = table;
  if (sibling === undefined || Number(row[sibling] ?? 0) <= Number(row[key[0]])) return;
  const later = siblings.get(table) ?? [];
  siblings.set(table, later);
  later.push([row[key[0]], row[sibling]]);
  row[sibling] = null;
}

async function joinSiblings(tx: Sql, siblings: Siblings): Promise<void> {
  for (const [table, pairs] of siblings)
    for (const [id, value] of pairs)
      try {
        await (tx as unknown as AnyTables)
          .updateTable(table.name)
          .set({ [table.sibling ?? ""]: value })
          .where(table.key[0], "=", id)
          .execute();
      } catch (error) {
        throw unfit(table, [id], error);
      }
}

/** Somebody who wrote meanwhile is noticed before it is too late. */
async function requireCounts(tx: Sql, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const { name } of DUMPED) {
    const { count } = await (tx as unknown as AnyTables)
      .selectFrom(name)
      .select(({ fn }) => fn.countAll().as("count"))
      .executeTakeFirstOrThrow();
    if (Number(count) !== counts[name])
      throw new Problem(
        "database_not_empty",
        `Somebody else wrote into ${nameInSql(name)} meanwhile; nothing was loaded.`,
      );
  }
}

/** The row as the database wants it. Refuses with `dump_damaged` what no dump of ours says. */
function storedRow({ name, columns }: DumpedTable, row: DumpRow["row"], isOlder: boolean): AnyRow {
  const stored: AnyRow = {};
  let found = 0;
  for (const [column, { kind, nullable }] of Object.entries(columns)) {
    const isThere = Object.hasOwn(row, column);
    if (!isThere && isOlder) continue;
    const value = row[column];
    if (!isThere || !(value === null && nullable ? true : IS_OF_KIND[kind](value)))
      throw damagedDump(`a row of ${name} has no ${kind} as ${column}`);
    found += 1;
    stored[column] = value === null && nullable ? null : AS_STORED[kind](value);
  }
  if (found !== Object.keys(row).length)
    throw damagedDump(`a row of ${name} has columns that are not known here`);
  return stored;
}

const IS_OF_KIND: Record<ColumnKind, (value: unknown) => boolean> = {
  int: Number.isSafeInteger,
  text: (value) => typeof value === "string",
  bool: (value) => typeof value === "boolean",
  time: (value) =>
    typeof value === "string" &&
    Number.isFinite(Date.parse(value)) &&
    new Date(value).toISOString() === value,
  json: () => true,
};

const itself = (value: unknown): unknown => value;
const AS_STORED: Record<ColumnKind, (value: unknown) => unknown> = {
  ...{ int: itself, text: itself, bool: itself },
  time: (value) => new Date(String(value)),
  // As text, because a text by itself would be taken for JSON already.
  json: (value) => JSON.stringify(value),
};
