// What is joined outside of the sandbox from an older snapshot and from what a host sent: nothing leads out of the trees, whatever
// the host's list says, and everything gets its place.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requireAskedFor } from "../../src/system/asked-for.ts";
import { nameList, readComparison } from "../../src/system/comparison.ts";
import { copiedTree } from "../../src/system/copied-tree.ts";
import { mergeTree } from "../../src/system/merge-tree.ts";
import { type SharedTree, shareTree } from "../../src/system/shared-tree.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "pobsync-steps-"));
  for (const folder of ["base", "data", "received", "outside"]) mkdirSync(join(dir, folder));
  writeFileSync(at("outside/secret"), "secret");
});
afterEach(() => rmSync(dir, { recursive: true }));
const at = (path: string): string => join(dir, path);

const line = (code: string, name: string, more = ""): string =>
  `${code.padEnd(11)} // 1 //  // ${name} // ${more}\n`;

/** Reads a comparison; returns what is to be fetched, and the lines about new names. */
const compare = (...lines: string[]) => compareInto(shareTree(at("base"), at("data")), ...lines);

async function compareInto(
  tree: SharedTree,
  ...lines: string[]
): Promise<{ wanted: string[]; told: string }> {
  const [wanted, kept] = [nameList(at("wanted")), nameList(at("kept"))];
  let told = "";
  const reading = readComparison({
    tree,
    wanted,
    kept,
    onNewName: (text) => {
      told += text.toString("latin1");
    },
  });
  await reading.take(Buffer.from(lines.join(""), "latin1"));
  reading.end();
  for (const list of [wanted, kept]) list.close();
  const names = readFileSync(at("wanted"), "latin1")
    .split("\0")
    .filter((name) => name !== "");
  return { wanted: names, told };
}

describe("a comparison", () => {
  it("shares what is as it was, and wants what is not", async () => {
    mkdirSync(at("base/d"));
    for (const name of ["a", "d/b", "c"]) writeFileSync(at(`base/${name}`), name);
    const { wanted } = await compare(
      line(".f", "a"),
      line(">f.st......", "c"),
      line(".d", "d/"),
      line(".f", "d/b"),
      line("cd+++++++++", "new/"),
      line(">f+++++++++", "new/file"),
    );
    expect(wanted).toEqual(["/c", "/new", "/new/file"]);
    for (const name of ["a", "d/b"])
      expect(statSync(at(`data/${name}`)).ino).toBe(statSync(at(`base/${name}`)).ino);
    expect(readdirSync(at("data")).sort()).toEqual(["a", "d", "new"]);
  });

  it("gives a file that is there its new name without having it sent, also when its first name comes later", async () => {
    writeFileSync(at("base/same"), "same");
    const { wanted, told } = await compare(
      line("hf+++++++++", "before", " => same"),
      line(".f", "same"),
      line("hf+++++++++", "later", " => same"),
      line("hf+++++++++", "other", " => changed"),
      line(">f.st......", "changed"),
    );
    expect(wanted).toEqual(["/changed", "/other"]);
    for (const name of ["before", "later"])
      expect(statSync(at(`data/${name}`)).ino).toBe(statSync(at("base/same")).ino);
    expect(told.match(/ => same/g)).toHaveLength(2);
  });

  it("shares nothing behind a link of the older tree", async () => {
    symlinkSync(at("outside"), at("base/d"));
    const { wanted } = await compare(line(".d", "d/"), line(".f", "d/secret"));
    expect(wanted).toEqual(["/d/secret"]);
    expect(readdirSync(at("data/d"))).toEqual([]);
    expect(statSync(at("outside/secret")).nlink).toBe(1);
  });

  it("makes nothing behind a link of the new tree", async () => {
    symlinkSync(at("outside"), at("base/d"));
    writeFileSync(at("base/a"), "a");
    const { wanted } = await compare(
      line(".L", "d", " -> outside"),
      line(".f", "a"),
      line("hf+++++++++", "d/planted", " => a"),
      line("cd+++++++++", "d/folder/"),
    );
    expect(lstatSync(at("data/d")).isSymbolicLink()).toBe(true);
    expect(wanted).toEqual(["/d/folder", "/d/planted"]);
    expect(readdirSync(at("outside"))).toEqual(["secret"]);
  });

  it.each(["../outside/secret", "a/../../outside", "/etc/passwd", "a//b", "."])(
    "does not believe in a file %j",
    async (name) => {
      const copied = copiedTree(at("data"), "received", at("seen"));
      for (const tree of [shareTree(at("base"), at("data")), copied]) {
        const found = compareInto(tree, name === "." ? line(".d", "./.") : line(".f", name));
        await expect(found).rejects.toMatchObject({ code: "unsafe_remote" });
      }
      copied.close();
    },
  );

  it("takes no name that is none for one in a folder that it knows", () => {
    mkdirSync(at("base/a"));
    for (const name of ["x", "...", "..y", "z."]) writeFileSync(at(`base/a/${name}`), name);
    const tree = shareTree(at("base"), at("data"));
    const shared = (name: string) => tree.share(`a/${name}`, "f") || tree.also(`a/${name}`, "a/x");
    expect(tree.folder("a") && ["x", "...", "..y", "z."].every(shared)).toBe(true);
    expect(["", ".", "..", "/x", "../a/x", "./x"].some(shared)).toBe(false);
    expect(readdirSync(at("data/a")).sort()).toEqual(["...", "..y", "x", "z."]);
  });

  it("wants a file that can have no further name", async () => {
    writeFileSync(at("base/a"), "a");
    writeFileSync(at("data/a"), "in its way");
    expect((await compare(line(".f", "a"), line(".f", "gone"))).wanted).toEqual(["/a", "/gone"]);
  });
});

describe("what came", () => {
  const merge = () =>
    mergeTree(at("received"), at("data"), at("aside"), new AbortController().signal).then((folders) =>
      folders.map(String),
    );

  it("takes its place, whatever is there", async () => {
    mkdirSync(at("data/was folder/deep"), { recursive: true });
    mkdirSync(at("data/both"));
    for (const name of ["was file", "file", "both/kept"]) writeFileSync(at(`data/${name}`), "old");
    for (const name of ["was file", "both", "new/deep"])
      mkdirSync(at(`received/${name}`), { recursive: true });
    for (const name of ["was folder", "file", "both/came", "new/deep/file"])
      writeFileSync(at(`received/${name}`), "new");
    expect((await merge()).sort()).toEqual(["both", "new", "new/deep", "was file"]);
    for (const name of ["was folder", "file", "both/came", "new/deep/file"])
      expect(readFileSync(at(`data/${name}`), "utf8"), name).toBe("new");
    expect(readFileSync(at("data/both/kept"), "utf8")).toBe("old");
    expect(readdirSync(at("data/was file"))).toEqual([]);
  });

  it("never changes a file that an older snapshot shares, only its name here", async () => {
    writeFileSync(at("base/file"), "published");
    await compare(line(".f", "file"));
    writeFileSync(at("received/file"), "came");
    await merge();
    expect(readFileSync(at("base/file"), "utf8")).toBe("published");
    expect(statSync(at("base/file")).nlink).toBe(1);
  });

  it("does not go through links, of either tree", async () => {
    for (const tree of ["data", "received"]) symlinkSync(at("outside"), at(`${tree}/link`));
    symlinkSync(at("outside"), at("data/folder"));
    mkdirSync(at("received/folder"));
    writeFileSync(at("received/folder/secret"), "planted");
    await merge();
    expect(readFileSync(at("outside/secret"), "utf8")).toBe("secret");
    expect(readFileSync(at("data/folder/secret"), "utf8")).toBe("planted");
    expect(lstatSync(at("data/link")).isSymbolicLink()).toBe(true);
  });

  it("is nothing when the tree itself is a link", async () => {
    rmSync(at("received"), { recursive: true });
    symlinkSync(at("outside"), at("received"));
    expect(await merge()).toEqual([]);
    expect(readdirSync(at("data"))).toEqual([]);
  });

  it("comes into folders that are closed to their owner, too", async () => {
    mkdirSync(at("data/closed"));
    mkdirSync(at("received/closed"));
    writeFileSync(at("received/closed/file"), "new");
    chmodSync(at("data/closed"), 0o555);
    expect(await merge()).toEqual(["closed"]);
    expect(readFileSync(at("data/closed/file"), "utf8")).toBe("new");
  });
});

describe("what was received", () => {
  const { signal } = new AbortController();
  const plant = (names: readonly Buffer[], folders: readonly string[]): void => {
    for (const folder of folders) mkdirSync(at(`received/${folder}`), { recursive: true });
    for (const name of names) writeFileSync(Buffer.concat([Buffer.from(at("received/")), name]), "");
  };
  const asked = (names: readonly (Buffer | string)[]): string => {
    const list = nameList(at("asked"));
    for (const name of names) list.add(Buffer.from(name));
    list.close();
    return at("asked");
  };
  const odd = Buffer.from("a/new\nline \xff -'", "latin1");

  it("is what was asked for, with the folders on the way to it; not everything need have come", async () => {
    plant([odd, Buffer.from("a/b/c/d"), Buffer.from("x")], ["a/b/c"]);
    const list = asked([odd, "a/b/gone", "a/b/c/d", "a/z", "x", "y/gone"]);
    await requireAskedFor(at("received"), [list], signal);
  });

  it.each(["a/b/other", "a/b/d/", "z"])("is refused with %j in it", async (surplus) => {
    plant([Buffer.from("a/b/c")], ["a/b", ...(surplus.endsWith("/") ? [surplus] : [])]);
    if (!surplus.endsWith("/")) plant([Buffer.from(surplus)], []);
    const list = asked(["a/b/c"]);
    await expect(requireAskedFor(at("received"), [list], signal)).rejects.toMatchObject({
      code: "unsafe_remote",
      detail: `/${surplus.replace(/\/$/, "")}`,
    });
  });

  it("is refused by the first of many names, in whatever pieces the list of the others is read", async () => {
    const many = Array.from(
      { length: 3000 },
      (_, number) => `folder ${number >> 5}/${number}-${"n".repeat(60)}`,
    );
    plant(
      many.map((name) => Buffer.from(name)),
      Array.from({ length: 3000 / 32 + 1 }, (_, number) => `folder ${number}`),
    );
    await requireAskedFor(at("received"), [asked(many)], signal);
    await expect(requireAskedFor(at("received"), [asked(many.slice(0, 2999))], signal)).rejects.toMatchObject(
      {
        detail: `/${many[2999]}`,
      },
    );
  });
});
