// Restores to this server: exact to the last attribute, and the snapshots that they read stay as they were.
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pathText } from "../../src/domain/path-text.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { hostileNames } from "../support/hostile-names.ts";
import { planted } from "../support/hostile-tree.ts";
import { makeRestoreSite, type RestoreSite, restore } from "../support/restoring.ts";
import { runTool } from "../support/tool.ts";
import { type TreeFacts, treeFacts } from "../support/tree-facts.ts";
import { joinBytes } from "../support/tree-paths.ts";

let made: RestoreSite;
let before: TreeFacts;
beforeAll(async () => {
  made = await makeRestoreSite();
  before = await made.snapshots();
});
afterAll(() => made.site.world.dispose());
afterEach(async () => {
  expect(compareTrees(before, await made.snapshots())).toEqual([]);
});

const run = (exit: number, ...args: string[]) => restore(made.site, exit, ...args);

describe("to a new folder", () => {
  it("a folder lands under its own name, exact in content and every attribute, and the check agrees", async () => {
    const { source, expected, at } = made;
    const dir = at("new", "folder");
    const looked = await run(0, `nas:${source}`, "--to", dir, "--dry-run");
    expect(() => statSync(dir)).toThrow();
    const done = await run(0, `nas:${source}`, "--to", dir, "--check");
    expect(compareTrees(expected, await treeFacts(join(dir, "tree")))).toEqual([]);
    expect(done).toMatchObject({
      run: { kind: "restore", status: "succeeded", problem: null, sandbox: "bubblewrap" },
      target: { kind: "folder", host: null, path: join(dir, "tree") },
      preview: { created: expected.entries.size, overwritten: 0, deleted: 0, unchanged: 0 },
      checked: { differences: 0, items: [] },
    });
    expect(looked).toEqual({ ...done, run: null, checked: null });
    expect(done.run?.result).toMatchObject({ preview: done.preview, snapshot: done.snapshot.name });
  });

  it("a whole host keeps its absolute paths, with the folders on the way as the host had them", async () => {
    const { source, expected, at } = made;
    chmodSync(dirname(source), 0o2751);
    const { snapshot } = await made.site.backUp("nas");
    before = await made.snapshots();
    const dir = at("whole");
    const first = await run(0, "nas", "--to", dir, "--check");
    const all = expected.entries.size + dirname(source).split("/").length - 1;
    expect(first.preview).toMatchObject({ created: all, unchanged: 0 });
    expect(compareTrees(expected, await treeFacts(join(dir, source)))).toEqual([]);
    expect(statSync(join(dir, dirname(source))).mode & 0o7777).toBe(0o2751);
    const kept = statSync(join(snapshot.dataPath, dirname(source)), { bigint: true });
    expect(statSync(join(dir, dirname(source)), { bigint: true }).mtimeNs).toBe(kept.mtimeNs);
    expect(statSync(dir).mode & 0o777).toBe(0o777 & ~process.umask());
    expect(await run(0, "nas", "--to", dir)).toMatchObject({
      preview: { created: 0, overwritten: 0, unchanged: expected.entries.size },
    });
  });

  it("each file with an odd name comes back by that name alone", async () => {
    for (const [index, name] of hostileNames.entries()) {
      // Each takes a start of the program.
      if (index % 6 !== 0) continue;
      const dir = made.at("one", String(index));
      const path = `${made.source}/names/${pathText(name)}`;
      const { preview } = await run(0, `nas:${path}`, "--to", dir);
      expect(preview).toMatchObject({ created: 1, items: { created: [`${dir}/${pathText(name)}`] } });
      expect(readFileSync(joinBytes(dir, name), "utf8")).toBe(`name ${index}\n`);
    }
  });
});

describe("where something is already", () => {
  it("what exists is overwritten or deleted only after --yes, and only below the restored path", async () => {
    const { source, expected, at } = made;
    const dir = at("existing");
    await run(0, `nas:${source}`, "--to", dir);
    writeFileSync(join(dir, "beside"), "stays");
    const tree = join(dir, "tree");
    writeFileSync(join(tree, planted.text), "changed");
    rmSync(join(tree, planted.empty));
    mkdirSync(join(tree, planted.empty));
    writeFileSync(join(tree, "extra\nfile"), "extra");
    const changed = await treeFacts(dir);
    const refused = await run(2, `nas:${source}`, "--to", dir, "--delete");
    expect(refused).toMatchObject({ run: null, problem: { code: "confirmation_needed" } });
    const { items, deleted, created } = refused.preview;
    expect({ created, deleted, items: items.deleted }).toEqual({
      created: 0,
      deleted: 1,
      items: [`${tree}/extra\\nfile`],
    });
    // A folder took the place of a file, and the folder around it has another time.
    expect(items.overwritten).toContain(join(tree, planted.empty));
    expect(items.overwritten).toContain(join(tree, planted.text));
    expect(compareTrees(changed, await treeFacts(dir))).toEqual([]);
    // What a link there leads to belongs to the folder, so rsync has to see it.
    const done = await run(0, `nas:${source}`, "--to", dir, "--yes");
    expect(done.run).toMatchObject({ sandbox: "none" });
    expect(readFileSync(join(tree, "extra\nfile"), "utf8")).toBe("extra");
    await run(0, `nas:${source}`, "--to", dir, "--delete", "--yes", "--check");
    expect(compareTrees(expected, await treeFacts(tree))).toEqual([]);
    expect(readFileSync(join(dir, "beside"), "utf8")).toBe("stays");
  });

  it("a folder with something in it where the snapshot has a file is named, and nothing is begun", async () => {
    const dir = made.at("blocked");
    mkdirSync(join(dir, "report.txt"), { recursive: true });
    writeFileSync(join(dir, "report.txt", "mine"), "mine");
    const result = await made.site.pobsync.run(
      ...["--json", "restore", `nas:${made.source}/${planted.text}`, "--to", dir, "--yes"],
    );
    expect(result.code).toBe(2);
    expect(result.json().problem).toMatchObject({ code: "restore_blocked" });
    const forced = await run(0, `nas:${made.source}/${planted.text}`, "--to", dir, "--yes", "--delete");
    expect(forced.preview).toMatchObject({ overwritten: 1, deleted: 1, created: 0 });
    expect(statSync(join(dir, "report.txt")).isFile()).toBe(true);
  });

  it("a byte that changed under the same size and time is found by --check, and brought back", async () => {
    const path = `${made.source}/${planted.text}`;
    const dir = made.at("rotten");
    await run(0, `nas:${path}`, "--to", dir);
    const file = join(dir, "report.txt");
    await runTool("cp", ["-a", file, made.at("reference")]);
    writeFileSync(file, readFileSync(file, "utf8").replace("A", "B"));
    await runTool("touch", ["-r", made.at("reference"), file]);
    expect((await run(0, `nas:${path}`, "--to", dir, "--dry-run")).preview.overwritten).toBe(0);
    expect(await run(1, `nas:${path}`, "--to", dir, "--dry-run", "--check")).toMatchObject({
      ...{ run: null, preview: { overwritten: 1 }, checked: { differences: 1, items: [file] } },
      problem: { code: "restore_differs", hint: expect.stringContaining("Nothing was changed") },
    });
    expect(await run(0, `nas:${path}`, "--to", dir, "--check", "--yes")).toMatchObject({
      checked: { differences: 0 },
    });
    expect(readFileSync(file, "utf8").startsWith("Ada")).toBe(true);
  });
});

describe("in place", () => {
  it("a lost tree comes back, with the folders above it that were lost too, and those that are there stay", async () => {
    const { source, expected } = made;
    const above = dirname(source);
    const had = statSync(join(made.site.world.hostDir), { bigint: true });
    renameSync(above, made.at("lost"));
    expect(await run(2, `nas:${source}`, "--in-place")).toMatchObject({
      problem: { code: "confirmation_needed" },
      preview: { overwritten: 0, deleted: 0, created: expected.entries.size + 1 },
    });
    await run(0, `nas:${source}`, "--in-place", "--yes", "--check");
    expect(compareTrees(expected, await treeFacts(source))).toEqual([]);
    expect(statSync(above).mode & 0o7777).toBe(0o2751);
    expect(statSync(made.site.world.hostDir).mode).toBe(Number(had.mode));
  });

  it("what stands above it stays as it is, a link to another disk too", async () => {
    const { source, expected } = made;
    const above = dirname(source);
    renameSync(above, made.at("elsewhere"));
    symlinkSync(made.at("elsewhere"), above);
    chmodSync(made.at("elsewhere"), 0o700);
    rmSync(join(source, "plain"), { recursive: true });
    await run(0, "nas", "--in-place", "--yes", "--delete", "--check");
    expect(compareTrees(expected, await treeFacts(made.at("elsewhere", "tree")))).toEqual([]);
    expect(statSync(made.at("elsewhere")).mode & 0o777).toBe(0o700);
  });
});
