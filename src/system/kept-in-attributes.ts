// Whether a tree that another tool made keeps in attributes who owns its files, as rsync --fake-super does.
import { accessSync, constants } from "node:fs";
import { basename, dirname } from "node:path";
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

/** Whether rsync, told to read those attributes, says anything else of the uppermost entries of the tree than what they are. */
export async function keepsInAttributes(tree: string): Promise<boolean> {
  const above = dirname(tree);
  const found = new Map<string, EntryFacts>();
  for (const path of await uppermost(above, Buffer.from(basename(tree)))) {
    const full = Buffer.concat([Buffer.from(`${above}/`), path]);
    const entry = lookAt(full, path, false);
    if (entry !== null && "fd".includes(entry.facts.type) && isReadable(full))
      found.set(path.toString("latin1"), entry.facts);
  }
  const paths = [...found.keys()].map((path) => Buffer.from(path, "latin1"));
  for (const [path, { type, mode, uid, gid }] of await decodeEntries(above, paths)) {
    const plain = found.get(path);
    if (plain?.type !== type || plain.mode !== mode || plain.uid !== uid || plain.gid !== gid) return true;
  }
  return false;
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

/** What may not be read has no attributes to us. */
function isReadable(path: Buffer): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
