// What the entries of a tree are whose owners, modes and kinds rsync keeps in attributes (`--fake-super`).
//
// rsync itself is asked, which wrote them: its dry run tells of each entry what it would send. Nothing is written.
import { lstatSync } from "node:fs";
import type { EntryFacts, EntryType } from "../domain/entry.ts";
import { Problem } from "../domain/problem.ts";
import { calmly } from "./calmly.ts";
import { unescaped } from "./log-items.ts";
import { makePrivateFolder } from "./private-folder.ts";
import { type ProgramResult, runProgram } from "./program.ts";

/** What only root could have given the entry itself. */
export type Decoded = Pick<EntryFacts, "type" | "mode" | "uid" | "gid"> & { readonly target: Buffer | null };

export interface DecodedEntry extends Decoded {
  /** Below the tree, without a slash at either end. */
  readonly path: Buffer;
}

/** Which of a tree: everything, or what has these names, with what lies below them or without. */
type Wanted = "all" | { readonly names: readonly Buffer[]; readonly below: boolean };

const READING = ["rsync", "--dry-run", "--links", "--perms", "--times", "--owner", "--group"];
const MORE = ["--devices", "--specials", "--numeric-ids", "--fake-super", "--one-file-system"];
const SENT = [...READING, ...MORE, "--out-format=%i // %B // %U // %G // %n // %L"];
/** The line of a list says what a device or special file is, which that of a transfer does not. */
const LISTED = ["rsync", "--list-only", ...READING.slice(1), ...MORE];

const ITEM =
  /^[<>ch.*]([fdLDS])[+.?cstpoguaxbn ]{9} \/\/ ([r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-]) \/\/ (\d+) \/\/ (\d+) \/\/ (.*)$/;
const LIST_ITEM = /^([bcps])[rwxsStT-]{9} +\S+ \S+ \S+ (.*)$/;
const SEPARATOR = " // ";
const POINTS = " -> ";

/** Calls `take` for each entry below a tree but the tree itself, folders before what they hold. Stays on its file system. */
export const decodeTree = (
  tree: string,
  take: (entry: DecodedEntry) => void,
  stop?: AbortSignal,
): Promise<void> => decode(tree, "all", take, stop);

/** What those of these entries are that exist, by their paths, one character a byte. */
export async function decodeEntries(
  tree: string,
  paths: readonly Buffer[],
  stop?: AbortSignal,
): Promise<Map<string, Decoded>> {
  // What is not there would be an error to rsync.
  const names = paths.filter((path) => isThere(tree, path));
  return names.length === 0 ? new Map() : mapOf(tree, { names, below: false }, stop);
}

/** What an entry and all below it are, by their paths in the tree, one character a byte. An empty path is the tree itself. */
export const decodeBelow = (tree: string, path: Buffer, stop?: AbortSignal): Promise<Map<string, Decoded>> =>
  mapOf(tree, path.length === 0 ? "all" : { names: [path], below: true }, stop);

async function mapOf(
  tree: string,
  wanted: Wanted,
  stop: AbortSignal | undefined,
): Promise<Map<string, Decoded>> {
  const found = new Map<string, Decoded>();
  const take = ({ path, ...facts }: DecodedEntry): void => void found.set(path.toString("latin1"), facts);
  await decode(tree, wanted, take, stop);
  return found;
}

const isThere = (tree: string, path: Buffer): boolean =>
  path.length > 0 &&
  lstatSync(Buffer.concat([Buffer.from(`${tree}/`), path]), { throwIfNoEntry: false }) !== undefined;

async function decode(
  tree: string,
  wanted: Wanted,
  take: (entry: DecodedEntry) => void,
  stop: AbortSignal | undefined,
): Promise<void> {
  const nowhere = await makePrivateFolder();
  // Devices and pipes, of which it is not said yet what they are.
  const unclear = new Map<string, DecodedEntry>();
  try {
    await readLines([...SENT, ...placesOf(tree, wanted), nowhere.path], tree, wanted, stop, (line) => {
      const entry = itemOf(line);
      if (entry === null) return;
      if (entry.type === "c" || entry.type === "p") unclear.set(entry.path.toString("latin1"), entry);
      else take(entry);
    });
    if (unclear.size === 0) return;
    const asked = { names: [...unclear.values()].map(({ path }) => path), below: false };
    await readLines([...LISTED, ...placesOf(tree, asked), nowhere.path], tree, asked, stop, (line) => {
      const match = LIST_ITEM.exec(line);
      const entry = match === null ? undefined : unclear.get(unescaped(match[2] ?? "").toString("latin1"));
      if (match !== null && entry !== undefined) take({ ...entry, type: match[1] as EntryType });
    });
  } finally {
    await nowhere.remove();
  }
}

const placesOf = (tree: string, wanted: Wanted): string[] =>
  wanted === "all"
    ? ["--recursive", "--", `${tree}/`]
    : [
        wanted.below ? "--recursive" : "--dirs",
        ...["--relative", "--no-implied-dirs", "--files-from=-", "--from0", "--", `${tree}/`],
      ];

async function readLines(
  argv: readonly string[],
  tree: string,
  wanted: Wanted,
  stop: AbortSignal | undefined,
  take: (line: string) => void,
): Promise<void> {
  let carry = "";
  const result = await runProgram(calmly(argv), {
    onOutput: (chunk) => {
      const lines = (carry + chunk.toString("latin1")).split("\n");
      carry = lines.pop() ?? "";
      for (const line of lines) take(line);
    },
    // Absolute, so that nothing in a name is read as a comment.
    ...(wanted === "all" ? {} : { input: namesOf(wanted.names) }),
    ...(stop === undefined ? {} : { stop }),
  });
  stop?.throwIfAborted();
  refuseFailure(tree, result);
}

const namesOf = (paths: readonly Buffer[]): Buffer =>
  Buffer.concat(paths.flatMap((path) => [Buffer.from("/"), path, Buffer.from([0])]));

/** A line about an entry; null for any other, and for the tree itself. */
function itemOf(line: string): DecodedEntry | null {
  const [, letter = "", permissions = "", uid, gid, rest = ""] = ITEM.exec(line) ?? [];
  if (letter === "") return null;
  const at = rest.indexOf(SEPARATOR);
  const name = unescaped(at < 0 ? rest : rest.slice(0, at));
  const path = name.at(-1) === 0x2f ? name.subarray(0, -1) : name;
  if (path.length === 0 || (path.length === 1 && path[0] === 0x2e)) return null;
  const link = at < 0 ? "" : rest.slice(at + SEPARATOR.length);
  const type = TYPES[letter] ?? "f";
  const target = type === "l" && link.startsWith(POINTS) ? unescaped(link.slice(POINTS.length)) : null;
  return { path, type, mode: modeOf(permissions), uid: Number(uid), gid: Number(gid), target };
}

/** By the letters of a transfer: "D" is a device of either kind, "S" a pipe or a socket. */
const TYPES: Readonly<Record<string, EntryType>> = { f: "f", d: "d", L: "l", D: "c", S: "p" };

/** "rwsr-xr-t" as a number. */
export function modeOf(permissions: string): number {
  const bit = (at: number): number => (/[-ST]/.test(permissions[at] ?? "-") ? 0 : 1);
  const plain = Array.from({ length: 9 }, (_, at) => bit(at) << (8 - at)).reduce((sum, one) => sum | one, 0);
  const special = [2, 5, 8].map((at, index) => (/[sStT]/.test(permissions[at] ?? "-") ? 4 >> index : 0));
  return plain | (special.reduce((sum, one) => sum | one, 0) << 9);
}

function refuseFailure(tree: string, { code, stderr, startError }: ProgramResult): void {
  if (code === 0) return;
  throw new Problem("content_unreadable", `What lies in ${tree} could not be read to its end.`, {
    detail: startError?.message ?? stderr.trim(),
  });
}
