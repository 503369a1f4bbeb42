// What an attempt had received when it died is used by the next one, and only as far as it may be trusted.
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { randomBytes, seededRandom } from "../support/random.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { waitUntil } from "../support/wait-until.ts";

const MEBIBYTE = 1024 * 1024;
const BIG = 24 * MEBIBYTE;
/** How much of it has arrived before an attempt is ended. */
const ENOUGH = 16 * MEBIBYTE;

let site: BackupSite;
let sshd: TestSshd;
let host = "";
let source = "";
let hosts = 0;
const random = seededRandom(3);

beforeAll(async () => {
  [site, sshd] = await Promise.all([makeSite(), startSshd()]);
});
afterAll(async () => {
  await site.world.dispose();
  await sshd.stop();
});

/** A host of its own for each test: small files that come first, and a big one that is half sent when it ends. */
beforeEach(async () => {
  host = `host-${++hosts}`;
  source = join(site.world.hostDir, host);
  await runTool("mkdir", ["-p", join(source, "a"), join(source, "z")]);
  for (const name of ["one", "two", "three"]) writeFileSync(join(source, "a", name), name.repeat(1000));
  writeFileSync(join(source, "z/big"), randomBytes(random, BIG));
  // Old enough that no write of a test has the same time by chance.
  await runTool("touch", [
    "-d",
    "@1700000000.5",
    ...["one", "two", "three"].map((name) => join(source, "a", name)),
  ]);
  await site.configureHost(host, sshd, "--source", source, "--bwlimit", "48M");
});

/** Starts a backup, ends it in the middle of the big file, and returns what it left. */
async function halfABackup(signal: NodeJS.Signals): Promise<{ workplace: string; tree: string }> {
  const before = site.onDisk(host, "incomplete");
  const backup = site.pobsync.start("backup", host);
  const workplace = await waitUntil(
    () => {
      const [run] = site.onDisk(host, "incomplete").filter((name) => !before.includes(name));
      return run === undefined ? null : site.pathOf(host, "incomplete", run);
    },
    { what: "the attempt's folder" },
  );
  const tree = join(workplace, "received/tree", source);
  const arrived = (): number => {
    const folder = join(tree, "z");
    const name = existsSync(folder) ? readdirSync(folder).find((one) => one.startsWith(".big.")) : undefined;
    // What an earlier attempt had received is continued where it lies.
    const file = name === undefined ? join(workplace, "received/partial/big") : join(folder, name);
    return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  };
  await waitUntil(() => arrived() >= ENOUGH, { what: "most of the big file", everyMs: 2 });
  backup.child.kill(signal);
  const { code } = await backup.ended;
  expect(code).toBe(signal === "SIGKILL" ? null : 130);
  return { workplace, tree };
}

const snapshotTree = (dataPath: string): string => join(dataPath, source);
const inode = (...path: string[]): number => statSync(join(...path)).ino;
const expectFaithful = async (dataPath: string): Promise<void> =>
  expect(compareTrees(await treeFacts(source), await treeFacts(snapshotTree(dataPath)))).toEqual([]);

describe.each(["SIGKILL", "SIGTERM"] as const)("an attempt that %s ended", (signal) => {
  it("leaves half a big file, of which just the rest is sent, and whole files, which are linked", async () => {
    const { tree } = await halfABackup(signal);
    const one = inode(tree, "a/one");
    const { run, snapshot } = await site.backUp(host);
    expect(run.stats?.receivedBytes).toBeLessThan(BIG - ENOUGH + 2 * MEBIBYTE);
    expect(inode(snapshotTree(snapshot.dataPath), "a/one")).toBe(one);
    expect(readdirSync(snapshot.path).sort()).toEqual(["data", "rsync.log.gz", "snapshot.json"]);
    expect(site.onDisk(host, "incomplete")).toEqual([]);
    await expectFaithful(snapshot.dataPath);
  });

  it("does not shine through where the host's files have changed since", async () => {
    await halfABackup(signal);
    // A hole where there was data, other attributes, and the same size and second.
    const hole = join(source, "z/big");
    const file = openSync(hole, "r+");
    writeSync(file, Buffer.alloc(8 * MEBIBYTE), 0, 8 * MEBIBYTE, 4 * MEBIBYTE);
    closeSync(file);
    await runTool("fallocate", ["--dig-holes", hole]);
    await runTool("setfattr", ["-n", "user.late", "-v", "new", hole]);
    await runTool("chmod", ["4711", hole]);
    writeFileSync(join(source, "a/one"), "ONE".repeat(1000));
    await runTool("touch", ["-d", "@1700000000.6", join(source, "a/one")]);
    await runTool("chown", ["77:88", join(source, "a/two")]);
    await expectFaithful((await site.backUp(host)).snapshot.dataPath);
  });
});

describe("a leftover", () => {
  it("from before a restart is not trusted: its files may have size and time but not their content", async () => {
    const { workplace, tree } = await halfABackup("SIGKILL");
    // As after a power cut: everything about the file was written but its content.
    const content = Buffer.alloc(statSync(join(tree, "a/one")).size);
    writeFileSync(join(tree, "a/one"), content);
    await runTool("touch", ["-r", join(source, "a/one"), join(tree, "a/one")]);
    expect(readFileSync(join(workplace, "boot"), "latin1")).not.toBe("");
    writeFileSync(join(workplace, "boot"), "00000000-0000-0000-0000-000000000000");
    const { run, snapshot } = await site.backUp(host);
    await expectFaithful(snapshot.dataPath);
    expect(run.stats?.receivedBytes).toBeGreaterThan(BIG);
    expect(site.onDisk(host, "incomplete")).toEqual([]);
  });

  it.each([
    ["before it had a folder for its data", false],
    ["while the host was compared", true],
  ])("of an attempt that died %s stands in nobody's way", async (_, hasCompared) => {
    await site.backUp(host);
    const leftover = site.pathOf(host, "incomplete", "0");
    await runTool("mkdir", ["-p", join(leftover, hasCompared ? "data" : "received")]);
    writeFileSync(join(leftover, "boot"), readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim());
    if (hasCompared) writeFileSync(join(leftover, "kept"), "");
    writeFileSync(join(source, "a/one"), "changed");
    const { snapshot } = await site.backUp(host);
    const metadata = JSON.parse(readFileSync(join(snapshot.path, "snapshot.json"), "utf8"));
    expect(metadata.logTellsAll).toBe(true);
    expect(site.onDisk(host, "incomplete")).toEqual([]);
    await expectFaithful(snapshot.dataPath);
  });

  it("without any stamp is not trusted either", async () => {
    const { workplace } = await halfABackup("SIGKILL");
    await runTool("rm", [join(workplace, "boot")]);
    const { run, snapshot } = await site.backUp(host);
    expect(run.stats?.receivedBytes).toBeGreaterThan(BIG);
    await expectFaithful(snapshot.dataPath);
  });

  it("of several attempts in a row adds up, and the half file goes from one to the next", async () => {
    await halfABackup("SIGKILL");
    writeFileSync(join(source, "a/four"), "4");
    await halfABackup("SIGTERM");
    expect(site.onDisk(host, "incomplete")).toHaveLength(1);
    const { run, snapshot } = await site.backUp(host);
    expect(run.stats?.receivedBytes).toBeLessThan(BIG - ENOUGH + 2 * MEBIBYTE);
    await expectFaithful(snapshot.dataPath);
    expect(site.onDisk(host, "incomplete")).toEqual([]);
  });
});
