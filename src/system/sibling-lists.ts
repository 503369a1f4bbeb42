// Sorts what a host has to send by where it is likely to be already: in snapshots of hosts that it trusts, or nowhere.
//
// This is only a guess, by name and size, so that rsync knows where to look: what it finds there is compared with the host's.
import { appendFileSync, closeSync, lstatSync, openSync, readSync } from "node:fs";
import { SIBLINGS_MAX } from "../domain/trust-group.ts";
import { type NameList, nameList } from "./comparison.ts";
import type { LogItem } from "./log-items.ts";

/** What no sibling has is in the list that this stands for. */
export interface SortedNames extends NameList {
  /** How many each sibling is likely to have. Known once it is closed. */
  readonly found: () => readonly number[];
}

/** The files of names that are likely to be in the siblings' trees, in their order. */
export const siblingLists = (wanted: string): string[] =>
  Array.from({ length: SIBLINGS_MAX }, (_, at) => `${wanted}.${at}`);

/** To compare a smaller file costs about what sending it does. */
const LIKELY_MIN_BYTES = 512;

/**
 * @param file what the plain list is written to; the others get its name with an ending
 * @param siblings trees of other hosts, at most SIBLINGS_MAX
 * @param own trees of this host: what one of them has in that size is not looked for elsewhere
 */
export function sortBySibling(
  file: string,
  siblings: readonly string[],
  own: readonly string[],
): SortedNames {
  const plain = nameList(file);
  const files = siblingLists(file).slice(0, siblings.length);
  const lists = files.map((name) => nameList(name));
  const added = lists.map(() => 0);
  /** Further names of files. They have to be asked for together with the first one. */
  const followers: { readonly path: Buffer; readonly leader: string }[] = [];
  let isOpen = true;
  const has =
    (path: Buffer, size: number) =>
    (tree: string): boolean =>
      sizeIn(tree, path) === size;
  const placeOf = (path: Buffer, { isFile, bytes }: LogItem): number => {
    if (!isFile || bytes < LIKELY_MIN_BYTES || own.some(has(path, bytes))) return -1;
    return siblings.findIndex(has(path, bytes));
  };
  const settleFollowers = (): void => {
    const places = placesOf(new Set(followers.map(({ leader }) => leader)), files);
    for (const { path, leader } of followers) {
      const place = places.get(leader);
      if (place === undefined) plain.add(path);
      else {
        appendFileSync(files[place] ?? "", Buffer.concat([SLASH, path, NUL]));
        added[place] = (added[place] ?? 0) + 1;
      }
    }
  };
  return {
    add: (path, item) => {
      if (item !== undefined && item.leader !== null) {
        followers.push({ path, leader: item.leader.toString("latin1") });
        return;
      }
      const place = item === undefined ? -1 : placeOf(path, item);
      (lists[place] ?? plain).add(path);
    },
    count: plain.count,
    found: () => lists.map((list, at) => list.count() + (added[at] ?? 0)),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      for (const list of lists) list.close();
      settleFollowers();
      plain.close();
    },
  };
}

const [SLASH, NUL] = [Buffer.from("/"), Buffer.from([0])];

/** Links on the way may lead anywhere; all that comes of it is a wrong guess. */
function sizeIn(tree: string, path: Buffer): number | null {
  try {
    const facts = lstatSync(Buffer.concat([Buffer.from(`${tree}/`), path]), { throwIfNoEntry: false });
    return facts?.isFile() === true ? facts.size : null;
  } catch {
    return null;
  }
}

/** In which of the files of names these are. They are read again because a million names in memory take a hundred megabytes. */
function placesOf(names: ReadonlySet<string>, files: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  if (names.size === 0) return places;
  for (const [place, file] of files.entries())
    for (const name of namesIn(file)) if (names.has(name)) places.set(name, place);
  return places;
}

const PART = 65_536;

function* namesIn(file: string): Generator<string> {
  const opened = openSync(file, "r");
  const part = Buffer.alloc(PART);
  let carry = "";
  try {
    for (let length = readSync(opened, part); length > 0; length = readSync(opened, part)) {
      const names = (carry + part.toString("latin1", 0, length)).split("\0");
      carry = names.pop() ?? "";
      for (const name of names) yield name.slice(1);
    }
  } finally {
    closeSync(opened);
  }
}
