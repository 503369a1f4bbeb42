// The tables: built from nothing, by whoever comes, and the same as tables.ts says on every database.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ColumnKind } from "../../../src/store/columns.ts";
import { type Database, openUnchecked } from "../../../src/store/database.ts";
import { migrate } from "../../../src/store/migrate.ts";
import { MIGRATION_NAMES } from "../../../src/store/migrations.ts";
import { TABLES } from "../../../src/store/tables.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { race } from "../../support/rivals.ts";

const TYPES: Record<(typeof DATABASES)[number], Record<ColumnKind, string>> = {
  sqlite: { int: "integer", text: "text", bool: "integer", time: "text", json: "text" },
  mariadb: { int: "bigint", text: "varchar", bool: "tinyint", time: "datetime", json: "longtext" },
};
/** Text without a limit: a template of a message may be long. */
const LONG = ["sealedSettings"];
const typeOf = (database: (typeof DATABASES)[number], kind: ColumnKind, name: string): string =>
  TYPES[database][LONG.includes(name) ? "json" : kind];

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `table.column type`, with `null` behind those that may be. */
async function builtColumns(db: Database): Promise<string[]> {
  const tables = await db.sql.introspection.getTables();
  return tables
    .filter(({ name }) => !name.startsWith("pobsync_") && !name.startsWith("sqlite_"))
    .flatMap(({ name, columns }) =>
      columns.map((column) => {
        // SQLite calls a primary key nullable, because it fills in the id itself.
        const mayBeNull =
          column.isNullable && column.name !== "id" && `${name}.${column.name}` !== "host_locks.host_id";
        return `${name}.${column.name} ${column.dataType.toLowerCase()}${mayBeNull ? " null" : ""}`;
      }),
    )
    .sort();
}

for (const database of DATABASES)
  describe(`migrating ${database}`, () => {
    let databases: TestDatabases;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());

    it("builds everything from nothing, and finds nothing left to do the second time", async () => {
      const db = await openUnchecked(await databases.emptyUrl());
      expect(await migrate(db)).toEqual({ applied: [...MIGRATION_NAMES], before: [] });
      expect(await migrate(db)).toEqual({ applied: [], before: [...MIGRATION_NAMES] });
      await db.close();
    });

    it("may be done by four processes at once: each migration is applied by one of them", async () => {
      const urls: string[] = [];
      while (urls.length < 12) urls.push(await databases.emptyUrl());
      const applied = await race<string[][]>(Array.from({ length: 4 }, () => ["migrate", ...urls]));
      for (const [index, url] of urls.entries()) {
        expect(applied.flatMap((byOne) => byOne[index] ?? []).sort()).toEqual([...MIGRATION_NAMES]);
        const db = await openUnchecked(url);
        expect(await migrate(db)).toMatchObject({ applied: [] });
        await db.close();
      }
    });

    it("builds exactly the columns that the program knows", async () => {
      const known = Object.entries(TABLES).flatMap(([table, columns]) =>
        Object.entries(columns).map(
          ([name, { kind, nullable }]) =>
            `${snakeCase(table)}.${snakeCase(name)} ${typeOf(database, kind, name)}${nullable ? " null" : ""}`,
        ),
      );
      expect(await builtColumns(await databases.fresh())).toEqual(known.sort());
    });

    it("gives a column's name one kind in all tables, because values are read by the name alone", () => {
      const kinds = new Map<string, ColumnKind>();
      for (const [name, { kind }] of Object.values(TABLES).flatMap((table) => Object.entries(table))) {
        expect(kinds.get(name) ?? kind, name).toBe(kind);
        kinds.set(name, kind);
      }
    });
  });
