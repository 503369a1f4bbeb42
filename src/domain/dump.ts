// The dump of a database: what its lines say. docs/dump-format.md describes it for people.
import { Problem } from "./problem.ts";

const FORMAT = "pobsync-dump";
const VERSION = 1;

/** A longer line is neither written nor read: no row of ours comes near it. */
export const LINE_BYTES_MAX = 64 * 1024 * 1024;

/** The first line. No moment is in it, so that two dumps of the same data are the same. */
export interface DumpHeader {
  /** The program that wrote it. */
  readonly pobsync: string;
  /** What its database had seen. */
  readonly migrations: readonly string[];
  /** The number that each table gives to its next row. It is above those of rows that were removed as well. */
  readonly nextIds: Readonly<Record<string, number>>;
}

/** One row of a table, by the names of `tables.ts`, as plain JSON. */
export interface DumpRow {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/** The last line: without it a dump is not whole. */
export interface DumpTrailer {
  /** How many rows each table has. */
  readonly rows: Readonly<Record<string, number>>;
  /** SHA-256 of all bytes before this line, in hexadecimal. */
  readonly sha256: string;
}

/** A line without its end. */
export const headerLine = ({ pobsync, migrations, nextIds }: DumpHeader): string =>
  JSON.stringify({ format: FORMAT, version: VERSION, pobsync, migrations, nextIds });

/** Refuses what is not, or not whole, what was written. */
export const damagedDump = (what: string, cause?: unknown): Problem =>
  new Problem("dump_damaged", `The dump cannot be loaded: ${what}.`, cause === undefined ? {} : { cause });

type Fields = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCounts = (value: unknown): value is Readonly<Record<string, number>> =>
  isRecord(value) && Object.values(value).every((count) => Number.isSafeInteger(count) && Number(count) >= 0);
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === "string");

/** Reads the first line. Refuses with `dump_damaged`, or with `dump_newer` when it is of a later format. */
export function parseHeader(line: unknown): DumpHeader {
  if (!isRecord(line) || line.format !== FORMAT)
    throw damagedDump("it does not begin as a dump of pobsync does");
  const { version, pobsync, migrations, nextIds } = line;
  if (typeof version === "number" && version > VERSION)
    throw new Problem(
      "dump_newer",
      `The dump has format ${version}, and this version of pobsync reads format ${VERSION}.`,
    );
  if (version !== VERSION || typeof pobsync !== "string" || !isTexts(migrations) || !isCounts(nextIds))
    throw damagedDump("its first line is not that of a dump");
  return { pobsync, migrations, nextIds };
}

/** Reads any other line: a row, or the end. */
export function parseLine(line: unknown, number: number): DumpRow | DumpTrailer {
  if (isRecord(line)) {
    const { table, row, rows, sha256 } = line;
    if (typeof table === "string" && isRecord(row)) return { table, row };
    if (typeof sha256 === "string" && isCounts(rows)) return { rows, sha256 };
  }
  throw damagedDump(`line ${number} is neither a row nor the end`);
}

/** Refuses a dump of a database that has seen more than ours knows; it says which migrations both are at. */
export function refuseNewerDump({ pobsync, migrations }: DumpHeader, known: readonly string[]): void {
  const newer = migrations.filter((name) => !known.includes(name));
  if (newer.length === 0) return;
  throw new Problem(
    "dump_newer",
    `The dump is of a newer database (${newer.at(-1)}, pobsync ${pobsync}) than this pobsync knows (${known.at(-1)}).`,
    { detail: `Migrations this version does not know: ${newer.join(", ")}` },
  );
}
