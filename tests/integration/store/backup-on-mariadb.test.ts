// The real program on MariaDB, from nothing to a snapshot: also when it, or the database, is killed on the way.
import { chmodSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compareTrees } from "../../support/compare-trees.ts";
import { startMariadb, type TestMariadb } from "../../support/mariadb.ts";
import { type Pobsync, pobsyncIn, type RunningCommand } from "../../support/pobsync.ts";
import { processesMentioning } from "../../support/processes.ts";
import { randomBytes, seededRandom } from "../../support/random.ts";
import { treeFacts } from "../../support/tree-facts.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { makeWorld, type World } from "../../support/world.ts";

describe("the command line on MariaDB", () => {
  let mariadb: TestMariadb;
  let world: World;
  let pobsync: Pobsync;
  beforeAll(async () => {
    mariadb = await startMariadb();
  });
  afterAll(() => mariadb.stop());
  beforeEach(async () => {
    world = makeWorld({ databaseUrl: await mariadb.createDatabase() });
    pobsync = pobsyncIn(world);
    mkdirSync(join(world.hostDir, "home"));
    writeFileSync(join(world.hostDir, "home", "letter.txt"), "Dear Bob\n");
    writeFileSync(join(world.hostDir, "home", "big"), randomBytes(seededRandom(1), 3_000_000));
  });
  afterEach(() => world.dispose());

  const configure = async (...options: string[]) => {
    const source = ["--transport", "local", "--source", world.hostDir];
    for (const args of [
      ["migrate"],
      ["configure-global", "--backup-root", world.backupRoot],
      ["configure-host", "laptop", ...source, ...options],
    ])
      expect(await pobsync.run(...args), args[0]).toMatchObject({ code: 0 });
  };
  const statuses = async () =>
    (await pobsync.run("runs", "--json"))
      .json()
      .items.map((run: { status: string; problem: { code: string } | null }) =>
        run.problem === null ? run.status : `${run.status}: ${run.problem.code}`,
      );
  const differences = async (dataPath: string) =>
    compareTrees(await treeFacts(world.hostDir), await treeFacts(join(dataPath, world.hostDir)));
  /** Waits until rsync has begun to write what it gets. */
  const untilTransferring = async (command: RunningCommand) => {
    await command.waitForOutput(/Transferring/);
    const isWriting = () =>
      processesMentioning(world.backupRoot).some(({ command: line }) => line.startsWith("rsync"));
    await waitUntil(isWriting, { what: "rsync" });
  };

  it("makes a snapshot that equals its source, and a second one that shares what did not change", async () => {
    await configure();
    const first = (await pobsync.run("backup", "laptop", "--json")).json();
    expect(first.run).toMatchObject({ status: "succeeded", base: null });
    expect(await differences(first.snapshot.dataPath)).toEqual([]);
    writeFileSync(join(world.hostDir, "home", "letter.txt"), "Dear Charlie\n");
    const second = (await pobsync.run("backup", "laptop", "--json")).json();
    expect(second.run).toMatchObject({ status: "succeeded", base: first.snapshot.name });
    expect(second.run.stats).toMatchObject({ newFiles: 1, newBytes: 13, copiedInsteadOfLinked: 0 });
    expect(await differences(second.snapshot.dataPath)).toEqual([]);
    expect((await pobsync.run("snapshots", "--json")).json().items).toMatchObject([
      { name: second.snapshot.name, base: first.snapshot.name },
      { name: first.snapshot.name, base: null },
    ]);
    expect((await pobsync.run("status")).stdout).toContain("All is well");
  });

  it("prunes, pins, brings back, finds, restores, verifies, and records again what its database has lost", async () => {
    await configure("--keep-last", "1", "--trash-keep", "1d");
    const json = async (code: number, ...args: string[]) => {
      const result = await pobsync.run("--json", ...args);
      expect([result.code, result.stderr]).toEqual([code, expect.anything()]);
      return result.json();
    };
    const { name } = (await json(0, "backup", "laptop")).snapshot;
    writeFileSync(join(world.hostDir, "home", "letter.txt"), "Dear Charlie\n");
    const second = await json(0, "backup", "laptop", "--prune");
    expect(second.pruned).toEqual([name]);
    expect((await json(0, "restore-from-trash", "laptop", name)).snapshot.state).toBe("complete");
    await json(0, "pin", "laptop", name, "--reason", "kept", "--until", "2099-01-31");
    expect((await json(0, "retention", "laptop", "--apply", "--yes")).remove).toEqual([]);
    const letter = `laptop:${join(world.hostDir, "home", "letter.txt")}`;
    expect((await json(0, "versions", letter)).items).toHaveLength(2);
    await json(0, "restore", letter, "--snapshot", name, "--to", join(world.dir, "back"));
    expect(readFileSync(join(world.dir, "back", "letter.txt"), "utf8")).toBe("Dear Bob\n");
    expect((await json(0, "verify", "laptop")).damaged).toEqual([]);

    const anew = pobsyncIn({
      ...world,
      environment: { ...world.environment, POBSYNC_DATABASE_URL: await mariadb.createDatabase() },
    });
    for (const args of [["migrate"], ["configure-global", "--backup-root", world.backupRoot]])
      expect(await anew.run(...args)).toMatchObject({ code: 0 });
    const found = (await anew.run("--json", "discover-snapshots", "--rebuild")).json();
    expect(found.recorded).toEqual([name, second.snapshot.name]);
    const [, pinned] = (await anew.run("--json", "snapshots", "laptop")).json().items;
    expect(pinned).toMatchObject({ name, pin: { reason: "kept" } });
  });

  it("settles the run of a process that was killed, and the next backup is whole", async () => {
    await configure("--bwlimit", "500k");
    const killed = pobsync.start("backup", "laptop");
    await untilTransferring(killed);
    killed.child.kill("SIGKILL");
    await killed.ended;
    await waitUntil(() => processesMentioning(world.backupRoot).length === 0, { what: "no orphan" });
    expect(await statuses()).toEqual(["running"]);
    expect((await pobsync.run("doctor")).stderr).toContain("The process that worked on laptop is gone");
    await pobsync.run("configure-host", "laptop", "--bwlimit", "0");
    const next = (await pobsync.run("backup", "laptop", "--json")).json();
    expect(await statuses()).toEqual(["succeeded", "failed: worker_lost"]);
    expect(await differences(next.snapshot.dataPath)).toEqual([]);
    expect(readlinkSync(join(world.backupRoot, "laptop", "latest"))).toBe(`snapshots/${next.snapshot.name}`);
    expect((await pobsync.run("snapshots", "--json")).json().items).toHaveLength(1);
  });

  it("lets a second backup of the host know who is at work", async () => {
    await configure("--bwlimit", "500k");
    const first = pobsync.start("backup", "laptop");
    await untilTransferring(first);
    const second = await pobsync.run("backup", "laptop");
    expect([second.code, second.stderr]).toEqual([4, expect.stringContaining("run 1 by ")]);
    first.child.kill("SIGTERM");
    expect(await first.ended).toMatchObject({ code: 130 });
    expect(await statuses()).toEqual(["cancelled: interrupted"]);
  });

  it("goes on while the database is away for a moment during the transfer", async () => {
    await configure("--bwlimit", "500k");
    const backup = pobsync.start("backup", "laptop", "--json");
    await untilTransferring(backup);
    await mariadb.kill9();
    await mariadb.restart();
    const result = await backup.ended;
    expect(result.json().run, result.stderr).toMatchObject({ status: "succeeded" });
    expect(await statuses()).toEqual(["succeeded"]);
  });

  it("takes the address of the database from a file, and refuses to be told it twice", async () => {
    const url = world.environment.POBSYNC_DATABASE_URL ?? "";
    const file = join(world.dir, "database-url");
    writeFileSync(file, `${url}\n`);
    chmodSync(file, 0o600);
    delete world.environment.POBSYNC_DATABASE_URL;
    pobsync = pobsyncIn(world, { environment: { POBSYNC_DATABASE_URL_FILE: file } });
    await configure();
    expect(await pobsync.run("backup", "laptop")).toMatchObject({ code: 0 });
    const both = { POBSYNC_DATABASE_URL_FILE: file, POBSYNC_DATABASE_URL: url };
    for (const [environment, words] of [
      [both, "Both POBSYNC_DATABASE_URL and POBSYNC_DATABASE_URL_FILE are set"],
      [{ POBSYNC_DATABASE_URL_FILE: `${file}-gone` }, "which is not there"],
      [{ POBSYNC_DATABASE_URL: "" }, "POBSYNC_DATABASE_URL is empty"],
      [{ POBSYNC_DATABASE_URL: "postgres://ada@db/pobsync" }, "begins with neither sqlite: nor mariadb:"],
    ] as const) {
      const { code, stderr } = await pobsyncIn(world, { environment }).run("hosts");
      expect([code, stderr]).toEqual([6, expect.stringContaining(words)]);
    }
  });
});
