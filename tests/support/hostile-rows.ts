// Rows of every table that a dump holds, with values that databases and formats have stumbled over.
import fc from "fast-check";
import type { Kysely } from "kysely";
import type { ColumnKind } from "../../src/store/columns.ts";
import type { Database } from "../../src/store/database.ts";
import { DUMPED, type DumpedTable } from "../../src/store/dump-tables.ts";
import { below, pick, seededRandom } from "./random.ts";

type Row = Record<string, unknown>;
/** A database whose tables are asked for by name. */
// biome-ignore lint/suspicious/noExplicitAny: which table it is, is known only when the test runs
export const anyTables = (db: Database) => db.sql as unknown as Kysely<any>;

/** No longer than the shortest text column, of 16 characters, and the number that may stand before it. */
const TEXTS = [
  ...[
    "",
    " ",
    "a ",
    " a",
    "\0",
    "a\0b",
    "\n",
    "\r\n",
    "\t",
    "\u0085\u2028\u2029",
    "\u202e",
    "\ufeff",
    "\x7f",
  ],
  ...["𝕏🦀💾", "👩‍👧", "é", "e\u0301", "İıſ", "ß", "中文", "\u{10ffff}", "\ufffd", "😀".repeat(12)],
  ...[
    `"`,
    "'",
    "`",
    "\\",
    "\\'",
    '\\"',
    "%s",
    "?",
    ":a",
    "$1",
    "--",
    ";",
    "/*",
    "NULL",
    "null",
    "0",
    "1e5",
    "{}",
  ],
];
const NUMBERS = [0, 1, -1, 255, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, -(2 ** 53 - 1)];
const TIMES = [
  ...[
    "1970-01-01T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z",
    "2026-03-29T01:30:00.001Z",
    "2038-01-19T03:14:08.000Z",
  ],
  ...[
    "1000-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "2024-02-29T12:00:00.120Z",
    "2016-12-31T23:59:59.000Z",
  ],
];
const DOCUMENTS: unknown[] = [
  ...[
    null,
    0,
    "",
    "null",
    '"',
    "\ud800 alone",
    "🦀",
    true,
    [],
    {},
    [[]],
    { "": "" },
    { a: null },
    5e-324,
    1e308,
  ],
  JSON.parse('{"__proto__":{"a":1},"constructor":1,"2":"b","1":"a","toJSON":"x"}'),
  { long: "x🦀\u2028".repeat(50_000) },
];

const REFERS: Record<string, string> = {
  ...{ hostId: "hosts", runId: "runs", snapshotId: "snapshots", userId: "users" },
  ...{ alertId: "alerts", notificationId: "notifications" },
};
const UNIQUE = [
  "notificationChannels.name",
  "alerts.openKey",
  "notifications.onceKey",
  "nodes.name",
  "hosts.name",
  "identities.role",
  "users.username",
  "apiTokens.tokenHash",
  "schedules.name",
  "snapshots.name",
  "notificationChannels.name",
];

/** Fills an empty database, always with the same rows for a seed. Returns them as a dump should say them. */
export async function fillWithHostileRows(db: Database, seed: number): Promise<Record<string, Row[]>> {
  const random = seededRandom(seed);
  const documents = [
    ...DOCUMENTS,
    ...fc.sample(fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }), { seed, numRuns: 30 }),
  ];
  const any: Record<ColumnKind, () => unknown> = {
    int: () => pick(random, NUMBERS),
    text: () => pick(random, TEXTS),
    bool: () => random() < 0.5,
    time: () => new Date(pick(random, TIMES) ?? 0),
    json: () => JSON.stringify(pick(random, documents) ?? null),
  };
  const filled: Record<string, Row[]> = {};
  const ids = (table: string) => (filled[table] ?? []).map(({ id }) => id);
  const valueFor = (table: DumpedTable, name: string, n: number): unknown => {
    const { kind, nullable } = Object.entries(table.columns).find(([column]) => column === name)?.[1] ?? {};
    const refersTo = REFERS[name];
    if (name === "id") return n * 3;
    if (name === table.sibling) return null;
    if (nullable && random() < 0.3) return null;
    if (table.name === "snapshotHolds") return pick(random, ids(refersTo ?? ""));
    if (refersTo !== undefined) return pick(random, ids(refersTo)) ?? null;
    // Of one schedule a due time may be there once.
    if (name === "scheduleId") return n;
    const value = kind === undefined ? null : any[kind]();
    return UNIQUE.includes(`${table.name}.${name}`) ? `${n}${value}` : value;
  };
  for (const table of DUMPED) {
    const rows = new Map<string, Row>();
    for (let n = 1; n <= 20 + below(random, 40); n += 1) {
      const columns = Object.keys(table.columns);
      const row: Row = Object.fromEntries(columns.map((name) => [name, valueFor(table, name, n)]));
      rows.set(table.key.map((name) => String(row[name])).join(), row);
    }
    filled[table.name] = [...rows.values()];
    for (const row of rows.values()) await anyTables(db).insertInto(table.name).values(row).execute();
    for (const row of table.sibling === undefined ? [] : rows.values()) {
      row[table.sibling ?? ""] = pick(random, [...ids(table.name), null]);
      await anyTables(db)
        .updateTable(table.name)
        .set({ [table.sibling ?? ""]: row[table.sibling ?? ""] })
        .where("id", "=", row.id)
        .execute();
    }
  }
  return Object.fromEntries(
    DUMPED.map((table) => [table.name, (filled[table.name] ?? []).map(asSaid(table))]),
  );
}

const asSaid =
  ({ columns }: DumpedTable) =>
  (row: Row): Row =>
    Object.fromEntries(
      Object.entries(columns).map(([name, { kind }]) => {
        const value = row[name];
        return [name, kind === "json" && value !== null ? JSON.parse(String(value)) : value];
      }),
    );
