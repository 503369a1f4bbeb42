// Reading all that lasts, as it was at one moment, while others go on writing.
import { type ControlledTransaction, type Kysely, sql } from "kysely";
import type { ColumnKind } from "./columns.ts";
import type { Database } from "./database.ts";
import { DUMPED, type DumpedTable } from "./dump-tables.ts";
import type { Tables } from "./tables.ts";

/** Rows in memory at a time. */
const PAGE_ROWS = 500;

type AnyRow = Record<string, unknown>;

/** A view of one moment. Whoever took it ends it. */
export interface FrozenView {
  readonly nextIds: Readonly<Record<string, number>>;
  readonly pages: (table: DumpedTable) => AsyncGenerator<AnyRow[]>;
  readonly end: () => Promise<void>;
}

/**
 * Takes a view of the whole database at this moment: SQLite's deferred read transaction in WAL mode, MariaDB's repeatable read.
 * Neither waits for writers, nor makes them wait.
 */
export async function freeze(db: Database): Promise<FrozenView> {
  const tx = await db.sql
    .startTransaction()
    .setAccessMode("read only")
    .setIsolationLevel("repeatable read")
    .execute();
  const end = async (): Promise<void> => void (await tx.rollback().execute());
  try {
    // On both the moment is that of the first look at a table. The numbers come after it: MariaDB's are of now, thus above.
    await tx.selectFrom("settings").select("id").execute();
    const nextIds = await nextIdsOf(tx, db);
    return { nextIds, pages: (table) => pagesOf(tx, table), end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function nextIdsOf(tx: Kysely<Tables>, { dialect }: Database): Promise<Record<string, number>> {
  const { rows } = await dialect.nextIds.execute(tx);
  const known = new Map(rows.map(({ name, nextId }) => [name, Number(nextId)]));
  const numbered = DUMPED.filter((table) => table.numbered);
  return Object.fromEntries(numbered.map(({ name }) => [name, known.get(nameInSql(name)) ?? 1]));
}

/** As the database has it: `audit_entries`. */
export const nameInSql = (table: string): string =>
  table.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** All rows by primary key, page by page, each page going on from the last row before it. */
async function* pagesOf(
  tx: ControlledTransaction<Tables>,
  { name, key, columns }: DumpedTable,
): AsyncGenerator<AnyRow[]> {
  const kinds = Object.entries(columns).map(([column, { kind }]) => [column, kind] as const);
  const any = tx as unknown as Kysely<Record<string, AnyRow>>;
  const places = key.map((column) => sql.ref(column));
  for (let last: AnyRow | undefined; ; ) {
    let query = any
      .selectFrom(name)
      .select(kinds.map(([column]) => column))
      .limit(PAGE_ROWS);
    for (const column of key) query = query.orderBy(column);
    if (last !== undefined) {
      const values = key.map((column) => last?.[column]);
      query = query.where(key[0], ">=", values[0]);
      query = query.where(sql<boolean>`(${sql.join(places)}) > (${sql.join(values)})`);
    }
    const rows = await query.execute();
    if (rows.length > 0) yield rows.map((row) => plainRow(name, kinds, row));
    if (rows.length < PAGE_ROWS) return;
    last = rows.at(-1);
  }
}

/** The row as plain JSON. Throws at what JSON could not say as it is, rather than writing something else. */
function plainRow(table: string, kinds: readonly (readonly [string, ColumnKind])[], row: AnyRow): AnyRow {
  const plain: AnyRow = {};
  for (const [column, kind] of kinds) {
    const value = row[column];
    if (kind === "int" && value !== null && !Number.isSafeInteger(value))
      throw new Error(`${table}.${column} holds ${String(value)}, which is no whole number that is safe.`);
    plain[column] = value instanceof Date ? value.toISOString() : value;
  }
  return plain;
}
