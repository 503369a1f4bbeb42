// Random changes to a file tree, of every kind that a backup must notice; the same ones for the same seed.
import {
  chmodSync,
  closeSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { pathText } from "./path-text.ts";
import { below, pick, randomBytes, shuffled } from "./random.ts";
import { runToolOn } from "./tool.ts";
import { joinBytes, pathsBelow, type TreePath } from "./tree-paths.ts";

/** Path and name as text (see pathText). `newName` is what a kind calls what it makes; others make no use of it. */
export type Mutation = { kind: MutationKind; path: string; newName: string };

/**
 * Changes the tree: one change of every kind, or as many as told, in random order, each to something that suits it
 * (a kind that nothing suits is left out). Nothing else changes but the times of folders whose entries do.
 * @returns what was done, in order; the same for the same tree and seed
 */
export async function mutateTree(
  dir: string | Buffer,
  random: () => number,
  options: { changes?: number } = {},
): Promise<Mutation[]> {
  const everyKind = Object.keys(CHANGES) as MutationKind[];
  const wanted = options.changes ?? everyKind.length;
  const done: Mutation[] = [];
  for (let before = -1; done.length < wanted && before !== done.length; ) {
    before = done.length;
    for (const kind of shuffled(random, everyKind)) {
      if (done.length === wanted) break;
      const mutation = await mutateOnce(dir, kind, random);
      if (mutation) done.push(mutation);
    }
  }
  return done;
}

/** One change of this kind; null when nothing in the tree suits it. */
async function mutateOnce(
  dir: string | Buffer,
  kind: MutationKind,
  random: () => number,
): Promise<Mutation | null> {
  const change: Change = CHANGES[kind];
  const suitable = pathsBelow(dir).filter((one) => change.suits(one));
  const path = pick(random, suitable);
  if (!path) return null;
  const newName = joinName(pick(random, NEW_NAMES) ?? "", randomBytes(random, 4).toString("hex"));
  await change.apply(path, random, newName);
  return { kind, path: pathText(path.relative), newName: pathText(newName) };
}

export type MutationKind = keyof typeof CHANGES;

type Change = {
  /** What it may be done to. */
  suits: (path: TreePath) => boolean;
  apply: (path: TreePath, random: () => number, newName: Buffer) => unknown;
};

const NEW_NAMES = ["new ", "new\n", "-new ", Buffer.from([0x6e, 0xe9, 0x77, 0xff])];

const isEntry = (path: TreePath) => path.isFile || path.isSymlink || path.isDirectory;
const isLeaf = (path: TreePath) =>
  !path.isDirectory || !readdirSync(path.absolute, { withFileTypes: true }).some((one) => one.isDirectory());

const CHANGES = {
  "new file": {
    suits: (path) => path.isDirectory,
    apply: ({ absolute }, random, newName) =>
      writeFileSync(joinBytes(absolute, newName), randomBytes(random, below(random, 9000))),
  },
  "new folder": {
    suits: (path) => path.isDirectory,
    apply({ absolute }, _, newName) {
      mkdirSync(joinBytes(absolute, newName));
      writeFileSync(joinBytes(absolute, newName, "inside"), "new");
    },
  },
  "longer content": {
    suits: (path) => path.isFile,
    apply: ({ absolute }, random) => writeFileSync(absolute, randomBytes(random, 5), { flag: "a" }),
  },
  "same size, same second": {
    suits: (path) => path.isFile && lstatSync(path.absolute).size > 0,
    apply: editWithinTheSecond,
  },
  mode: {
    suits: (path) => path.isFile || path.isDirectory,
    apply({ absolute }, random) {
      const now = lstatSync(absolute).mode & 0o7777;
      chmodSync(absolute, now ^ (1 << below(random, 12)));
    },
  },
  owner: {
    suits: isEntry,
    apply({ absolute, isSymlink }, random) {
      const { uid, gid, mode } = lstatSync(absolute);
      lchownSync(absolute, uid + 1 + below(random, 5), gid + below(random, 5));
      // Linux takes setuid and setgid away from a file that changes hands.
      if (!isSymlink) chmodSync(absolute, mode & 0o7777);
    },
  },
  xattr: {
    suits: (path) => path.isFile || path.isDirectory,
    apply({ absolute }, random) {
      const value = `0x${randomBytes(random, 8).toString("hex")}`;
      return runToolOn([absolute], "setfattr", ["-n", "user.mutated", "-v", value, "--"]);
    },
  },
  acl: {
    suits: (path) => path.isFile || path.isDirectory,
    apply({ absolute }, random) {
      const entry = `u:${30_000 + below(random, 1000)}:r-x`;
      return runToolOn([absolute], "setfacl", ["-m", entry, "--"]);
    },
  },
  mtime: {
    suits: isEntry,
    apply: ({ absolute }, random) => setTime(absolute, below(random, 2 ** 31), below(random, 1e9)),
  },
  touch: {
    suits: isEntry,
    apply: ({ absolute }) => runToolOn([absolute], "touch", ["--no-dereference", "--"]),
  },
  delete: {
    suits: (path) => isEntry(path) && isLeaf(path),
    apply: ({ absolute }) => rmSync(absolute, { recursive: true }),
  },
  rename: {
    suits: isEntry,
    apply: ({ absolute }, _, newName) => renameSync(absolute, besides(absolute, newName)),
  },
  "file becomes folder": {
    suits: (path) => path.isFile,
    apply({ absolute }) {
      unlinkSync(absolute);
      mkdirSync(absolute);
      writeFileSync(joinBytes(absolute, "inside"), "was a file");
    },
  },
  "folder becomes symlink": {
    suits: (path) => path.isDirectory && isLeaf(path),
    apply({ absolute }) {
      rmSync(absolute, { recursive: true });
      symlinkSync("somewhere else", absolute);
    },
  },
  "symlink becomes file": {
    suits: (path) => path.isSymlink,
    apply({ absolute }) {
      unlinkSync(absolute);
      writeFileSync(absolute, "was a symlink");
    },
  },
  "symlink points elsewhere": {
    suits: (path) => path.isSymlink,
    apply({ absolute }, random) {
      unlinkSync(absolute);
      symlinkSync(`target ${below(random, 1000)}`, absolute);
    },
  },
  "hard link made": {
    suits: (path) => path.isFile,
    apply: ({ absolute }, _, newName) => linkSync(absolute, besides(absolute, newName)),
  },
  "hard link broken": {
    suits: (path) => path.isFile && lstatSync(path.absolute).nlink > 1,
    async apply({ absolute }, _, newName) {
      const copy = besides(absolute, newName);
      await runToolOn([absolute, copy], "cp", ["--archive", "--"]);
      renameSync(copy, absolute);
    },
  },
} satisfies Record<string, Change>;

/** What rsync overlooks when it compares whole seconds. */
async function editWithinTheSecond({ absolute }: TreePath, random: () => number): Promise<void> {
  const { size, mtimeNs } = lstatSync(absolute, { bigint: true });
  const offset = below(random, Number(size));
  const file = openSync(absolute, "r+");
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, offset);
  writeSync(file, Buffer.from([byte.readUInt8() ^ 0x55]), 0, 1, offset);
  closeSync(file);
  const billion = 1_000_000_000n;
  const nanoseconds = Number(((mtimeNs % billion) + billion) % billion);
  const seconds = Number((mtimeNs - BigInt(nanoseconds)) / billion);
  await setTime(absolute, seconds, (nanoseconds + 1 + below(random, 999_999_998)) % 1e9);
}

/** The moment is so many nanoseconds after the second, also before 1970. */
async function setTime(path: Buffer, seconds: number, nanoseconds: number): Promise<void> {
  const time = `1970-01-01 00:00:00.${String(nanoseconds).padStart(9, "0")} UTC ${seconds} seconds`;
  await runToolOn([path], "touch", ["--no-create", "--no-dereference", "-d", time, "--"]);
}

const besides = (path: Buffer, name: Buffer): Buffer =>
  joinBytes(path.subarray(0, path.lastIndexOf("/")), name);

const joinName = (...parts: (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));
