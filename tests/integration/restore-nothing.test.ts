// What a restore says where little or nothing would change: that there is nothing to do, and what only gets other attributes.
import { chmodSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { restore } from "../support/restoring.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";

let site: BackupSite;
let source = "";
beforeAll(async () => {
  site = await makeSite();
  source = join(site.world.hostDir, "tree");
  mkdirSync(join(source, "folder"), { recursive: true });
  writeFileSync(join(source, "folder", "inside"), "inside");
  writeFileSync(join(source, "report"), "report");
  await site.configureHost("nas", null, "--source", source);
  await site.backUp("nas");
});
afterAll(() => site.world.dispose());

const at = (...parts: string[]): string => join(site.world.dir, ...parts);
const run = (exit: number, ...args: string[]) => restore(site, exit, `nas:${source}`, ...args);

/** No run is made, and nobody has to agree to anything. */
async function nothing(...args: string[]): Promise<void> {
  const runs = (await site.runs()).length;
  expect(await run(0, ...args)).toMatchObject({
    ...{ run: null, problem: null, preview: { created: 0, overwritten: 0, deleted: 0, unchanged: 4 } },
    checked: args.includes("--check") ? { differences: 0, items: [] } : null,
  });
  expect(await site.runs()).toHaveLength(runs);
}

describe("where everything is already as in the snapshot", () => {
  it.each([
    [["--to", "DIR"]],
    [["--to", "DIR", "--yes", "--delete"]],
    [["--in-place"]],
    [["--in-place", "--delete", "--check"]],
    [["--in-place", "--queue"]],
    [["--in-place", "--dry-run", "--check"]],
    [["--to-host", "nas"]],
  ])("there is nothing to do: %j", async (args) => {
    const dir = at("same");
    await site.ok("restore", `nas:${source}`, "--to", dir);
    await nothing(...args.map((arg) => (arg === "DIR" ? dir : arg)));
  });

  it("that is said, and what it goes by", async () => {
    const said = async (...args: string[]) =>
      (await site.ok("restore", `nas:${source}`, "--in-place", ...args)).stdout;
    const words = "Nothing to do: everything is already as in the snapshot, ";
    expect(await said()).toContain(
      `${words}by size, time and attributes (--check compares contents); 4 unchanged.`,
    );
    expect(await said("--check")).toContain(`${words}contents too; 4 unchanged.`);
  });

  it("one entry that is missing is enough to want --yes in place", async () => {
    renameSync(join(source, "report"), at("moved"));
    expect((await run(2, "--in-place")).problem).toMatchObject({
      code: "confirmation_needed",
      message: `This would change the attributes of 1 entry in nas:${source}.`,
    });
    await run(0, "--in-place", "--yes");
    await nothing("--in-place");
    rmSync(at("moved"));
  });
});

describe("what keeps its content", () => {
  it("is not called overwritten, is counted and named apart, and still wants --yes", async () => {
    const dir = at("touched");
    await run(0, "--to", dir);
    const tree = join(dir, "tree");
    const expected = await treeFacts(tree);
    utimesSync(tree, 1, 1);
    chmodSync(join(tree, "report"), 0o600);
    writeFileSync(join(tree, "folder", "inside"), "another");
    const refused = await run(2, "--to", dir);
    expect(refused).toMatchObject({
      problem: {
        code: "confirmation_needed",
        message: `This would overwrite 1 entry and change the attributes of 2 entries in ${tree}.`,
      },
      preview: {
        ...{ created: 0, overwritten: 3, attributesOnly: 2, deleted: 0, unchanged: 1, bytes: 6 },
        items: {
          overwritten: [join(tree, "folder", "inside"), tree, join(tree, "report")],
          attributesOnly: [tree, join(tree, "report")],
        },
      },
    });
    const { stdout } = await site.ok("restore", `nas:${source}`, "--to", dir, "--dry-run");
    expect(stdout).toContain(
      "Would be: 1 overwritten, 2 changed in attributes only, 1 unchanged; 6 B to write.",
    );
    expect(stdout).toContain(`~ ${tree}/folder/inside\n`);
    expect(stdout).toContain(`~ ${tree} (attributes only)\n`);
    await run(0, "--to", dir, "--yes");
    expect(compareTrees(expected, await treeFacts(tree))).toEqual([]);
  });
});

describe("--dry-run --check only compares", () => {
  it("and names what differs, also what only the target has when --delete is given", async () => {
    const dir = at("compared");
    await run(0, "--to", dir);
    await nothing("--to", dir, "--dry-run", "--check");
    writeFileSync(join(dir, "tree", "mine"), "mine");
    await runTool("touch", ["-r", source, join(dir, "tree")]);
    await nothing("--to", dir, "--dry-run", "--check");
    expect(await run(1, "--to", dir, "--dry-run", "--check", "--delete")).toMatchObject({
      ...{ run: null, checked: { differences: 1, items: [join(dir, "tree", "mine")] } },
      problem: { code: "restore_differs", hint: expect.stringContaining("Nothing was changed") },
    });
  });

  it("and says of what was never restored that all of it differs", async () => {
    const { checked, problem } = await run(1, "--to", at("never"), "--dry-run", "--check");
    expect(checked?.differences).toBe(4);
    expect(problem?.code).toBe("restore_differs");
  });
});

describe("the run of a restore", () => {
  it("says what was asked for and what came of it, also what was deleted", async () => {
    const dir = at("told");
    await run(0, "--to", dir);
    const mine = join(dir, "tree", "mine");
    writeFileSync(mine, "mine");
    const done = await run(0, "--to", dir, "--delete", "--yes", "--check");
    const { stdout } = await site.ok("show-run", `${done.run?.id}`);
    const lines = stdout.split("\n").map((line) => line.replace(/ {2,}/, ": "));
    expect(lines).toEqual(
      expect.arrayContaining([
        `restores: ${source} of ${done.snapshot.name}`,
        `to: ${join(dir, "tree")}`,
        "restored: 1 changed in attributes only, 1 deleted, 3 unchanged; 0 B written",
        `deleted: ${mine}`,
        "compared: 0 differences to the snapshot",
      ]),
    );
  });
});
