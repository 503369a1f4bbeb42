// What rsync said of each entry while a snapshot was made, read from the snapshot's log.
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";

/** One line of the log: what happened to an entry. */
export interface LogItem {
  /** Below `data`, without a slash at either end; empty for `data` itself. */
  readonly path: Buffer;
  /** A folder, or a regular file, by rsync's letter. */
  readonly isFolder: boolean;
  readonly isFile: boolean;
  /** How long it is. */
  readonly bytes: number;
  /** The base had nothing at that path. */
  readonly isNew: boolean;
  /** The base has just that. Only a comparison says so: a log tells of what was made. */
  readonly isUnchanged: boolean;
  /** XXH128 of a file whose content was sent; null when nothing was. */
  readonly checksum: Buffer | null;
  /** One more name of a file that came before it in the transfer. */
  readonly isFurtherName: boolean;
  /** That other name; null for a file that stands for itself, and where the base has the same two names of one file. */
  readonly leader: Buffer | null;
}

const ITEM = /^[<>ch.*][fdLDS][+.?cstpoguaxbn ]{9} \/\/ *(\d+) \/\/ ([0-9a-f]{32}| *) \/\/ /;
/** What rsync says in place of nine letters. */
const NO_CHANGE = " ".repeat(9);
const LEFT_OUT = " left out: the log is limited";
const SEPARATOR = " // ";
const LEADS = " => ";

/** Bytes of a log that are looked at together: some hundred lines. */
const PART = 16_384;

/**
 * Gives each entry that a log tells of, in its order, some hundred at a time: handing a million over one by one takes longer
 * than reading them.
 *
 * @returns whether the log is whole. False: lines were left out, it is damaged, or it is not there
 */
export async function* readLogItems(path: string): AsyncGenerator<LogItem[], boolean, void> {
  const file = await open(path, "r").catch(() => null);
  if (file === null) return false;
  let isWhole = true;
  let carry = "";
  const itemsOf = (lines: readonly string[]): LogItem[] =>
    lines.flatMap((line) => {
      const item = parseItem(line);
      if (item === null && line.includes(LEFT_OUT)) isWhole = false;
      return item ?? [];
    });
  try {
    const gunzip = createGunzip({ chunkSize: PART });
    file
      .createReadStream({ autoClose: false })
      .on("error", (error) => gunzip.destroy(error))
      .pipe(gunzip);
    gunzip.setEncoding("latin1");
    for await (const text of gunzip as AsyncIterable<string>) {
      const lines = (carry + text).split("\n");
      carry = lines.pop() ?? "";
      yield itemsOf(lines);
    }
    yield itemsOf([carry]);
    return isWhole;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

/** A line of rsync's as an item; null when it is none. All text is Latin-1: one character a byte. */
export function parseItem(line: string): LogItem | null {
  const match = ITEM.exec(line);
  if (match === null) return null;
  const rest = line.slice(match[0].length);
  // No path holds the separator: it would need an empty name.
  const at = rest.indexOf(SEPARATOR);
  const name = unescaped(at < 0 ? rest : rest.slice(0, at));
  const link = at < 0 ? "" : rest.slice(at + SEPARATOR.length);
  const digest = match[2] ?? "";
  const bare = name.at(-1) === 0x2f ? name.subarray(0, -1) : name;
  return {
    path: bare.length === 1 && bare[0] === 0x2e ? Buffer.alloc(0) : bare,
    isFolder: line[1] === "d",
    isFile: line[1] === "f",
    bytes: Number(match[1]),
    isNew: line[2] === "+",
    isUnchanged: line.startsWith(NO_CHANGE, 2),
    checksum: digest.trim() === "" ? null : Buffer.from(digest, "hex"),
    isFurtherName: line[0] === "h",
    leader: line[0] === "h" && link.startsWith(LEADS) ? unescaped(link.slice(LEADS.length)) : null,
  };
}

/** Bytes of a path that rsync writes as they are, and nothing that it may have meant otherwise. */
const PLAIN = /^[ -[\]-~]+$/;

/**
 * The path of an entry that is no folder and is as it was, where its line says nothing but that; null: `parseItem` knows more. Takes
 * a small part of its time.
 */
export function unchangedPath(line: string): string | null {
  const saysNoMore =
    line.startsWith(NO_CHANGE, 2) && line.endsWith(SEPARATOR) && !line.endsWith(`/${SEPARATOR}`);
  if (line[0] !== "." || line[1] === "d" || !saysNoMore) return null;
  const size = line.indexOf(SEPARATOR) + SEPARATOR.length;
  const digest = line.indexOf(SEPARATOR, size) + SEPARATOR.length;
  const name = line.indexOf(SEPARATOR, digest) + SEPARATOR.length;
  const path = line.slice(name, -SEPARATOR.length);
  const isWhole = size < digest && digest < name && PLAIN.test(path) && !path.includes(SEPARATOR);
  return isWhole ? path : null;
}

/** rsync writes bytes that a terminal would not like as `\#ooo`. */
export const unescaped = (text: string): Buffer =>
  Buffer.from(
    text.replace(/\\#([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    "latin1",
  );
