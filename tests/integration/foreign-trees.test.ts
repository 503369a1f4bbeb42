// Histories of other backup tools, made by rsnapshot and dirvish themselves, and what is found in them.
import { chmodSync, lutimesSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ForeignOrder, findForeignTrees } from "../../src/system/foreign-trees.ts";
import { runTool } from "../support/tool.ts";

const ZONE = "America/New_York";
const LINK = "is a link, and links are not followed";
let dir = "";
let source = "";

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pobsync-foreign-"));
  source = folder("source");
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Makes a folder below ours, with one file in it when that has a name. */
function folder(path: string, file: string | null = "file"): string {
  const at = join(dir, path);
  mkdirSync(at, { recursive: true });
  if (file !== null) writeFileSync(join(at, file), "content\n");
  return at;
}

type Order = Pick<ForeignOrder, "tool" | "dir"> & Partial<ForeignOrder>;
const find = (order: Order, clock?: () => Date) =>
  findForeignTrees({ host: "web1", tree: null, hostPath: null, timeZone: ZONE, ...order }, clock);

/** What was found, with paths below a folder, and reasons by path. */
function below(root: string, { trees, refused }: Awaited<ReturnType<typeof find>>) {
  const path = (found: { path: string }) => relative(root, found.path);
  return { trees: trees.map(path), why: Object.fromEntries(refused.map((one) => [path(one), one.why])) };
}

const day = (number: number): Date => new Date(Date.UTC(2024, 5, number, 1, 2, 3));
const age = (path: string, number: number) => lutimesSync(path, day(number), day(number));

describe("rsnapshot", () => {
  /** A root of its own, in which a level is run by name. */
  function rsnapshot(name: string, ...options: string[]) {
    const root = folder(name, null);
    const lines = [
      ...["config_version 1.2", `snapshot_root ${root}/`, "cmd_rsync /usr/bin/rsync", "cmd_cp /bin/cp"],
      ...["cmd_rm /bin/rm", "retain hourly 2", "retain daily 2", `lockfile ${dir}/${name}.pid`, ...options],
      ...[`backup ${source}/ web1/`, `backup ${source}/ hosts/db1/`],
    ];
    writeFileSync(join(dir, `${name}.conf`), `${lines.join("\n").replaceAll(" ", "\t")}\n`);
    return { root, run: (level: string) => runTool("rsnapshot", ["-c", join(dir, `${name}.conf`), level]) };
  }

  it.each([
    ["as it is installed", []],
    ["with link_dest and sync_first", ["link_dest 1", "sync_first 1"]],
  ])("leaves trees with the times at which they were made, %s", async (name, options) => {
    const { root, run } = rsnapshot(name.replaceAll(" ", "-"), ...options);
    const backUp = async () => {
      if (options.length > 0) await run("sync");
      await run("hourly");
    };
    for (const number of [1, 2, 3]) {
      if (number === 3) await run("daily");
      await backUp();
      age(join(root, "hourly.0"), number);
    }
    await run("daily");
    const before = Math.floor(Date.now() / 1000) * 1000;
    await backUp();
    const found = await find({ tool: "rsnapshot", dir: root });
    const levels = ["daily.1/web1", "daily.0/web1", "hourly.1/web1", "hourly.0/web1"];
    expect(below(root, found)).toEqual({ trees: levels, why: {} });
    const times = found.trees.map(({ startedAt }) => startedAt);
    expect(times.slice(0, 3)).toEqual([1, 2, 3].map(day));
    expect(times[3]?.getTime()).toBeGreaterThanOrEqual(before);
    for (const { path, startedAt, ...others } of found.trees) {
      expect(others).toMatchObject({ hostPath: "/", kind: "scheduled", status: "succeeded" });
      expect(others.finishedAt).toEqual(startedAt);
      expect(readFileSync(join(path, source, "file"), "utf8")).toBe("content\n");
    }
  });

  it("has other hosts beside ours, and work of its own that is no backup", async () => {
    const { root, run } = rsnapshot("others", "link_dest 1", "sync_first 1");
    for (const level of ["sync", "hourly", "sync"]) await run(level);
    const empty = ["_delete.4711", "lost+found", "hourly.1/web1", "hourly.7", "hourly.5"];
    for (const name of empty) folder(`others/${name}`, null);
    folder("others/hourly.2/web1");
    symlinkSync(join(root, "hourly.2"), join(root, "hourly.3"));
    folder("others/hourly.4", "web1");
    symlinkSync(source, join(root, "hourly.5/web1"));
    const found = below(root, await find({ tool: "rsnapshot", dir: root }));
    expect(found.trees.sort()).toEqual(["hourly.0/web1", "hourly.2/web1"]);
    expect(found.why).toEqual({
      ".sync": expect.stringContaining("prepares its next backup"),
      "_delete.4711": "is a backup that rsnapshot was deleting",
      "lost+found": "is not named like an interval of rsnapshot",
      "hourly.7": 'has no folder "web1"; it has no folders',
      ...{ "hourly.1/web1": "is empty", "hourly.3": LINK, "hourly.5/web1": LINK },
      "hourly.4/web1": "is not a folder",
    });
    const nested = below(root, await find({ tool: "rsnapshot", dir: root, tree: "hosts/db1/" }));
    expect(nested.trees).toEqual(["hourly.0/hosts/db1"]);
    const unknown = below(root, await find({ tool: "rsnapshot", dir: root, host: "mail" }));
    expect(unknown.why["hourly.0"]).toBe('has no folder "mail"; it has hosts, web1');
    for (const tree of ["../../etc", "/etc", "", "a\nb"])
      await expect(find({ tool: "rsnapshot", dir: root, tree })).rejects.toHaveProperty("code", "bad_input");
  });
});

describe("dirvish", () => {
  /** Makes one image of the source with dirvish itself, whose installer writes the folder of its configuration into it. */
  async function makeImage(name: string, rsync = 'exec rsync "$@"', ...options: string[]): Promise<string> {
    const [etc, vault] = [folder("etc", null), folder("bank/home", null)];
    const perl = readFileSync("/usr/sbin/dirvish", "utf8");
    const configured = perl.replace(/^\$CONFDIR = .*$/m, `$CONFDIR = "${etc}";`);
    writeFileSync(join(dir, "dirvish"), configured, { mode: 0o755 });
    writeFileSync(join(dir, "rsync"), `#!/bin/sh\n${rsync}\n`, { mode: 0o755 });
    writeFileSync(join(etc, "master.conf"), `bank:\n\t${dir}/bank\n`);
    const lines = ["client: localhost", `tree: ${source}`, `rsync: ${dir}/rsync`, ...options];
    writeFileSync(join(folder("bank/home/dirvish", null), "default.conf"), `${lines.join("\n")}\n`);
    const args = ["--vault", "home", "--image", name, ...(name === "first" ? ["--init"] : [])];
    const made = runTool(join(dir, "dirvish"), args, { env: { TZ: ZONE } });
    await made.catch(({ message }) => expect(message).toMatch(/ended with (149|199|8\d):/));
    // Left behind by one that fails before rsync; no other image is made while it is there.
    rmSync(join(vault, "dirvish", "lock_file"), { force: true });
    return vault;
  }

  it("says of each image what it is of, when it was made and whether it is good", async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const vault = await makeImage("first");
    await makeImage("second", undefined, "image-time: 04:00");
    for (const [name, code] of Object.entries({ vanished: 24, partial: 23, timeout: 30 }))
      await makeImage(name, `rsync "$@"; exit ${code}`);
    await makeImage("nothing", "exit 23");
    await makeImage("refused", "echo 'ssh: connect to host x port 22: Connection refused' >&2; exit 255");
    await makeImage("stopped", undefined, "pre-server: false");
    await makeImage("linked");
    rmSync(join(vault, "linked/tree"), { recursive: true });
    symlinkSync(source, join(vault, "linked/tree"));
    folder("bank/home/other");
    await runTool("mkfifo", [join(folder("bank/home/pipe"), "summary")]);
    symlinkSync(join(vault, "first/summary"), join(folder("bank/home/planted"), "summary"));
    const found = await find({ tool: "dirvish", dir: vault });
    const { trees, why } = below(vault, found);
    expect(trees.sort()).toEqual(["first/tree", "partial/tree", "second/tree", "vanished/tree"]);
    for (const { path, startedAt, finishedAt, ...facts } of found.trees) {
      const status = /partial|vanished/.test(path) ? "warning" : "succeeded";
      expect(facts).toEqual({ hostPath: source, kind: "scheduled", status });
      expect(readFileSync(join(path, "file"), "utf8")).toBe("content\n");
      const times = [before, startedAt.getTime(), finishedAt.getTime(), Date.now()];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    expect(why).toEqual({
      timeout: 'failed: dirvish says "error (30) -- timeout in data send/receive"',
      refused: 'failed: dirvish says "(255) --"',
      stopped: expect.stringContaining("without a status"),
      ...{ "nothing/tree": "is empty", "linked/tree": LINK },
      other: "has no summary, so it is not an image of dirvish",
      pipe: "has a summary that is not a file",
      planted: `has a summary that ${LINK}`,
    });
  });
});

describe("rsync-time-backup", () => {
  /** The steps of rsync_tmbackup.sh, which names its folders by the wall and leaves a mark while it works. */
  async function backUp(name: string, isCut = false): Promise<string> {
    const root = folder("time", "backup.marker");
    mkdirSync(join(root, name));
    writeFileSync(join(root, "backup.inprogress"), "4711\n");
    await runTool("rsync", ["-a", "--link-dest=../latest", `${source}/`, join(root, name)]);
    if (isCut) return root;
    rmSync(join(root, "latest"), { force: true });
    symlinkSync(name, join(root, "latest"));
    rmSync(join(root, "backup.inprogress"));
    return root;
  }

  it("has one tree a folder, and the newest is unfinished while its mark lies there", async () => {
    await backUp("2024-03-09-021500");
    // The clocks of New York go from 2 to 3 in this night.
    const root = await backUp("2024-03-10-021500");
    writeFileSync(join(root, "notes"), "");
    const whole = await find({ tool: "rsync-time-backup", dir: root });
    const times = whole.trees.map(({ startedAt }) => startedAt.toISOString());
    expect(times).toEqual(["2024-03-09T07:15:00.000Z", "2024-03-10T07:00:00.000Z"]);
    for (const tree of whole.trees)
      expect(tree).toMatchObject({ hostPath: "/", kind: "scheduled", status: "succeeded" });
    expect(below(root, whole).why).toEqual({ notes: "is not a folder" });
    await backUp("2024-03-11-021500", true);
    const cut = below(root, await find({ tool: "rsync-time-backup", dir: root }));
    expect(cut.trees).toEqual(["2024-03-09-021500", "2024-03-10-021500"]);
    expect(cut.why["2024-03-11-021500"]).toBe("is not finished: there is a backup.inprogress");
  });
});

describe("plain folders", () => {
  it("are manual backups of the time in their names, else of their own, and nothing in them changes", async () => {
    const root = folder("plain", "a file");
    const full = ["2024-06-03", "web1-2024-06-02_0102Z", "copy", "copy2", "2024-06-09", "20240601-20240602"];
    for (const name of full) folder(`plain/${name}`);
    for (const name of ["copy", "copy2"]) age(join(root, name), 1);
    for (const name of ["2024-06-04", "two\nlines", "back\\slash"]) folder(`plain/${name}`, null);
    mkdirSync(Buffer.from(`${root}/\xff`, "latin1"));
    symlinkSync("plain", join(dir, "linked"));
    const links = { latest: "2024-06-03", "2024-06-05": source, "2024-06-06": "nowhere" };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
    const look = () => runTool("find", [root, "-printf", "%p %C@ %T@ %n\\n"]);
    const before = await look();
    const found = await find({ tool: "plain", dir: join(dir, "linked"), hostPath: "/srv" }, () => day(8));
    expect(await look()).toEqual(before);
    expect(found.trees).toMatchObject([
      { path: join(root, "copy"), startedAt: day(1), finishedAt: day(1), kind: "manual", hostPath: "/srv" },
      { path: join(root, "copy2"), startedAt: day(1), status: "succeeded" },
      { path: join(root, "web1-2024-06-02_0102Z"), startedAt: new Date("2024-06-02T01:02:00Z") },
      { path: join(root, "2024-06-03"), startedAt: new Date("2024-06-03T04:00:00Z") },
    ]);
    const odd = "has a name with control characters, backslashes or bytes that are not UTF-8";
    expect(below(root, found).why).toEqual({
      ...{ "2024-06-04": "is empty", "2024-06-05": LINK, "2024-06-06": LINK, "a file": "is not a folder" },
      "2024-06-09": "is of 2024-06-09T04:00:00.000Z, which is in the future",
      "20240601-20240602": "has more than one date in its name",
      ...{ "two\\nlines": odd, "back\\\\slash": odd, "\\xff": odd },
    });
  });

  it("that this user may not read are refused, each by itself", async () => {
    folder("private/2024-06-01");
    chmodSync(folder("private/2024-06-02"), 0o700);
    chmodSync(dir, 0o711);
    const order = { tool: "plain", dir: join(dir, "private"), host: "web1", timeZone: "UTC" };
    const module = join(import.meta.dirname, "../../src/system/foreign-trees.ts");
    const code = `import { findForeignTrees } from ${JSON.stringify(module)};
      console.log(JSON.stringify(await findForeignTrees(${JSON.stringify(order)})));`;
    const node = [process.execPath, "--input-type=module", "-e", code];
    const output = await runTool("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", ...node]);
    const why = { "2024-06-02": "may not be read by this user" };
    expect(below(order.dir, JSON.parse(String(output)))).toEqual({ trees: ["2024-06-01"], why });
  });
});

it("a folder that is not there, is a file or has a strange name is refused as a whole", async () => {
  folder("a\nb");
  for (const path of ["missing", "source/file", "source/file/below", "a\nb"])
    await expect(find({ tool: "plain", dir: join(dir, path) })).rejects.toHaveProperty("code", "bad_input");
});
