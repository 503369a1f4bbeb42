// Writing all that lasts in the database as lines of JSON, as it is at one moment.
import { createHash } from "node:crypto";
import { headerLine, LINE_BYTES_MAX } from "../domain/dump.ts";
import { appliedMigrations } from "../store/database.ts";
import { freeze } from "../store/dump-rows.ts";
import { DUMPED } from "../store/dump-tables.ts";
import { type WholeFileWish, writeWholeFile } from "../system/whole-file.ts";
import type { App } from "./app.ts";

/** Text that is handed on at a time, about. */
const CHUNK_CHARACTERS = 256 * 1024;

type DumpApp = Pick<App, "db" | "version">;

/** How many rows of each table were written. */
export type RowCounts = Readonly<Record<string, number>>;

/** The dump, piece by piece. The view of the database ends with it, also when nobody wants the rest. */
export async function* dumpChunks(
  { db, version }: DumpApp,
  onDone: (rows: RowCounts) => void = () => {},
): AsyncGenerator<string> {
  const hash = createHash("sha256");
  const hashed = (lines: string): string => {
    hash.update(lines);
    return lines;
  };
  const migrations = await appliedMigrations(db);
  const view = await freeze(db);
  const counts: Record<string, number> = {};
  try {
    yield hashed(`${headerLine({ pobsync: version, migrations, nextIds: view.nextIds })}\n`);
    for (const table of DUMPED) {
      counts[table.name] = 0;
      let chunk = "";
      for await (const rows of view.pages(table)) {
        counts[table.name] = (counts[table.name] ?? 0) + rows.length;
        for (const row of rows) {
          chunk += lineOf(table.name, row);
          if (chunk.length < CHUNK_CHARACTERS) continue;
          yield hashed(chunk);
          chunk = "";
        }
      }
      if (chunk !== "") yield hashed(chunk);
    }
    yield `${JSON.stringify({ rows: counts, sha256: hash.digest("hex") })}\n`;
    onDone(counts);
  } finally {
    await view.end();
  }
}

function lineOf(table: string, row: unknown): string {
  const line = `${JSON.stringify({ table, row })}\n`;
  // Three bytes a character at most: what could not be loaded again is not written as if it could.
  if (line.length * 3 > LINE_BYTES_MAX && Buffer.byteLength(line) > LINE_BYTES_MAX)
    throw new Error(`A row of ${table} is longer than a line of a dump may be.`);
  return line;
}

/** What was written into a file. */
export interface WrittenDump {
  readonly file: string;
  readonly bytes: number;
  readonly rows: RowCounts;
}

/** Writes the dump into a file that is whole or not there, for its owner alone. Refuses as `writeWholeFile` does. */
export async function dumpToFile(app: DumpApp, file: string, wish: WholeFileWish): Promise<WrittenDump> {
  let rows: RowCounts = {};
  const chunks = dumpChunks(app, (counts) => {
    rows = counts;
  });
  const bytes = await writeWholeFile(file, chunks, wish);
  return { file, bytes, rows };
}
