// Paths as bytes: joining them, and listing a tree whose names may be anything.
import { lstatSync, readdirSync } from "node:fs";

/** The parts with "/" between them. */
export function joinBytes(...parts: (Buffer | string)[]): Buffer {
  const bytes = parts.map((part) => Buffer.from(part as string));
  return Buffer.concat(bytes.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from("/"), part])));
}

export type TreePath = {
  /** Below the root, without a leading "/". */
  relative: Buffer;
  absolute: Buffer;
  isDirectory: boolean;
  isSymlink: boolean;
  isFile: boolean;
};

/** Everything below a directory (not itself), each folder before its contents, names in byte order. */
export function pathsBelow(root: Buffer | string, relative?: Buffer): TreePath[] {
  const folder = relative ? joinBytes(root, relative) : Buffer.from(root as string);
  const found: TreePath[] = [];
  for (const name of readdirSync(folder, { encoding: "buffer" }).sort(Buffer.compare)) {
    const path = relative ? joinBytes(relative, name) : name;
    const absolute = joinBytes(folder, name);
    const stat = lstatSync(absolute);
    found.push({
      relative: path,
      absolute,
      isDirectory: stat.isDirectory(),
      isSymlink: stat.isSymbolicLink(),
      isFile: stat.isFile(),
    });
    if (stat.isDirectory()) for (const below of pathsBelow(root, path)) found.push(below);
  }
  return found;
}
