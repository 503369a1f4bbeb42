// Trees to remove, and a process of its own that removes one.
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folders with files, which all are names of a few inodes: quickly made. */
export function plantMany(top: string, folders: number, filesEach: number): void {
  for (let at = 0; at < folders; at++) {
    const inside = join(top, `${at % 10}`, `folder-${at}`);
    mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, "file"), "content");
    for (let more = 1; more < filesEach; more++) linkSync(join(inside, "file"), join(inside, `file-${more}`));
  }
}

const runNode = fileURLToPath(new URL("../../bin/run-node", import.meta.url));
const module = fileURLToPath(new URL("../../src/system/remove-tree.ts", import.meta.url));
const script = `const { removeTree } = await import(process.argv[1]); await removeTree(process.argv[2])`;
/** Program and arguments of a process that calls `removeTree`. */
export const removing = (path: string): string[] => [
  runNode,
  "--input-type=module",
  "-e",
  script,
  module,
  path,
];
