// Whether a tree that another tool made keeps in attributes who owns its files, as rsync --fake-super does.
import { accessSync, constants } from "node:fs";
import { relative } from "node:path";
import type { EntryFacts } from "../domain/entry.ts";
import { decodeEntries } from "./decoded-tree.ts";
import { lookAt } from "./look-at-paths.ts";
import { eachEntry } from "./tree-parts.ts";

/**
 * Whoever keeps owners like that owns every file, so hardly one is what it seems, unless the host's files are all that user's own.
 * Then nothing is kept in attributes, and it makes no difference.
 */
const SAMPLE = 200;
const SLASH = Buffer.from("/");

/**
 * Which of some trees below a folder are such: rsync, told to read those attributes, says something else of one of their uppermost
 * entries than what it is. All are asked about together, because each start of rsync takes 40 ms.
 *
 * Refuses with `content_unreadable` what cannot be read.
 */
export async function treesThatKeep(folder: string, trees: readonly string[]): Promise<Set<string>> {
  const found = new Map<string, { tree: string; facts: EntryFacts }>();
  for (const tree of trees)
    for (const path of await uppermost(folder, Buffer.from(relative(folder, tree)))) {
      const full = Buffer.concat([Buffer.from(`${folder}/`), path]);
      const entry = isReadable(full) ? lookAt(full, path, false) : null;
      if (entry !== null && "fd".includes(entry.facts.type))
        found.set(path.toString("latin1"), { tree, facts: entry.facts });
    }
  const paths = [...found.keys()].map((path) => Buffer.from(path, "latin1"));
  const kept = new Set<string>();
  for (const [path, { type, mode, uid, gid }] of await decodeEntries(folder, paths)) {
    const { tree, facts: plain } = found.get(path) ?? {};
    if (tree === undefined) continue;
    if (plain?.type !== type || plain.mode !== mode || plain.uid !== uid || plain.gid !== gid) kept.add(tree);
  }
  return kept;
}

/** A folder and what lies below it, level by level. */
async function uppermost(above: string, folder: Buffer): Promise<Buffer[]> {
  const [paths, folders] = [[folder], [folder]];
  for (let next = folders.shift(); next !== undefined && paths.length < SAMPLE; next = folders.shift()) {
    const prefix = Buffer.concat([next, SLASH]);
    await eachEntry(Buffer.concat([Buffer.from(`${above}/`), next]), (name, isDirectory) => {
      const path = Buffer.concat([prefix, name]);
      if (isDirectory) folders.push(path);
      if (paths.length < SAMPLE) paths.push(path);
    });
  }
  return paths;
}

/** What may not be read, or lies in a folder that may not be entered, has no attributes to us. */
function isReadable(path: Buffer): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
