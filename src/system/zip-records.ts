// The records of a zip (APPNOTE.TXT 6.3): before each entry, behind it, in the directory at the end, and the end itself.

export interface ZipEntry {
  /** UTF-8. */
  readonly name: Buffer;
  /** Type and permissions, as stat has them. */
  readonly mode: number;
  readonly mtimeMs: number;
  /** Bytes before compression. */
  readonly size: number;
  readonly isDeflated: boolean;
  /** What is only known once the content is behind us; null: it follows the content. */
  readonly stored: StoredContent | null;
}

export interface StoredContent {
  readonly crc: number;
  /** Bytes in the archive. */
  readonly bytes: number;
}

/** What does not fit into four bytes is this, and stands in an extra field of eight. */
const IN_EXTRA = 0xff_ff_ff_ff;
/** Above it, a content that does not shrink might become too long for four bytes. */
const LARGE_BYTES = 0xf0_00_00_00;
const UNIX = 3 << 8;
const VERSION = 45;
const NAME_IS_UTF8 = 1 << 11;
const CONTENT_FIRST = 1 << 3;
const DEFLATED = 8;
const FOLDER_OF_DOS = 0x10;
const FOLDER = 0o040_000;
const TYPE = 0o170_000;

const isLarge = ({ size }: ZipEntry): boolean => size >= LARGE_BYTES;

/** Numbers of so many bytes, one after the other; those of eight are exact up to 2^53. */
function record(...fields: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) buffer.writeUInt16LE(value, at);
    else if (bytes === 4) buffer.writeUInt32LE(value, at);
    else buffer.writeBigUInt64LE(BigInt(value), at);
    at += bytes;
  }
  return buffer;
}

const SECONDS = { first: -0x80_00_00_00, last: 0x7f_ff_ff_ff };

/** The time in UTC, for those who know more than the local time to two seconds that zips began with. */
function timeField({ mtimeMs }: ZipEntry): Buffer {
  const seconds = Math.min(Math.max(Math.floor(mtimeMs / 1000), SECONDS.first), SECONDS.last);
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x5455, 0);
  field.writeUInt16LE(5, 2);
  field.writeUInt8(1, 4);
  field.writeInt32LE(seconds, 5);
  return field;
}

/** [time, date]. */
function dosTime({ mtimeMs }: ZipEntry): [number, number] {
  const time = new Date(Math.min(Math.max(mtimeMs, 0), Date.UTC(2100, 0)));
  const year = time.getFullYear();
  if (year < 1980) return [0, (1 << 5) | 1];
  return [
    (time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1),
    ((year - 1980) << 9) | ((time.getMonth() + 1) << 5) | time.getDate(),
  ];
}

const flagsOf = ({ stored }: ZipEntry): number => NAME_IS_UTF8 | (stored === null ? CONTENT_FIRST : 0);
const methodOf = ({ isDeflated }: ZipEntry): number => (isDeflated ? DEFLATED : 0);

/** What stands before an entry's content. */
export function entryHead(entry: ZipEntry): Buffer {
  const { name, stored, size } = entry;
  const [time, date] = dosTime(entry);
  const large = isLarge(entry) ? record([2, 1], [2, 16], [8, 0], [8, 0]) : Buffer.alloc(0);
  const extra = Buffer.concat([timeField(entry), large]);
  const [bytes, original] = stored === null ? [0, 0] : [stored.bytes, size];
  const [shortBytes, shortOriginal] = isLarge(entry) ? [IN_EXTRA, IN_EXTRA] : [bytes, original];
  const fixed = record(
    ...([
      [4, 0x04_03_4b_50],
      [2, VERSION],
      [2, flagsOf(entry)],
      [2, methodOf(entry)],
    ] as const),
    ...([
      [2, time],
      [2, date],
      [4, stored?.crc ?? 0],
      [4, shortBytes],
      [4, shortOriginal],
    ] as const),
    ...([
      [2, name.length],
      [2, extra.length],
    ] as const),
  );
  return Buffer.concat([fixed, name, extra]);
}

/** What stands behind a content of which nothing was known before. */
export function entryTail(entry: ZipEntry, { crc, bytes }: StoredContent): Buffer {
  const width = isLarge(entry) ? 8 : 4;
  return record([4, 0x08_07_4b_50], [4, crc], [width, bytes], [width, entry.size]);
}

/** An entry of the directory. `offset` is where its head begins. */
export function directoryRecord(entry: ZipEntry, { crc, bytes }: StoredContent, offset: number): Buffer {
  const { name, mode, size } = entry;
  const [time, date] = dosTime(entry);
  const short = (value: number): number => (isLarge(entry) ? IN_EXTRA : Math.min(value, IN_EXTRA));
  const [shortSize, shortBytes, shortOffset] = [short(size), short(bytes), Math.min(offset, IN_EXTRA)];
  const long: (readonly [8, number])[] = [];
  if (shortSize === IN_EXTRA) long.push([8, size]);
  if (shortBytes === IN_EXTRA) long.push([8, bytes]);
  if (shortOffset === IN_EXTRA) long.push([8, offset]);
  const large = long.length === 0 ? Buffer.alloc(0) : record([2, 1], [2, 8 * long.length], ...long);
  const extra = Buffer.concat([timeField(entry), large]);
  const attributes = mode * 0x1_00_00 + ((mode & TYPE) === FOLDER ? FOLDER_OF_DOS : 0);
  const fixed = record(
    ...([
      [4, 0x02_01_4b_50],
      [2, UNIX | VERSION],
      [2, VERSION],
      [2, flagsOf(entry)],
    ] as const),
    ...([
      [2, methodOf(entry)],
      [2, time],
      [2, date],
      [4, crc],
      [4, shortBytes],
      [4, shortSize],
    ] as const),
    ...([
      [2, name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, attributes],
    ] as const),
    [4, shortOffset],
  );
  return Buffer.concat([fixed, name, extra]);
}

/** The end. `offset` is where the directory begins; the comment is plain ASCII. */
export function archiveEnd(entries: number, bytes: number, offset: number, comment: string): Buffer {
  const [shortEntries, shortBytes, shortOffset] = [
    Math.min(entries, 0xff_ff),
    Math.min(bytes, IN_EXTRA),
    Math.min(offset, IN_EXTRA),
  ];
  const isLong = shortEntries === 0xff_ff || shortBytes === IN_EXTRA || shortOffset === IN_EXTRA;
  const long = [
    record(
      ...([
        [4, 0x06_06_4b_50],
        [8, 44],
        [2, UNIX | VERSION],
        [2, VERSION],
        [4, 0],
        [4, 0],
      ] as const),
      ...([
        [8, entries],
        [8, entries],
        [8, bytes],
        [8, offset],
      ] as const),
    ),
    record([4, 0x07_06_4b_50], [4, 0], [8, offset + bytes], [4, 1]),
  ];
  const said = Buffer.from(comment, "latin1");
  const short = record(
    ...([
      [4, 0x06_05_4b_50],
      [2, 0],
      [2, 0],
      [2, shortEntries],
      [2, shortEntries],
    ] as const),
    ...([
      [4, shortBytes],
      [4, shortOffset],
      [2, said.length],
    ] as const),
  );
  return Buffer.concat([...(isLong ? long : []), short, said]);
}
