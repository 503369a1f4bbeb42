// A real database that takes the clock of a test for its own: what ends by the database's clock (leases, turns, the silence of workers)
// ends when the test says so.
import { sql } from "kysely";
import type { Database } from "../../src/store/database.ts";

export function clockedDatabase(db: Database, now: () => Date): Database {
  const at = (seconds: number) => {
    const date = new Date(now().getTime() + seconds * 1000);
    return db.dialect.name === "sqlite"
      ? sql<Date>`${date.toISOString()}`
      : sql<Date>`cast(${date} as datetime(3))`;
  };
  const dialect = {
    ...db.dialect,
    get now() {
      return at(0);
    },
    nowPlus: at,
  };
  return { ...db, dialect };
}
