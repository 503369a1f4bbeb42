// cat gives the bytes of a file as it was, and of nothing else; what cannot be looked at is refused in words.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Adopting, age, makeAdopting } from "../support/adopting.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { hostileNames } from "../support/hostile-names.ts";
import { pathText } from "../support/path-text.ts";
import { pobsyncProgram } from "../support/pobsync.ts";
import { randomBytes, seededRandom } from "../support/random.ts";
import { plantSpecialFiles } from "../support/special-files.ts";
import { runTool } from "../support/tool.ts";
import { joinBytes } from "../support/tree-paths.ts";

const BIG = randomBytes(seededRandom(11), 3_000_000);

let site: BackupSite;
let source = "";
let names: string[] = [];
beforeAll(async () => {
  site = await makeSite();
  source = site.world.hostDir;
  writeFileSync(join(source, "report"), "as it was at first\n");
  writeFileSync(join(source, "big"), BIG);
  writeFileSync(join(source, "secret of the server"), "not here");
  symlinkSync("report", join(source, "link"));
  symlinkSync("/etc", join(source, "leads away"));
  mkdirSync(join(source, "folder"));
  writeFileSync(join(source, "folder", "inside"), "inside");
  await plantSpecialFiles(join(source, "special"));
  mkdirSync(join(source, "names"));
  for (const name of hostileNames) writeFileSync(joinBytes(join(source, "names"), name), name);
  await site.configureHost("web1", null, "--source", source);
  await site.backUp("web1");
  writeFileSync(join(source, "report"), "as it is now\n");
  await site.backUp("web1");
  names = (await site.snapshots("web1")).map(({ name }) => name).reverse();
});
afterAll(() => site.world.dispose());

/** Standard output as bytes. */
const cat = (...args: string[]) =>
  spawnSync(pobsyncProgram, ["cat", ...args], {
    env: { ...process.env, ...site.world.environment },
    cwd: site.world.dir,
    maxBuffer: 20_000_000,
  });

async function expectRefusal(exit: number, code: string, says: RegExp, ...args: string[]): Promise<void> {
  const { code: ended, stdout, stderr } = await site.pobsync.run(...args);
  expect({ ended, stdout, stderr: stderr.replaceAll("\n", " ") }).toEqual({
    ended: exit,
    stdout: "",
    stderr: expect.stringMatching(says),
  });
  const json = await site.pobsync.run("--json", ...args);
  if (args[0] !== "cat") expect(json.json().problem.code).toBe(code);
}

describe("cat", () => {
  it("prints a file as it was in the newest snapshot, or in the one that is named", async () => {
    const place = `web1:${source}/report`;
    expect((await site.ok("cat", place)).stdout).toBe("as it is now\n");
    const [first = ""] = names;
    expect((await site.ok("cat", place, "--snapshot", first)).stdout).toBe("as it was at first\n");
    expect((await site.ok("--quiet", "cat", place, "--snapshot", "latest")).stdout).toBe("as it is now\n");
  });

  it("prints every byte of it", () => {
    const { status, stdout } = cat(`web1:${source}/big`);
    expect(status).toBe(0);
    expect(stdout.equals(BIG)).toBe(true);
  });

  it("prints files of any name, by the name that ls prints", async () => {
    const listed = (await site.ok("--json", "ls", `web1:${source}/names`)).json().items;
    expect(listed.map(({ path }: { path: string }) => path)).toEqual(
      hostileNames.toSorted(Buffer.compare).map((name) => `${source}/names/${pathText(name)}`),
    );
    for (const name of hostileNames.filter((_, at) => at % 5 === 0)) {
      const { stdout } = cat(`web1:${source}/names/${pathText(name)}`);
      expect(stdout.equals(name), pathText(name)).toBe(true);
    }
  });

  it("ends well when whoever reads has seen enough", () => {
    const script = '{ "$0" cat "$1"; echo "ended $?" >&2; } | head -c 10 | wc -c';
    const { stdout, stderr } = spawnSync("sh", ["-c", script, pobsyncProgram, `web1:${source}/big`], {
      env: { ...process.env, ...site.world.environment },
      cwd: site.world.dir,
      encoding: "utf8",
    });
    expect({ stdout: stdout.trim(), stderr: stderr.trim() }).toEqual({ stdout: "10", stderr: "ended 0" });
  });

  it("refuses links, folders, pipes, sockets and devices", async () => {
    const at = (path: string): string => `web1:${source}/${path}`;
    await expectRefusal(
      2,
      "bad_input",
      /link is a symbolic link to report .* Links are not followed/,
      "cat",
      at("link"),
    );
    await expectRefusal(2, "bad_input", /is a symbolic link to \/etc/, "cat", at("leads away/passwd"));
    await expectRefusal(2, "bad_input", /is a folder/, "cat", at("folder"));
    await expectRefusal(2, "bad_input", /is a file, and has nothing below it/, "cat", at("report/below"));
    for (const name of readdirSync(join(source, "special")))
      await expectRefusal(
        2,
        "bad_input",
        /is a (pipe|socket|block device|character device)/,
        "cat",
        at(`special/${name}`),
      );
  });

  it("never follows a link that somebody put into a snapshot", async () => {
    const [first = ""] = names;
    const folder = join(site.pathOf("web1", "snapshots", first, "data"), source, "folder");
    const aside = join(site.world.dir, "aside");
    const elsewhere = join(site.world.dir, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "inside"), "the server's own");
    renameSync(folder, aside);
    symlinkSync(elsewhere, folder);
    try {
      const { code, stdout } = await site.pobsync.run(
        "cat",
        `web1:${source}/folder/inside`,
        "--snapshot",
        first,
      );
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    } finally {
      rmSync(folder);
      renameSync(aside, folder);
    }
    expect((await site.ok("cat", `web1:${source}/folder/inside`, "--snapshot", first)).stdout).toBe("inside");
  });

  it("shows a terminal no control character of a file", () => {
    const { stdout } = spawnSync(
      "script",
      ["-qec", `${pobsyncProgram} cat 'web1:${source}/names/\\x1b[31mred\\x1b[0m'`, "/dev/null"],
      {
        env: { ...process.env, ...site.world.environment },
        cwd: site.world.dir,
        encoding: "utf8",
      },
    );
    expect(stdout).toContain("\\x1b[31mred\\x1b[0m");
    expect(stdout).not.toContain("\x1b");
  });
});

describe("what nobody can look at is refused", () => {
  it.each([
    [2, "bad_input", /names no host/, ["ls", ":/etc"]],
    [2, "bad_input", /not absolute/, ["ls", "web1:etc"]],
    [2, "bad_input", /contains \. or \.\./, ["cat", "web1:/etc/../root"]],
    [2, "bad_input", /starts no known escape/, ["versions", "web1:/a\\q"]],
    [2, "bad_input", /names no file or folder/, ["versions", "web1"]],
    [2, "bad_input", /names no file or folder/, ["cat", "web1:/"]],
    [2, "bad_input", /is empty/, ["find", ""]],
    [2, "bad_input", /is not a whole number/, ["ls", "web1", "--limit", "many"]],
    [2, "bad_input", /contradict each other/, ["find", "x", "--all", "--limit", "5"]],
    [2, "bad_input", /is no entry of/, ["ls", "web1:/tmp", "--after", "/etc/hosts"]],
    [2, "bad_input", /may be any of 2/, ["ls", "web1", "--snapshot", "2"]],
    [5, "not_found", /web2/, ["ls", "web2:/etc"]],
    [5, "not_found", /no snapshot "yesterday"/, ["ls", "web1", "--snapshot", "yesterday"]],
    [5, "not_found", /no snapshot from "2001-01-01" or before/, ["diff", "web1", "2001-01-01", "latest"]],
    [
      5,
      "not_found",
      /has anything at \/nowhere.*pobsync find nowhere --host web1/,
      ["versions", "web1:/nowhere"],
    ],
    [5, "not_found", /has anything at \/a\*.*pobsync find 'a\\\*' --host web1/, ["versions", "web1:/a*"]],
    [5, "not_found", /has nothing at \/nowhere/, ["cat", "web1:/nowhere"]],
    [5, "not_found", /has nothing at \/nowhere/, ["ls", "web1:/nowhere"]],
    [5, "not_found", /has anything at \/nowhere/, ["diff", "web1", "latest", "latest", "/nowhere"]],
  ] as [number, string, RegExp, string[]][])("%i %s %s", (exit, code, says, args) =>
    expectRefusal(exit, code, says, ...args),
  );

  it("a file that is only in another snapshot, with the command that shows it", async () => {
    const [first = ""] = names;
    writeFileSync(join(source, "new"), "new");
    const { snapshot } = await site.backUp("web1");
    const hint = new RegExp(`It is in ${snapshot.name}: add --snapshot`);
    await expectRefusal(5, "not_found", hint, "ls", `web1:${source}/new`, "--snapshot", first);
  });

  it("a catalog that is missing on a disk that may only be read, but not one that is there", async () => {
    const root = site.world.backupRoot;
    await site.ok("ls", "web1");
    await runTool("mount", ["--bind", root, root]);
    try {
      await runTool("mount", ["-o", "remount,bind,ro", root]);
      await site.ok("ls", "web1");
      await runTool("mount", ["-o", "remount,bind,rw", root]);
      for (const suffix of ["", "-wal", "-shm"])
        rmSync(`${site.pathOf("web1", "catalog.sqlite3")}${suffix}`, { force: true });
      await runTool("mount", ["-o", "remount,bind,ro", root]);
      await expectRefusal(
        1,
        "catalog_unusable",
        /cannot be made now: it may not be written to/,
        "ls",
        "web1",
      );
      expect((await site.ok("cat", `web1:${source}/report`)).stdout).toBe("as it is now\n");
    } finally {
      await runTool("umount", [root]);
    }
  });
});

describe("snapshots that another tool made and that lie where they were", () => {
  let adopting: Adopting;
  beforeAll(async () => {
    adopting = await makeAdopting();
    await adopting.configure("old1");
    const trees = adopting.plainTrees("plain", 2);
    // Without a checksum, a file that was written within the same tick would be the same.
    for (const [at, tree] of readdirSync(trees).entries()) age(join(trees, tree, "sub", "number"), at + 1);
    await adopting.adopt(0, "old1", "plain", trees, "--of", "/srv");
  });
  afterAll(() => adopting.site.world.dispose());

  it("are listed and printed like any other", async () => {
    const { ok, pobsync } = adopting.site;
    const [first] = await adopting.ofHost("old1");
    const paths = async (...args: string[]): Promise<string[]> =>
      (await ok("--json", "ls", ...args)).json().items.map(({ path }: { path: string }) => path);
    expect(await paths("old1")).toEqual(["/srv"]);
    expect(await paths("old1:/srv/sub", "--snapshot", `${first?.name}`)).toEqual(["/srv/sub/number"]);
    expect((await ok("cat", "old1:/srv/sub/number", "--snapshot", `${first?.name}`)).stdout).toBe("1");
    expect((await ok("cat", "old1:/srv/sub/number")).stdout).toBe("2");
    expect((await pobsync.run("cat", "old1:/srv")).stderr).toContain("is a folder");
    const { items } = (await ok("--json", "diff", "old1", `${first?.name}`, "latest")).json();
    expect(items).toMatchObject([{ path: "/srv/sub/number", change: "changed" }]);
  });
});
