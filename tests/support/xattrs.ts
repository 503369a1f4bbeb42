// Extended attributes of many files at once, read with getfattr: ACLs, capabilities and binary values included.
import { runToolOn } from "./tool.ts";

/**
 * All attributes of each path (name → `0x…`, in order of names), in the order of the paths. Symlinks are not
 * followed. What of `trusted.*` exists shows to root only. The names under which XFS shows ACLs once more are left out.
 * @param paths absolute, without "//"
 * @throws Error with getfattr's words when a path is gone
 */
export async function readXattrs(paths: readonly Buffer[]): Promise<Record<string, string>[]> {
  const args = ["--absolute-names", "--no-dereference", "--dump", "--match=-", "--encoding=hex", "--"];
  // Names may be any bytes, and Latin-1 keeps each byte as one character.
  const output = (await runToolOn(paths, "getfattr", args)).toString("latin1");
  const byPath = new Map<string, Record<string, string>>();
  for (const block of output.split("\n\n")) {
    const [header = "", ...lines] = block.split("\n");
    const path = header.replace(/^# file: /, "");
    if (path === "") continue;
    byPath.set(
      unquote(path),
      Object.fromEntries(
        lines
          .filter(isOwn)
          .map(nameAndValue)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    );
  }
  return paths.map((path) => byPath.get(path.toString("latin1")) ?? {});
}

const isOwn = (line: string): boolean => !line.startsWith("trusted.SGI_ACL_");

function nameAndValue(line: string): [string, string] {
  const at = line.indexOf("=");
  return at === -1 ? [unquote(line), "0x"] : [unquote(line.slice(0, at)), line.slice(at + 1)];
}

/** getfattr writes a backslash, a line end and, in names of attributes, "=" as `\` and three octal digits. */
const unquote = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
