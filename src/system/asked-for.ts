// Whether a host sent what it was asked for by its names, and nothing else.
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { pathText } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import { outputOf } from "./name-lists.ts";

const SLASH = 0x2f;
/** Enough for a person to see what it is about. */
const SHOWN_BYTES = 2000;

/**
 * Holds a tree that was received against the names that were asked for, and the folders on the way to them. rsync has a look of
 * its own, which compares each name with each: a second for 2,000 of them, and hours for 200,000. Besides, this one looks at what
 * is there, whatever the rsync that wrote it has become.
 *
 * @param asked files of absolute paths, each in the order of a tree's folders and with a NUL behind it; lists beside the first get endings
 * @throws Problem `unsafe_remote` when there is something else
 */
export async function requireAskedFor(
  tree: string,
  asked: readonly [string, ...string[]],
  stop: AbortSignal,
): Promise<void> {
  const [found, allowed] = [`${asked[0]}.found`, `${asked[0]}.allowed`];
  try {
    await holdAgainst(tree, asked, { found, allowed }, stop);
  } finally {
    for (const list of [found, allowed])
      for (const ending of ["", ".raw"]) await rm(`${list}${ending}`, { force: true });
  }
}

/**
 * Lists the tree, sorts both lists and prints what only the tree has, and fails with the first of these that fails. As one program:
 * to start four takes a process that has grown longer than what they do with a few names. The text is constant.
 */
const HOLD_AGAINST = [
  "set -e",
  `find -P . -xdev -mindepth 1 -printf '%P\\0' >"$1.raw"`,
  'sort -z -u -T "$3" -o "$1" -- "$1.raw"',
  'sort -z -u -T "$3" -o "$2" -- "$2.raw"',
  'exec comm -z -2 -3 -- "$1" "$2"',
].join("\n");

interface Lists {
  readonly found: string;
  readonly allowed: string;
}

async function holdAgainst(
  tree: string,
  asked: readonly string[],
  { found, allowed }: Lists,
  stop: AbortSignal,
): Promise<void> {
  await pipeline(() => piecesOf(asked), withTheirFolders, createWriteStream(`${allowed}.raw`), {
    signal: stop,
  });
  const argv = ["sh", "-c", HOLD_AGAINST, "pobsync-asked-for", found, allowed, dirname(found)];
  const surplus = await outputOf(argv, { stop, cwd: tree }, SHOWN_BYTES);
  if (surplus.length === 0) return;
  const names = surplus.toString("latin1").split("\0").slice(0, -1);
  const shown = names.slice(0, 5).map((name) => pathText(Buffer.from(`/${name}`, "latin1")));
  throw new Problem("unsafe_remote", "The host sent files that were not asked for.", {
    detail: shown.join("\n"),
  });
}

async function* piecesOf(files: readonly string[]): AsyncGenerator<Buffer> {
  for (const file of files) yield* createReadStream(file) as AsyncIterable<Buffer>;
}

/** Absolute paths become relative ones, and before those in a folder comes the folder. */
async function* withTheirFolders(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let folder: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = Buffer.concat([rest, piece]);
    const out: Buffer[] = [];
    let from = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
      const path = bytes.subarray(from + 1, end + 1);
      const parent = path.subarray(0, Math.max(0, path.lastIndexOf(SLASH)));
      if (!parent.equals(folder)) {
        folder = Buffer.from(parent);
        for (let at = parent.indexOf(SLASH); at >= 0; at = parent.indexOf(SLASH, at + 1))
          out.push(parent.subarray(0, at), END);
        out.push(parent, END);
      }
      out.push(path);
      from = end + 1;
    }
    rest = Buffer.from(bytes.subarray(from));
    yield Buffer.concat(out);
  }
}

const END = Buffer.from([0]);
