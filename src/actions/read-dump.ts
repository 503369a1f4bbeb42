// Reading a dump line by line, and proving at its end that it is the whole of what was written.
import { createHash, type Hash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import {
  type DumpHeader,
  type DumpRow,
  type DumpTrailer,
  damagedDump,
  LINE_BYTES_MAX,
  parseHeader,
  parseLine,
} from "../domain/dump.ts";
import { DUMPED } from "../store/dump-tables.ts";
import { type LineFault, linesOf } from "../system/given-lines.ts";

export interface OpenedDump {
  readonly header: DumpHeader;
  /** Ends only when all is well: a dump that is damaged or not whole throws `dump_damaged`, at the last line at the latest. */
  readonly rows: AsyncIterable<DumpRow>;
}

const FAULTS: Record<LineFault, string> = {
  "cut-short": "it ends in the middle of a line",
  "too-long": "a line of it is longer than any that pobsync writes",
};

const GZIP = Buffer.from([0x1f, 0x8b]);

/** What was compressed with gzip, unpacked; anything else as it comes. Refuses with `dump_damaged` what cannot be unpacked. */
export async function* unzipped(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const first = await chunks.next();
  if (first.done === true) return;
  const whole = (async function* () {
    yield first.value;
    yield* chunks;
  })();
  if (!first.value.subarray(0, GZIP.length).equals(GZIP)) return yield* whole;
  const gunzip = createGunzip();
  const piping = pipeline(Readable.from(whole), gunzip);
  piping.catch(() => {});
  try {
    yield* gunzip as AsyncIterable<Buffer>;
    await piping;
  } catch (error) {
    // zlib's own errors have numbers.
    if (
      typeof (error as { errno?: unknown }).errno === "number" &&
      /^Z_/.test(String((error as { code?: unknown }).code))
    )
      throw damagedDump("it cannot be unpacked", error);
    throw error;
  }
}

/** Reads the first line. Refuses with `dump_damaged` or `dump_newer`. */
export async function openDump(chunks: AsyncIterable<Buffer>): Promise<OpenedDump> {
  const lines = linesOf(chunks, LINE_BYTES_MAX, (what) => damagedDump(FAULTS[what]));
  const hash = createHash("sha256");
  const first = await lines.next();
  if (first.done === true) throw damagedDump("it is empty");
  hashLine(hash, first.value);
  return { header: parseHeader(parsed(first.value, 1)), rows: rowsOf(lines, hash) };
}

async function* rowsOf(lines: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<DumpRow> {
  const counts = new Map<string, number>();
  let trailer: DumpTrailer | null = null;
  let number = 1;
  for await (const bytes of lines) {
    number += 1;
    if (trailer !== null) throw damagedDump("something follows its end");
    const line = parseLine(parsed(bytes, number), number);
    if ("sha256" in line) {
      trailer = line;
      continue;
    }
    hashLine(hash, bytes);
    counts.set(line.table, (counts.get(line.table) ?? 0) + 1);
    yield line;
  }
  if (trailer === null) throw damagedDump("its end is missing");
  if (trailer.sha256 !== hash.digest("hex"))
    throw damagedDump("it is not what was written: its checksum differs");
  const { rows } = trailer;
  for (const table of new Set([...counts.keys(), ...Object.keys(rows)])) {
    if (!DUMPED.some(({ name }) => name === table))
      throw damagedDump("its end has tables that are not known here");
    if ((rows[table] ?? 0) !== (counts.get(table) ?? 0))
      throw damagedDump(`it has ${counts.get(table) ?? 0} rows of ${table}, and says ${rows[table] ?? 0}`);
  }
}

function hashLine(hash: Hash, bytes: Buffer): void {
  hash.update(bytes);
  hash.update("\n");
}

function parsed(bytes: Buffer, number: number): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw damagedDump(`line ${number} is no JSON`, error);
  }
}
