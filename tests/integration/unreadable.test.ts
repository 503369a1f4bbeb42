// What the disk or the rights do not give is named with its place and its cause, and is never called a bug.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { withFailingFile } from "../support/failing-file.ts";
import { pobsyncIn, pobsyncProgram } from "../support/pobsync.ts";
import { randomBytes, seededRandom } from "../support/random.ts";
import { runTool } from "../support/tool.ts";

const BIG = randomBytes(seededRandom(12), 1_500_000);
const READABLE = 500_000;

let site: BackupSite;
let source = "";
/** Of the file in the newest snapshot. */
let stored = "";
beforeAll(async () => {
  // Another user may not open its file; a server of databases asks nobody who starts the program.
  site = await makeSite({ inFile: true });
  source = site.world.hostDir;
  writeFileSync(join(source, "big"), BIG);
  mkdirSync(join(source, "empty"));
  await site.configureHost("web1", null, "--source", source);
  const { snapshot } = await site.backUp("web1");
  stored = join(snapshot.dataPath, source, "big");
});
afterAll(() => site.world.dispose());

const place = (): string => `web1:${source}/big`;

/** Its streams go where a shell sends them. */
const inShell = (script: string, ...args: string[]) =>
  spawnSync("sh", ["-c", script, pobsyncProgram, ...args], {
    env: { ...process.env, ...site.world.environment },
    cwd: site.world.dir,
    maxBuffer: 20_000_000,
  });

describe("a disk that fails midway", () => {
  it("ends cat with what could be read, the path, the cause and where to look next", async () => {
    await withFailingFile(stored, BIG, READABLE, async () => {
      const { status, stdout, stderr } = inShell('exec "$0" cat "$1"', place());
      expect(status).toBe(1);
      expect(stdout.length).toBeGreaterThan(READABLE / 2);
      expect(stdout.length).toBeLessThan(BIG.length);
      expect(BIG.subarray(0, stdout.length).equals(stdout)).toBe(true);
      const said = stderr.toString();
      expect(said).toContain(`${stored} could not be read: i/o error.`);
      expect(said).toContain(`dmesg, smartctl). Other versions of it: pobsync versions ${place()}`);
      expect(said).not.toContain("This is a bug");
    });
    expect(inShell('exec "$0" cat "$1"', place()).stdout.equals(BIG)).toBe(true);
  });

  it("ends a restore with the name of what is not there", async () => {
    await withFailingFile(stored, BIG, READABLE, async () => {
      const dir = join(site.world.dir, "restored");
      const result = await site.pobsync.run("--json", "restore", place(), "--to", dir);
      expect(result.code).toBe(1);
      expect(result.json().run.problem).toMatchObject({
        code: "restore_incomplete",
        detail: expect.stringContaining(`${source}/big`),
      });
    });
  });
});

describe("somebody who may not look into the backups", () => {
  let nobody: ReturnType<typeof pobsyncIn>;
  beforeAll(async () => {
    const { dir, stateDir, environment } = site.world;
    const own = join(dir, "state of nobody");
    cpSync(stateDir, own, { recursive: true });
    await runTool("chmod", ["755", dir]);
    await runTool("chown", ["-R", "65534:65534", own]);
    const program = join(dir, "pobsync");
    const as = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    writeFileSync(program, `#!/bin/sh\nexec ${as} "${pobsyncProgram}" "$@"\n`, { mode: 0o755 });
    const database = { POBSYNC_DATABASE_URL: `sqlite:${join(own, "pobsync.sqlite3")}` };
    nobody = pobsyncIn({ ...site.world, environment: { ...environment, ...database } }, { program });
  });

  const said = async (exit: number, ...args: string[]): Promise<string> => {
    const { code, stderr } = await nobody.run(...args);
    expect({ code, stderr }).toEqual({ code: exit, stderr: expect.not.stringContaining("This is a bug") });
    return stderr;
  };
  const asWhom = "Run pobsync as root, or as the user that makes the backups.";

  it("is told so, and not that the disk is missing", async () => {
    for (const command of [["ls", "web1"], ["cat", place()], ["find", "big"], ["space"]])
      expect(await said(1, ...command)).toMatch(
        /^✗ This user may not look into the backup root .*\n→ Run pobsync as root/,
      );
  });

  it("is told so where only a host's folder or a snapshot is closed", async () => {
    await runTool("chmod", ["a+rX", site.world.backupRoot, join(site.world.backupRoot, ".pobsync-root")]);
    const hostFolder = site.pathOf("web1");
    expect(await said(1, "ls", "web1")).toContain(`may not be read by this user.\n→ ${asWhom}`);
    expect(await said(3, "space")).toContain("web1 was left out: ");
    await runTool("chmod", ["755", hostFolder]);
    expect(await said(1, "cat", place())).toMatch(/could not be read: permission denied/);
    expect(await said(1, "restore", place(), "--to", "/tmp/never")).toContain(asWhom);
    expect(await said(0, "show-run", "1")).toBe("");
    await runTool("chmod", ["700", hostFolder, site.world.backupRoot]);
  });

  it("is told so of a database, and not to make one", async () => {
    const { code, stderr } = await pobsyncIn(site.world, { program: join(site.world.dir, "pobsync") }).run(
      "hosts",
    );
    expect({ code, stderr }).toEqual({
      code: 6,
      stderr: expect.stringContaining("This user may not use the database"),
    });
  });
});

describe("output that cannot be written", () => {
  it.each([
    ["cat", true],
    ["ls", true],
    ["--json snapshots", false],
  ] as const)("makes %s fail", (command, hasPlace) => {
    const [words, where] = [`exec "$0" ${command}`, hasPlace ? '"$1"' : ""];
    const { status, stderr } = inShell(`${words} ${where} > /dev/full`, place());
    expect({ status, stderr: stderr.toString() }).toEqual({
      status: 1,
      stderr: expect.stringMatching(
        /^✗ What was printed could not be written: no space left on device\.\n→ Free space/,
      ),
    });
  });
});
