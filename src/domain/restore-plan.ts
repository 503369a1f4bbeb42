// How a restore is cut into transfers: what is sent, to which folder of the target, and which folders on the way are made.
import { pathBytes } from "./path-text.ts";
import { badInput } from "./problem.ts";

/** What stands at a path of the target. `link` leads to a folder; `missing` is anything else that is no folder. */
export type Standing = "folder" | "link" | "missing";

/** One transfer. */
export interface Delivery {
  /** The folder of the target that rsync is given: absolute text that neither a shell nor rsync reads as anything else. */
  readonly base: string;
  /** The path of the snapshot that stands at `base`. */
  readonly anchor: string;
  /** What is sent, as --files-from reads it. */
  readonly names: readonly Uint8Array[];
  /** Folders on the way that are not there yet, outermost first: they are made as they are in the snapshot. */
  readonly parents: readonly Uint8Array[];
  /** Folders on the way that rsync counts among its files and does not send. */
  readonly implied: number;
}

/** An entry of the snapshot that is sent with everything below it. */
export interface Entry {
  /** Absolute, as text. */
  readonly path: string;
  /** In the snapshot it is a link of ours to the real tree, which is what is meant. */
  readonly isOurLink: boolean;
}

const encoder = new TextEncoder();
const bytesOf = (path: string): Uint8Array => pathBytes(path) ?? encoder.encode(path);
const join = (dir: string, below: string): string => (dir === "/" ? below : `${dir}${below}`);

/** The folders above a path, outermost first, without `/`. */
export function foldersAbove(path: string): string[] {
  const names = path.split("/").slice(1, -1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
}

/**
 * A name for --files-from: absolute, so that nothing in it is read as a comment, and cut at `anchor` by `/./`, so that only
 * what is below travels by name.
 */
function listed(anchor: string, path: string, isOurLink: boolean): Uint8Array {
  const cut = anchor === "/" ? path : `${anchor}/.${path.slice(anchor.length)}`;
  return bytesOf(isOurLink ? `${cut}/` : cut);
}

/** One path that lands under its own name in a folder. */
export function renamedDelivery(entry: Entry, dir: string): Delivery {
  const anchor = entry.path.slice(0, entry.path.lastIndexOf("/")) || "/";
  const names = [listed(anchor, entry.path, entry.isOurLink)];
  return { base: dir, anchor, names, parents: [], implied: 0 };
}

interface Group {
  readonly names: Uint8Array[];
  readonly parents: Map<string, Uint8Array>;
  readonly implied: Set<string>;
}

/**
 * Entries that keep their absolute paths below `top`, in as few transfers as possible, because hard links live only within one.
 *
 * rsync follows no link below the folder that it is given. So where a link stands on the way, that is the folder it is given.
 * `standing` says what is at each folder on the way, by its path in the snapshot; `isGenuine` whether such a folder is the
 * host's own, and not one that only holds what was adopted.
 */
export function rootedDeliveries(
  entries: readonly Entry[],
  top: string,
  standing: ReadonlyMap<string, Standing>,
  isGenuine: (path: string) => boolean,
): Delivery[] {
  const groups = new Map<string, Group>();
  // In order, because rsync counts a folder on the way once for names that stand beside each other.
  const ordered = entries.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  for (const { path, isOurLink } of ordered) {
    const above = foldersAbove(path);
    const anchor = above.findLast((folder) => standing.get(folder) === "link") ?? "/";
    const group: Group = groups.get(anchor) ?? { names: [], parents: new Map(), implied: new Set() };
    groups.set(anchor, group);
    group.names.push(listed(anchor, path, isOurLink));
    for (const folder of above.filter((one) => one.length > anchor.length)) {
      group.implied.add(folder);
      if (standing.get(folder) === "missing" && isGenuine(folder))
        group.parents.set(folder, listed(anchor, folder, false));
    }
  }
  return [...groups].map(([anchor, { names, parents, implied }]) => {
    if (/[\\*?[]/.test(anchor))
      throw badInput(
        "The path",
        anchor,
        "is a symbolic link on the target, and its name is too unusual to go through it: restore to another folder.",
      );
    const base = anchor === "/" ? top : join(top, anchor);
    return { base, anchor, names, parents: [...parents.values()], implied: implied.size };
  });
}

/** Sources without those that lie in another one. */
export const outermost = (paths: readonly string[]): string[] =>
  [...new Set(paths)].filter(
    (path) => !paths.some((other) => other !== path && (other === "/" || path.startsWith(`${other}/`))),
  );

/**
 * What a list of folders comes to when only those at which something is listed are known: one that is not, with something
 * below it that is there, is a link.
 */
export function standingsOf(
  found: readonly { readonly path: string; readonly type: string }[],
): Map<string, Standing> {
  const isThere = ({ type }: { type: string }): boolean => type !== "missing";
  const there = found.filter(isThere).map(({ path }) => path);
  return new Map(
    found.map(({ path, type }) => {
      if (type === "folder") return [path, "folder"];
      const leadsOn = type === "missing" && there.some((other) => other.startsWith(`${path}/`));
      return [path, type === "link" || leadsOn ? "link" : "missing"];
    }),
  );
}

/**
 * A pattern of a host's excludes for a transfer whose root is `anchor`; null when it cannot match anything there.
 *
 * It is used to keep things from being deleted, so in doubt it matches more.
 */
export function patternBelow(pattern: string, anchor: string): string | null {
  if (!pattern.startsWith("/") || anchor === "/") return pattern;
  const names = pattern.slice(1).split("/");
  for (const folder of anchor.slice(1).split("/")) {
    const name = names.shift();
    // It leaves out a folder that all of this lies in.
    if (name === undefined || name === "") return "*";
    if (name.includes("**")) return names.length === 0 ? "*" : names.join("/");
    if (name !== folder && !/[*?[]/.test(name)) return null;
  }
  return names.length === 0 || (names.length === 1 && names[0] === "") ? "*" : `/${names.join("/")}`;
}
