// Every table as it is, a page at a time, for admins who look behind the pages. What proves who somebody is stays inside.
import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import { badInput, Problem, quoted } from "../domain/problem.ts";
import { withoutSecrets } from "../domain/without-secrets.ts";
import type { ColumnKind } from "./columns.ts";
import type { Database } from "./database.ts";
import { TABLES } from "./tables.ts";

type Table = keyof typeof TABLES;
type ColumnOf<T extends Table> = keyof (typeof TABLES)[T] & string;

/** Columns that are never shown, searched or sorted by. */
const SECRET: { readonly [T in Table]?: readonly ColumnOf<T>[] } = {
  identities: ["sealedKey"],
  users: ["passwordHash", "totpSecret", "totpLastStep", "recoveryCodes"],
  sessions: ["idHash", "csrfToken"],
  apiTokens: ["tokenHash"],
  notificationChannels: ["sealedSettings"],
  pings: ["sealedUrl"],
};

/** What tells rows apart that are equal in what they are sorted by. */
const KEYS: { readonly [T in Table]: readonly [ColumnOf<T>, ...ColumnOf<T>[]] } = {
  settings: ["id"],
  nodes: ["id"],
  hosts: ["id"],
  identities: ["id"],
  runs: ["id"],
  runLeases: ["runId"],
  hostLocks: ["hostId"],
  schedules: ["id"],
  workers: ["workerId"],
  snapshots: ["id"],
  snapshotHolds: ["runId", "snapshotId"],
  alerts: ["id"],
  notifications: ["id"],
  alertNotices: ["alertId", "channelId", "kind", "turn"],
  pings: ["id"],
  watchTurns: ["name"],
  proofs: ["hostId"],
  users: ["id"],
  sessions: ["idHash"],
  apiTokens: ["id"],
  notificationChannels: ["id"],
  auditEntries: ["id"],
  loginThrottles: ["key"],
};

/** May have a million rows: sorted by their number alone, and looked through a part at a time. */
const LARGE: ReadonlySet<string> = new Set<Table>(["runs", "snapshots", "auditEntries"]);

/** Counting further than that takes a database longer than anybody wants to wait. */
const COUNT_MAX = 10_000;
/** Rows of a large table that a filter looks through for one page. */
const LOOKED_THROUGH_MAX = 10_000;
/** Nobody turns so many pages of a small table; a filter is faster. */
const OFFSET_MAX = 1_000_000;

/** As the database has it: `run_leases`. */
const nameOf = (table: string): string => table.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

type AnyRow = Record<string, unknown>;
type AnyTables = Record<string, AnyRow>;
type Rows = SelectQueryBuilder<AnyTables, string, AnyRow>;

/** Tables by name here: which one is known only when somebody asks. */
const anyTables = (db: Database) => db.sql as unknown as Kysely<AnyTables>;

export interface ShownColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly sortable: boolean;
}

interface Shown {
  readonly table: Table;
  readonly key: readonly [string, ...string[]];
  readonly columns: readonly ShownColumn[];
  readonly isLarge: boolean;
}

const SHOWN: ReadonlyMap<string, Shown> = new Map(
  (Object.keys(TABLES) as Table[]).map((table) => {
    const key = KEYS[table];
    const isLarge = LARGE.has(table);
    const secret: readonly string[] = SECRET[table] ?? [];
    const columns = Object.entries(TABLES[table])
      .filter(([name]) => !secret.includes(name))
      .map(([name, { kind }]) => ({
        ...{ name, kind },
        sortable: isLarge ? name === key[0] : kind !== "json",
      }));
    return [nameOf(table), { table, key, columns, isLarge }];
  }),
);

const countOf = async (rows: Rows, db: Database): Promise<{ rows: number; more: boolean }> => {
  const some = rows.select(sql`1`.as("one")).limit(COUNT_MAX + 1);
  const { count } = await anyTables(db)
    .selectFrom(some.as("some"))
    .select(({ fn }) => fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  return { rows: Math.min(Number(count), COUNT_MAX), more: Number(count) > COUNT_MAX };
};

const rowsOf = (db: Database, { table }: Shown): Rows => anyTables(db).selectFrom(table) as unknown as Rows;

/** All tables by name, each with how many rows it has; `more`: it has more than that. */
export async function countTables(
  db: Database,
): Promise<{ readonly name: string; readonly rows: number; readonly more: boolean }[]> {
  const tables = [];
  for (const [name, shown] of SHOWN) tables.push({ name, ...(await countOf(rowsOf(db, shown), db)) });
  return tables;
}

/** What of a table somebody wants to see. */
export interface RowsWish {
  /** Text within one of its texts, in any case of letters, or one of its whole numbers. */
  readonly q?: string | undefined;
  readonly sort?: string | undefined;
  /** Left out: what is newest first, where rows have numbers. */
  readonly order?: "asc" | "desc" | undefined;
  /** `next` of the page before, asked for with the same q, sort and order. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface RowsPage {
  readonly columns: readonly ShownColumn[];
  readonly items: readonly AnyRow[];
  /** Null: there are no more. A page may be short and still have a next one, see `LOOKED_THROUGH_MAX`. */
  readonly next: string | null;
  /** Null: not counted, because a large table would have to be looked through for that. */
  readonly total: number | null;
  readonly more: boolean;
}

/** A page of a table, by the name that the database has for it. Refuses with `not_found` or `bad_input`. */
export async function listRows(db: Database, name: string, wish: RowsWish): Promise<RowsPage> {
  const shown = SHOWN.get(name);
  if (shown === undefined)
    throw new Problem("not_found", `There is no table ${quoted(name)}.`, {
      hint: "GET /api/admin/tables lists them.",
    });
  const { columns, key, isLarge } = shown;
  const [first = key[0]] = columns.filter(({ sortable }) => sortable).map((column) => column.name);
  const sort = wish.sort ?? first;
  if (!columns.some((column) => column.name === sort && column.sortable))
    throw badInput("The column", sort, `is none that ${name} can be sorted by.`);
  const after = numberOf(wish.after);
  const order = wish.order ?? (sort === "id" ? "desc" : "asc");
  const { q } = wish;
  const all = rowsOf(db, shown);
  const wanted = q === undefined ? all : all.where(() => contains(columns, q));
  const asked = { wanted, after, order, sort, limit: wish.limit };
  const { rows, next } = isLarge
    ? await ofLarge(all, asked, q !== undefined, shown)
    : await ofSmall(asked, shown);
  const counted = isLarge && q !== undefined ? { rows: null, more: true } : await countOf(wanted, db);
  return { columns, items: rows.map(plain), next, total: counted.rows, more: counted.more };
}

function numberOf(after: string | undefined): number | null {
  if (after === undefined) return null;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw badInput("The place to go on from", after, "is not one that a page named as its next.");
}

interface Asked {
  readonly wanted: Rows;
  readonly after: number | null;
  readonly order: "asc" | "desc";
  readonly sort: string;
  readonly limit: number;
}

type Found = Promise<{ rows: AnyRow[]; next: string | null }>;

const namesOf = ({ columns }: Shown): string[] => columns.map(({ name }) => name);

/** Skips what came before: any order will do, because there is little to skip. */
async function ofSmall({ wanted, after, order, sort, limit }: Asked, shown: Shown): Found {
  const offset = after ?? 0;
  if (offset > OFFSET_MAX) return { rows: [], next: null };
  let query = wanted.select(namesOf(shown)).orderBy(sort, order);
  for (const column of shown.key) if (column !== sort) query = query.orderBy(column, "asc");
  const rows = await query
    .offset(offset)
    .limit(limit + 1)
    .execute();
  return { rows: rows.slice(0, limit), next: rows.length > limit ? String(offset + limit) : null };
}

/** Goes on from a number, by the primary key. */
async function ofLarge(
  all: Rows,
  { wanted, after, order, limit }: Asked,
  isFiltered: boolean,
  shown: Shown,
): Found {
  const [key] = shown.key;
  const isBeyond = order === "asc" ? ">" : "<";
  const from = (rows: Rows): Rows => (after === null ? rows : rows.where(key, isBeyond, after));
  const end = isFiltered
    ? await from(all)
        .select(key)
        .orderBy(key, order)
        .offset(LOOKED_THROUGH_MAX - 1)
        .limit(1)
        .executeTakeFirst()
    : undefined;
  let query = from(wanted)
    .select(namesOf(shown))
    .orderBy(key, order)
    .limit(limit + 1);
  if (end !== undefined) query = query.where(key, order === "asc" ? "<=" : ">=", end[key]);
  const rows = await query.execute();
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : end;
  return { rows: items, next: last === undefined ? null : String(last[key]) };
}

function contains(columns: readonly ShownColumn[], q: string): RawBuilder<boolean> {
  const number = /^\d{1,15}$/.test(q) ? Number(q) : null;
  const lower = q.toLowerCase();
  const matches = columns.flatMap(({ name, kind }) => {
    if (kind === "int" && number !== null) return [sql`${sql.ref(name)} = ${number}`];
    if (kind !== "text") return [];
    // SQLite knows only the letters a to z in both cases, so what is written the same way is asked for as well.
    return [sql`instr(${sql.ref(name)}, ${q}) > 0 or instr(lower(${sql.ref(name)}), ${lower}) > 0`];
  });
  return matches.length === 0 ? sql<boolean>`1 = 0` : sql<boolean>`(${sql.join(matches, sql` or `)})`;
}

const plain = (row: AnyRow): AnyRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Date ? value.toJSON() : withoutSecrets(value),
    ]),
  );
