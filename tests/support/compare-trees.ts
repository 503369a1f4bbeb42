// Says in sentences where two trees differ.
import type { EntryFacts, TreeFacts } from "./tree-facts.ts";

export type Leniency = {
  /** Whatever the root itself is like. */
  ignoreRoot?: boolean;
  /** When folders were last changed. */
  ignoreDirectoryTimes?: boolean;
  /** Whether holes in files stayed holes (rsync keeps them only with --sparse). */
  ignoreHoles?: boolean;
  /** Which paths share a file. */
  ignoreHardLinks?: boolean;
  /**
   * Paths may share a file that are separate ones, alike in everything, in the expected tree: rsync --link-dest
   * doesn't take apart what were hard links in the last snapshot as long as nothing else about them changes.
   */
  allowJoinedTwins?: boolean;
  /** The two ways in which rsync is known to lose attributes may have happened; see isLostByRsync. */
  allowLostAttributes?: boolean;
  /** Leaves out the paths (as text) for which it says true; what lies below them must be named too. */
  ignorePath?: (path: string) => boolean;
};

/** One line for each difference, in order of paths; none when the trees are the same. */
export function compareTrees(expected: TreeFacts, found: TreeFacts, leniency: Leniency = {}): string[] {
  const isIgnored = leniency.ignorePath ?? (() => false);
  const paths = [...new Set([...expected.entries.keys(), ...found.entries.keys()])].sort();
  const differences = paths
    .filter((path) => !isIgnored(path) && !(leniency.ignoreRoot && path === "."))
    .flatMap((path) => compareEntries(path, expected.entries.get(path), found.entries.get(path), leniency));
  if (leniency.ignoreHardLinks) return differences;
  const groups = (tree: TreeFacts) =>
    tree.hardLinks
      .map((group) => group.filter((path) => !isIgnored(path)))
      .filter((group) => group.length > 1);
  return [...differences, ...compareHardLinks(groups(expected), groups(found), leniency)];
}

function compareEntries(
  path: string,
  expected: EntryFacts | undefined,
  found: EntryFacts | undefined,
  leniency: Leniency,
): string[] {
  if (!expected) return [`${path}: should not be there`];
  if (!found) return [`${path}: is missing`];
  if (expected.type !== found.type) return [`${path}: is a ${found.type}, expected a ${expected.type}`];
  const names = Object.keys(expected) as (keyof EntryFacts)[];
  return names.flatMap((name) => {
    if (name === "mtimeNs" && leniency.ignoreDirectoryTimes && expected.type === "directory") return [];
    if (name === "isSparse" && leniency.ignoreHoles) return [];
    if (name === "xattrs") {
      const mayBeLost = (attribute: string): boolean =>
        leniency.allowLostAttributes === true && isLostByRsync(attribute, expected, found);
      return compareXattrs(path, expected.xattrs, found.xattrs, mayBeLost);
    }
    if (expected[name] === found[name]) return [];
    return [`${path}: ${name} is ${shown(name, found)}, expected ${shown(name, expected)}`];
  });
}

/**
 * rsync 3.5 gives a folder with the sticky bit its ACL before the bit, with fewer rights, and its chmod afterwards does
 * not give the owning group's back. And a link or special file of which only owner or time changed since the link base
 * is made anew without its extended attributes.
 */
function isLostByRsync(attribute: string, expected: EntryFacts, found: EntryFacts): boolean {
  if (expected.type === "directory")
    return attribute === "system.posix_acl_access" && (expected.mode & 0o1000) !== 0;
  return (
    expected.type !== "file" && !attribute.startsWith("system.") && found.xattrs[attribute] === undefined
  );
}

function compareXattrs(
  path: string,
  expected: Record<string, string>,
  found: Record<string, string>,
  mayDiffer: (attribute: string) => boolean,
): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  return names
    .filter((name) => expected[name] !== found[name] && !mayDiffer(name))
    .map((name) => `${path}: ${name} is ${found[name] ?? "absent"}, expected ${expected[name] ?? "absent"}`);
}

function compareHardLinks(expected: string[][], found: string[][], leniency: Leniency): string[] {
  const isWithin = (group: string[], others: string[][]) =>
    others.some((other) => group.every((path) => other.includes(path)));
  const isAmong = (group: string[], others: string[][]) =>
    others.some((other) => other.length === group.length && isWithin(group, [other]));
  const lost = expected.filter((group) => !(leniency.allowJoinedTwins ? isWithin : isAmong)(group, found));
  const gained = leniency.allowJoinedTwins ? [] : found.filter((group) => !isAmong(group, expected));
  return [
    ...lost.map((group) => `hard links: expected ${group.join(" = ")}`),
    ...gained.map((group) => `hard links: did not expect ${group.join(" = ")}`),
  ].sort();
}

function shown(name: keyof EntryFacts, facts: EntryFacts): string {
  if (name === "mode") return facts.mode.toString(8).padStart(4, "0");
  if (name !== "mtimeNs") return String(facts[name]);
  const seconds = Number(facts.mtimeNs / 1_000_000_000n);
  return `${facts.mtimeNs} ns (${new Date(seconds * 1000).toISOString()})`;
}
