// A file tree with everything in it that a backup must reproduce. Root only: it holds devices and other people's files.
import {
  chmodSync,
  chownSync,
  closeSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { hostileNames } from "./hostile-names.ts";
import { randomBytes, seededRandom } from "./random.ts";
import { plantSpecialFiles } from "./special-files.ts";
import { runTool, runToolOn } from "./tool.ts";
import { joinBytes, pathsBelow } from "./tree-paths.ts";

/** Some of what plantTree makes, by its path below the root. */
export const planted = {
  text: "plain/report.txt",
  empty: "plain/empty",
  emptyFolder: "plain/empty-folder",
  random: "big/random",
  sparse: "big/sparse",
  manyFiles: "many",
  deepest: join("deep", ...Array.from({ length: 30 }, (_, level) => `level-${level + 1}`), "bottom.txt"),
  setuid: "modes/4755",
  closed: "modes/0000",
  foreign: "owners/file",
  acl: "attributes/acl",
  capability: "attributes/capability",
  xattrs: "attributes/xattrs",
  hardLinks: ["links/one", "plain/one-again"],
  danglingLink: "links/dangling",
} as const;

/**
 * Plants the tree below `dir`, which is made if need be. Content and names are the same every time; times of
 * change are those of planting unless they are part of the tree.
 * @param options.sparseMebibytes size of the sparse file, which takes a few KiB: default 1024. rsync without
 *   --sparse writes all of it
 */
export async function plantTree(dir: string, options: { sparseMebibytes?: number } = {}): Promise<void> {
  const at = (path: string) => join(dir, path);
  plantContent(at, options.sparseMebibytes ?? 1024);
  plantHostileNames(dir);
  plantLinks(at);
  await plantSpecialFiles(at("special"));
  plantModesAndOwners(at);
  await plantAttributes(at, dir);
  // Last: whatever came before changes the folders' times.
  await plantTimes(at, dir);
}

type At = (path: string) => string;

/** Makes a file with its folders. */
function plantFile(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function plantContent(at: At, sparseMebibytes: number): void {
  plantFile(at(planted.text), "Ada's quarterly figures\n".repeat(100));
  plantFile(at("plain/same content"), "Ada's quarterly figures\n".repeat(100));
  plantFile(at(planted.empty), "");
  plantFile(at("plain/no line end"), "x");
  mkdirSync(at(planted.emptyFolder));
  plantFile(at(planted.random), randomBytes(seededRandom(5), 5 * 1024 * 1024));
  plantFile(at(planted.deepest), "the bottom");
  for (let n = 0; n < 300; n++) {
    plantFile(at(`${planted.manyFiles}/file-${String(n).padStart(3, "0")}`), `${n}\n`.repeat(n));
  }
  plantFile(at("big/only a hole"), "");
  truncateSync(at("big/only a hole"), 1024 * 1024);
  const sparse = openSync(at(planted.sparse), "w");
  writeSync(sparse, "start");
  writeSync(sparse, "end", sparseMebibytes * 1024 * 1024 - 3);
  closeSync(sparse);
}

function plantHostileNames(dir: string): void {
  for (const folder of ["names", "folders"]) mkdirSync(join(dir, folder));
  for (const [index, name] of hostileNames.entries()) {
    writeFileSync(joinBytes(dir, "names", name), `name ${index}\n`);
    mkdirSync(joinBytes(dir, "folders", name));
    writeFileSync(joinBytes(dir, "folders", name, "inside"), `folder ${index}\n`);
  }
  plantFile(join(dir, "folders/blanks around / / the slash "), "as near to a separator as a path can be");
}

function plantLinks(at: At): void {
  plantFile(at("links/one"), "one file, two names in two folders\n");
  linkSync(at("links/one"), at("plain/one-again"));
  plantFile(at("links/three"), "one file, three names\n");
  linkSync(at("links/three"), at("links/three\nagain"));
  linkSync(at("links/three"), at("many/three again"));
  const targets: Record<string, string | Buffer> = {
    relative: `../${planted.text}`,
    absolute: "/etc/hostname",
    dangling: "nowhere/at/all",
    "to a folder": "../many",
    "to itself": "to itself",
    "loop a": "loop b",
    "loop b": "loop a",
    "to the parent": "..",
    long: "x/".repeat(500),
    "target with a separator": "a // b -> c //",
    "odd target": "new\nline \\ -> // $(x)",
    "target of other bytes": Buffer.from([0x63, 0xe9, 0xff]),
    "with own time": planted.text,
    "of another owner": "one",
  };
  for (const [name, target] of Object.entries(targets)) symlinkSync(target, at(`links/${name}`));
  linkSync(at("links/dangling"), at("links/dangling too"));
}

const FILE_MODES = [0o0000, 0o0400, 0o0644, 0o0777, 0o1644, 0o2755, 0o4755, 0o6711, 0o7777];
const FOLDER_MODES = [0o0000, 0o0500, 0o0700, 0o1777, 0o2775, 0o7777];

function plantModesAndOwners(at: At): void {
  for (const path of ["owners/file", "owners/folder/inside", "owners/huge ids"]) plantFile(at(path), path);
  symlinkSync("file", at("owners/link"));
  for (const path of [
    "owners/file",
    "owners/folder",
    "owners/link",
    "links/of another owner",
    "special/fifo",
  ])
    lchownSync(at(path), 123_456, 654_321);
  chownSync(at("owners/huge ids"), 3_000_000_000, 3_000_000_001);
  const name = (mode: number) => mode.toString(8).padStart(4, "0");
  for (const mode of FILE_MODES) {
    plantFile(at(`modes/${name(mode)}`), name(mode));
    chmodSync(at(`modes/${name(mode)}`), mode);
  }
  for (const mode of FOLDER_MODES) {
    plantFile(at(`modes/folders/${name(mode)}/inside`), name(mode));
    chmodSync(at(`modes/folders/${name(mode)}`), mode);
  }
}

async function plantAttributes(at: At, dir: string): Promise<void> {
  for (const name of ["acl", "xattrs", "capability", "default acl/older", "acl mask"])
    plantFile(at(`attributes/${name}`), name);
  const setAcl = (acl: string, ...paths: string[]) => runTool("setfacl", ["-m", acl, "--", ...paths.map(at)]);
  await setAcl("u:12345:rwx,g:54321:r-x,o::-", "attributes/acl", "modes/2755");
  await setAcl("u:12345:rwx,m::r--", "attributes/acl mask");
  await setAcl("u:23456:r-x,d:u:12345:rwx,d:g:54321:r-x", "attributes/default acl");
  plantFile(at("attributes/default acl/made under it"), "");
  mkdirSync(at("attributes/default acl/folder under it"));

  const setXattr = (name: string, value: string | Buffer, paths: Buffer[]) => {
    const hex = `0x${Buffer.from(value as string).toString("hex")}`;
    return runToolOn(paths, "setfattr", ["-h", "-n", name, "-v", hex, "--"]);
  };
  const file = [Buffer.from(at(planted.xattrs))];
  await setXattr("user.comment", "plain text, with ü", file);
  await setXattr("user.binary", Buffer.from([0, 255, 10, 34, 92, 0]), file);
  await setXattr("user.empty", "", file);
  await setXattr("user.large", randomBytes(seededRandom(6), 2000), file);
  await setXattr("user.odd = name\n", "odd", file);
  await setXattr("trusted.pobsync", "for root only", file);
  await setXattr("trusted.pobsync", "on others", [
    Buffer.from(at("attributes")),
    Buffer.from(at("links/relative")),
    Buffer.from(at("special/fifo")),
  ]);
  await setXattr(
    "user.name",
    "on every odd name",
    pathsBelow(join(dir, "names")).map(({ absolute }) => absolute),
  );
  // Version 2, effective, CAP_NET_RAW permitted (struct vfs_cap_data in linux/capability.h).
  const netRaw = Buffer.from("0100000200200000000000000000000000000000", "hex");
  await setXattr("security.capability", netRaw, [Buffer.from(at(planted.capability))]);
}

/** In seconds since 1970, as `touch -d @…` reads them. */
const TIMES = {
  "times/epoch": "0",
  "times/a nanosecond later": "0.000000001",
  "times/before 1970": "-1.5",
  "times/1950": "-631152000.000000001",
  "times/2100": "4102444800.123456789",
  "times/whole second": "1700000000",
  "times/last nanosecond": "1700000000.999999999",
  "links/with own time": "1234567890.987654321",
  "plain/empty-folder": "1111111111.111111111",
};

async function plantTimes(at: At, dir: string): Promise<void> {
  for (const path of Object.keys(TIMES)) if (path.startsWith("times/")) plantFile(at(path), basename(path));
  const touch = (time: string, paths: Buffer[]) =>
    runToolOn(paths, "touch", ["--no-create", "--no-dereference", "-d", `@${time}`, "--"]);
  const folders = pathsBelow(dir).filter((path) => path.isDirectory);
  await touch("1600000000.123456789", [Buffer.from(dir), ...folders.map(({ absolute }) => absolute)]);
  for (const [path, time] of Object.entries(TIMES)) await touch(time, [Buffer.from(at(path))]);
}
