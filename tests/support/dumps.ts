// Dumps in tests: making one, taking it apart, loading it.
import { writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { dumpChunks } from "../../src/actions/dump-data.ts";
import { type LoadedDump, loadData } from "../../src/actions/load-data.ts";
import { type Database, openDatabase } from "../../src/store/database.ts";

export const dumpOf = (db: Database): Promise<string> => text(dumpChunks({ db, version: "1.2.3" }));

/** The same of a database that nobody has open. */
export async function dumpAt(url: string): Promise<string> {
  const db = await openDatabase(url);
  try {
    return await dumpOf(db);
  } finally {
    await db.close();
  }
}

/** Loads a dump's text by way of a file. */
export function loadText(url: string, file: string, dump: string | Uint8Array): Promise<LoadedDump> {
  writeFileSync(file, dump);
  return loadData(url, file, { stop: new AbortController().signal, onRows: () => {} });
}

// biome-ignore lint/suspicious/noExplicitAny: a test says what a line holds by expecting it
export const linesOfDump = (dump: string): any[] =>
  dump
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
