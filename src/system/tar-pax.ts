// The records that stand before an entry of a tar archive, and what rsync's attributes among them mean. Pure.
import type { EntryType } from "../domain/entry.ts";

export interface PaxRecord {
  readonly key: string;
  readonly value: Buffer;
}

/** What rsync keeps of a file in an attribute. */
export interface KeptFacts {
  readonly type: EntryType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a device. */
  readonly major: number;
  readonly minor: number;
}

/** `LENGTH KEY=VALUE\n`, one behind the other; the length counts itself. */
export function parsePax(text: Buffer): PaxRecord[] {
  const records: PaxRecord[] = [];
  for (let at = 0; at < text.length; ) {
    const blank = text.indexOf(0x20, at);
    const length = Number(text.toString("latin1", at, blank));
    const equals = text.indexOf(0x3d, blank);
    if (blank < 0 || equals < 0 || !(length > 0)) throw new Error("the archive has a record that is none");
    const key = text.toString("latin1", blank + 1, equals);
    records.push({ key, value: text.subarray(equals + 1, at + length - 1) });
    at += length;
  }
  return records;
}

export const paxText = (records: readonly PaxRecord[]): Buffer =>
  Buffer.concat(records.map(({ key, value }) => paxRecord(key, value)));

function paxRecord(key: string, value: Buffer): Buffer {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${key}=`, "latin1"), value, Buffer.from("\n")]);
}

const ATTRIBUTE = "SCHILY.xattr.";
const OURS = "user.rsync.";

/** What attributes say of the entry (null: they say nothing), and the records that it has in an archive of the host's own. @param mode what its header says */
export function splitAttributes(
  records: readonly PaxRecord[],
  mode: number,
): {
  readonly facts: KeptFacts | null;
  readonly others: readonly PaxRecord[];
} {
  const named = records.map((record) => ({ record, name: attributeName(record.key) }));
  const stat = named.find(({ name }) => name === `${OURS}%stat`);
  const facts = stat === undefined ? null : parseStat(stat.record.value.toString("latin1"));
  const others = named.flatMap(({ record, name }) =>
    name?.startsWith(OURS) === true
      ? (ownRecord(name.slice(OURS.length), record, facts?.mode ?? mode) ?? [])
      : record,
  );
  return { facts, others };
}

/** tar writes "%" and "=" in names of attributes as URLs do. */
const attributeName = (key: string): string | null =>
  key.startsWith(ATTRIBUTE)
    ? key.slice(ATTRIBUTE.length).replaceAll("%3D", "=").replaceAll("%25", "%")
    : null;
const attributeKey = (name: string): string => ATTRIBUTE + name.replaceAll("%", "%25").replaceAll("=", "%3D");

/** An attribute of rsync's as what it keeps; null for what an archive has elsewhere. */
function ownRecord(name: string, { value }: PaxRecord, mode: number): PaxRecord | null {
  if (name === "%aacl") return { key: "SCHILY.acl.access", value: aclText(value, mode) };
  if (name === "%dacl") return { key: "SCHILY.acl.default", value: aclText(value, null) };
  // In its own name space it is an attribute that only root could have given.
  return name.startsWith("%") ? null : { key: attributeKey(name), value };
}

const FORMATS: Readonly<Record<number, EntryType>> = {
  ...{ 1: "p", 2: "c", 4: "d", 6: "b", 8: "f", 10: "l", 12: "s" },
};

/** `MODE MAJOR,MINOR UID:GID`, the mode in octal with what kind of entry it is. */
function parseStat(text: string): KeptFacts | null {
  const match = /^([0-7]+) (\d+),(\d+) (\d+):(\d+)\0*$/.exec(text);
  if (match === null) return null;
  const [mode, major, minor, uid, gid] = [Number.parseInt(match[1] ?? "", 8), ...match.slice(2).map(Number)];
  const type = FORMATS[(mode ?? 0) >> 12] ?? "f";
  return {
    ...{ type, mode: (mode ?? 0) & 0o7777, uid: uid ?? 0, gid: gid ?? 0 },
    ...{ major: major ?? 0, minor: minor ?? 0 },
  };
}

/** What rsync writes where the mode says it already. */
const AS_IN_MODE = 0x80;
const IS_USER = 0x8000_0000;
const ENTRIES_AT = 16;

/**
 * Four numbers (owner, group, mask, others) and then pairs of an id and what it may, as text.
 *
 * @param mode of the entry that the list is about; null: of those that will be made in a folder. A mode has the rights of owner,
 *   mask and others as well, and is what rsync goes by: it gives the mode last
 */
function aclText(value: Buffer, mode: number | null): Buffer {
  const number = (at: number): number => (value.length >= at + 4 ? value.readUInt32LE(at) : AS_IN_MODE);
  const inMode = (shift: number): number => ((mode ?? 0) >> shift) & 7;
  const said = (at: number, shift: number): number =>
    number(at) === AS_IN_MODE ? inMode(shift) : number(at) & 7;
  const rights = (at: number, shift: number): number => (mode === null ? said(at, shift) : inMode(shift));
  const named: string[] = [];
  for (let at = ENTRIES_AT; at + 8 <= value.length; at += 8) {
    const access = number(at + 4);
    named.push(`${(access & IS_USER) !== 0 ? "user" : "group"}:${number(at)}:${rightsText(access & 7)}`);
  }
  const isUser = (line: string): boolean => line.startsWith("user");
  const hasMask = named.length > 0 || number(8) !== AS_IN_MODE;
  const lines = [
    `user::${rightsText(rights(0, 6))}`,
    ...named.filter(isUser),
    `group::${rightsText(said(4, 3))}`,
    ...named.filter((line) => !isUser(line)),
    ...(hasMask ? [`mask::${rightsText(rights(8, 3))}`] : []),
    `other::${rightsText(rights(12, 0))}`,
  ];
  return Buffer.from(lines.join(","));
}

const rightsText = (bits: number): string =>
  [..."rwx"].map((letter, at) => ((bits & (4 >> at)) !== 0 ? letter : "-")).join("");
