// The blocks of a tar archive. Pure.
import type { EntryType } from "../domain/entry.ts";
import type { KeptFacts, PaxRecord } from "./tar-pax.ts";

export const TAR_BLOCK = 512;

/** Where fields of a header are, and how long they are, in bytes. */
const MODE = [100, 8] as const;
const UID = [108, 8] as const;
const GID = [116, 8] as const;
const SIZE = [124, 12] as const;
const SUM = [148, 8] as const;
const TYPE = 156;
const LINK = [157, 100] as const;
const MAJOR = [329, 8] as const;
const MINOR = [337, 8] as const;

type Field = readonly [at: number, length: number];

const LETTERS: Readonly<Record<EntryType, string>> = {
  ...{ f: "0", l: "2", c: "3", b: "4", d: "5", p: "6" },
  // Nothing in a tar is a socket.
  s: "0",
};
const HARD_LINK = "1";

export const isEnd = (header: Buffer): boolean => header.every((byte) => byte === 0);
/** Records about the entry that comes next. */
export const isExtension = (header: Buffer): boolean => header[TYPE] === "x".charCodeAt(0);

/** Bytes behind a header. */
export function contentBytes(header: Buffer): number {
  const [at, length] = SIZE;
  // What takes more digits than there is room for is a number of bytes.
  if (((header[at] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(at + length - 8));
  return Number.parseInt(header.toString("latin1", at, at + length - 1).trim() || "0", 8);
}

export const modeIn = (header: Buffer): number =>
  Number.parseInt(header.toString("latin1", MODE[0], MODE[0] + MODE[1] - 1).trim() || "0", 8);

export const paddedTo = (size: number): number => Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;

/** Content with what fills its last block. */
export const blocksOf = (content: Buffer): Buffer[] => [
  content,
  Buffer.alloc(paddedTo(content.length) - content.length),
];

/** A header like that one for so many bytes. */
export function headerBlock(like: Buffer, size: number): Buffer {
  const header = Buffer.from(like);
  putNumber(header, SIZE, size);
  return summed(header);
}

/** The header of an entry as it was on the host, and the records that it then needs. @param said where a symbolic link points */
export function withFacts(
  like: Buffer,
  facts: KeptFacts,
  said: Buffer,
): { readonly header: Buffer; readonly more: readonly PaxRecord[] } {
  const header = Buffer.from(like);
  const more: PaxRecord[] = [];
  const { type, mode, uid, gid, major, minor } = facts;
  putNumber(header, MODE, mode);
  for (const [key, field, value] of [["uid", UID, uid] as const, ["gid", GID, gid] as const])
    if (!putNumber(header, field, value)) more.push({ key, value: Buffer.from(String(value)) });
  if (type === "f" || type === "d" || header.toString("latin1", TYPE, TYPE + 1) === HARD_LINK)
    return { header: summed(header), more };
  header.write(LETTERS[type], TYPE, "latin1");
  putNumber(header, SIZE, 0);
  if (type === "l") {
    header.fill(0, LINK[0], LINK[0] + LINK[1]);
    said.copy(header, LINK[0], 0, LINK[1]);
    if (said.length > LINK[1]) more.push({ key: "linkpath", value: said });
  }
  if (type === "b" || type === "c") {
    putNumber(header, MAJOR, major);
    putNumber(header, MINOR, minor);
  }
  return { header: summed(header), more };
}

/** In octal, with a NUL behind it. False, and zero, when there is no room for it. */
function putNumber(header: Buffer, [at, length]: Field, value: number): boolean {
  const digits = value.toString(8);
  const fits = digits.length < length;
  header.write((fits ? digits : "0").padStart(length - 1, "0"), at, "latin1");
  header[at + length - 1] = 0;
  return fits;
}

/** With the sum of its bytes, in which the sum itself counts as blanks. */
function summed(header: Buffer): Buffer {
  const [at, length] = SUM;
  header.fill(0x20, at, at + length);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, at, "latin1");
  return header;
}
