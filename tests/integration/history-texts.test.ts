// What the commands that look into history say to people: the next command that is named works when it is pasted.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupDone, type BackupSite, makeSite } from "../support/backup-site.ts";
import { hostileNames } from "../support/hostile-names.ts";
import { pathText } from "../support/path-text.ts";
import { pobsyncProgram } from "../support/pobsync.ts";
import { joinBytes } from "../support/tree-paths.ts";

let site: BackupSite;
let source = "";
let first: BackupDone;
let last: BackupDone;
beforeAll(async () => {
  site = await makeSite();
  source = join(site.world.hostDir, "a b");
  mkdirSync(join(source, "names"), { recursive: true });
  for (const name of hostileNames) writeFileSync(joinBytes(join(source, "names"), name), name);
  mkdirSync(join(source, "empty"));
  mkdirSync(join(source, "moved"));
  writeFileSync(join(source, "moved", "it's gone"), "as it was");
  symlinkSync("../elsewhere", join(source, "link"));
  await site.configureHost("web1", null, "--source", source);
  await site.configureHost("never1", null, "--source", source);
  first = await site.backUp("web1");
  rmSync(join(source, "moved", "it's gone"));
  utimesSync(join(source, "empty"), 1, 1);
  chmodSync(join(source, "names", "data"), 0o600);
  last = await site.backUp("web1");
});
afterAll(() => site.world.dispose());

/** As a person would: what was printed, in a shell. */
const pasted = (command: string) => {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    env: {
      ...process.env,
      ...site.world.environment,
      PATH: `${dirname(pobsyncProgram)}:${process.env.PATH}`,
    },
    cwd: site.world.dir,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};
/** The command behind a word of what was printed. */
const named = (text: string, what: string): string =>
  new RegExp(`${what}: (pobsync .*)`).exec(text)?.[1] ?? expect.fail(`names no command: ${text}`);
const refusal = async (...args: string[]): Promise<string> => {
  const { code, stderr } = await site.pobsync.run(...args);
  expect({ code, stderr }).toMatchObject({ code: 5 });
  return stderr;
};

describe("a list that goes on", () => {
  /** All rows, page by page, each by the command that the page before it names. */
  const rowsOf = async (isRow: (line: string) => boolean, ...args: string[]): Promise<string[]> => {
    const rows: string[] = [];
    let { stdout } = await site.ok(...args);
    for (;;) {
      rows.push(...stdout.split("\n").filter(isRow));
      if (!stdout.includes("There is more: ")) return rows;
      const page = pasted(named(stdout, "There is more"));
      expect(page.status, page.stderr).toBe(0);
      ({ stdout } = page);
    }
  };
  /** Columns are as wide as what is on their page. */
  const tight = (rows: string[]): string[] => rows.map((row) => row.replace(/ +/g, " "));

  it("is gone through by pasting what is printed, whatever the names", async () => {
    const isEntry = (line: string): boolean => /^[-dl][rwxsStT-]{9} /.test(line);
    const isChange = (line: string): boolean => /^[+~-] (added|changed|removed) /.test(line);
    const isFound = (line: string): boolean => line.startsWith("web1  ");
    const isVersion = isEntry;
    for (const [isRow, size, ...args] of [
      [isEntry, "13", "ls", `web1:${source}/names`],
      [isFound, "13", "find", `${source}/names/`],
      [isFound, "2", "find", "--host", "web1", "--", "-"],
      [isChange, "1", "diff", "web1", first.snapshot.name, "latest", source],
      [isVersion, "1", "versions", `web1:${source}/names/data`],
    ] as [(line: string) => boolean, string, ...string[]][]) {
      const end = args.indexOf("--");
      const paged = args.toSpliced(end < 0 ? args.length : end, 0, "--limit", size);
      const whole = await rowsOf(isRow, ...args);
      expect(whole.length, args[0]).toBeGreaterThan(Number(size));
      expect(tight(await rowsOf(isRow, ...paged)), args[0]).toEqual(tight(whole));
    }
  });

  it("says at its end that there is nothing more, and not that a folder is empty", async () => {
    const after = ["--after", `${source}/zzz`];
    for (const args of [
      ["ls", `web1:${source}`, ...after],
      ["diff", "web1", first.snapshot.name, "latest", ...after],
      ["find", "data", "--after", "web1:/zzz/x"],
    ])
      expect((await site.ok(...args)).stdout).toContain("There is nothing after that.");
    expect((await site.ok("ls", `web1:${source}/empty`)).stdout).toContain(`${source}/empty is empty.`);
  });
});

describe("the next step", () => {
  it("for something that is gone leads from its name to its content and back to the disk", async () => {
    const found = (await site.ok("find", "gone")).stdout;
    expect(found).toMatch(/deleted +1 /);
    const versions = pasted(named(found, "over time")).stdout;
    expect(versions).toContain(`It is gone: the newest snapshot, ${last.snapshot.name}, has nothing there.`);
    expect(pasted(named(versions, "One of them")).stdout).toBe("as it was");
    const restored = pasted(named(versions, "Bring that one back").replace("DIR", "back"));
    expect(restored).toMatchObject({ status: 0, stdout: expect.stringContaining("1 entry created") });
    expect(pasted('cat "back/it\'s gone"').stdout).toBe("as it was");
    const folder = (await site.ok("versions", `web1:${source}/moved`)).stdout;
    expect(pasted(named(folder, "One of them")).stdout).toContain("is empty");
  });

  it("behind a link is where it leads", async () => {
    const behind = `web1:${join(dirname(source), "elsewhere", "x")}`;
    for (const command of [["ls"], ["versions"]])
      expect(await refusal(...command, `web1:${source}/link/x`)).toContain(
        `is a link to ../elsewhere there. Look where it points: pobsync ls ${behind} --snapshot ${last.snapshot.name}`,
      );
    const { stderr } = await site.pobsync.run("restore", `web1:${source}/link/x`, "--to", "/tmp/never");
    expect(stderr).toContain(`Name it by where that leads: ${behind.slice("web1:".length)}`);
    expect(await refusal("ls", `web1:${source}/names/data/x`)).toContain(
      `${source}/names/data is no folder there, so nothing lies below it.`,
    );
  });

  it("from a path that a snapshot has not is quoted", async () => {
    const gone = `web1:${source}/moved/it's gone`;
    for (const command of [
      ["restore", gone, "--to", "/tmp/never"],
      ["cat", gone],
    ]) {
      const stderr = await refusal(...command);
      expect(stderr).toContain(`${last.snapshot.name} of web1 has nothing at ${source}/moved/it's gone.`);
      expect(pasted(named(stderr, "When it was there")).stdout).toContain("It is gone");
    }
  });
});

describe("names and patterns", () => {
  it("show blanks where nobody would see them, in a way that can be typed", async () => {
    const { stdout } = await site.ok("ls", `web1:${source}/names`);
    const shown = stdout.split("\n").map((line) => line.split("  ").at(-1));
    for (const name of ["\\x20", "\\x20leading", "trailing\\x20"]) {
      expect(shown.map((one) => one?.trim())).toContain(name);
      const { stdout: content } = await site.ok("cat", `web1:${source}/names/${name}`);
      expect(content).toBe(name.replace("\\x20", " "));
    }
    const { items } = (await site.ok("--json", "ls", `web1:${source}/names`)).json();
    const paths = hostileNames.toSorted(Buffer.compare).map((name) => `${source}/names/${pathText(name)}`);
    expect(items.map(({ path }: { path: string }) => path)).toEqual(paths);
  });

  it("that match nothing are told how a pattern is read", async () => {
    const nothing = async (...args: string[]): Promise<string> => (await site.ok("find", ...args)).stdout;
    expect(await nothing("nowhere")).toBe(
      "No snapshot of any host has a name like that. A part of the name is enough, and its case does not matter.\n",
    );
    expect(await nothing("*.NIX", "--host", "web1")).toContain(
      "No snapshot of web1 has a name like that. A glob must fit the whole name, in its case;",
    );
    expect(await nothing("/nowhere/")).toContain("has a path like that. A part of the path is enough");
  });

  it("may be given to diff as everywhere else", async () => {
    const { name } = first.snapshot;
    const said = async (...args: string[]) => (await site.ok("--json", "diff", ...args)).json();
    const all = await said("web1", name, "latest", `${source}/names`);
    expect(all.items).toMatchObject([{ path: `${source}/names/data`, differs: ["mode"] }]);
    expect(await said(`web1:${source}/names`, name, "latest")).toEqual(all);
    const both = await site.pobsync.run("diff", "web1:/etc", name, "latest", "/srv");
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("only once: /etc, or /srv") });
  });
});

describe("a run", () => {
  it("counts the changes that diff lists: folders whose time alone is other are none", async () => {
    const { changes } = (await site.ok("--json", "show-run", `${last.run.id}`)).json();
    const { summary } = (await site.ok("--json", "diff", "web1", first.snapshot.name, "latest")).json();
    const { added, removed, changed } = summary;
    expect(changes).toMatchObject({ added, removed, changed });
    expect(changed).toBe(1);
  });
});

describe("before there is anything to look at", () => {
  it("says so, with the command that makes it", async () => {
    const empty = await makeSite();
    try {
      for (const command of [["find", "x"], ["space"]])
        expect((await empty.ok(...command)).stdout).toContain(
          "There are no snapshots yet. Make one: pobsync backup",
        );
    } finally {
      await empty.world.dispose();
    }
    for (const command of [
      ["find", "x", "--host", "never1"],
      ["space", "never1"],
      ["ls", "never1"],
    ])
      expect(await refusal(...command)).toContain("Make one: pobsync backup never1");
    expect((await site.ok("--json", "space")).json()).toMatchObject({
      items: [{ host: "web1" }],
      skipped: [],
    });
  });
});
