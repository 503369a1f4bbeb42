// What the command line says to what it does not know, and to an installation that is not ready.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandResult, type Pobsync, pobsyncIn } from "../support/pobsync.ts";
import { runTool } from "../support/tool.ts";
import { makeWorld, type World } from "../support/world.ts";

let world: World;
let pobsync: Pobsync;
beforeAll(async () => {
  world = makeWorld();
  pobsync = pobsyncIn(world);
  await pobsync.run("migrate");
  await pobsync.run("configure-global", "--backup-root", world.backupRoot);
  await pobsync.run("configure-host", "web1", "--address", "192.0.2.1");
});
afterAll(() => world.dispose());

const refusal = ({ code, stdout }: CommandResult) => ({ exit: code, ...JSON.parse(stdout).problem });

describe("a command or option that does not exist", () => {
  it.each([
    [["stauts"], /unknown command 'stauts' \(Did you mean status\?\)/i],
    [["backup", "web1", "--dry-rum"], /unknown option '--dry-rum' \(Did you mean --dry-run\?\)/i],
    [["configure-host", "web1", "--adress", "x"], /unknown option '--adress' \(Did you mean --address\?\)/i],
    [["nothing-like-it"], /unknown command 'nothing-like-it'/i],
    [["show-run"], /missing required argument 'id'/i],
  ])("%j is refused with exit 2 and what was probably meant", async (args, message) => {
    const result = await pobsync.run("--json", ...args);
    expect(refusal(result)).toMatchObject({
      exit: 2,
      code: "bad_input",
      message: expect.stringMatching(message),
      hint: expect.stringContaining("--help"),
    });
    expect(result.stderr).toMatch(message);
    const text = await pobsync.run(...args);
    expect([text.code, text.stdout]).toEqual([2, ""]);
  });
});

describe("a host or run that does not exist", () => {
  it.each([
    [["show-host", "web2"], /There is no host "web2"\./, "pobsync hosts"],
    [["check-host", "web2"], /There is no host "web2"\./, "pobsync hosts"],
    [["backup", "web2"], /There is no host "web2"\./, "configure-host"],
    [["backup", "web2", "--dry-run"], /There is no host "web2"\./, "configure-host"],
    [["runs", "web2"], /There is no host "web2"\./, "pobsync hosts"],
    [["snapshots", "web2"], /There is no host "web2"\./, "pobsync hosts"],
    [["remove-host", "web2", "--yes"], /There is no host "web2"\./, "pobsync hosts"],
    [["show-run", "4711"], /There is no run 4711\./, "pobsync runs"],
    [
      ["show-host", "\u001b[31mred\u202e"],
      /^There is no host "\\x1b\[31mred\\u\{202e\}"\.$/,
      "pobsync hosts",
    ],
  ])("%j is said with exit 5, and how to find what there is", async (args, message, hint) => {
    const result = await pobsync.run("--json", ...args);
    expect(refusal(result)).toMatchObject({
      exit: 5,
      code: "not_found",
      message: expect.stringMatching(message),
      hint: expect.stringContaining(hint),
    });
    expect(result.stderr).toContain("→ ");
  });

  it("is not confused with one that is disabled", async () => {
    await pobsync.run("configure-host", "web1", "--disable");
    const result = await pobsync.run("--json", "backup", "web1");
    await pobsync.run("configure-host", "web1", "--enable");
    expect(refusal(result)).toMatchObject({
      exit: 2,
      code: "host_disabled",
      hint: "Enable it first: pobsync configure-host web1 --enable",
    });
  });
});

describe("an installation that is not ready", () => {
  /** Every command that needs a database, in a state folder of its own. */
  const inState = (name: string, more: Record<string, string> = {}) => {
    const stateDir = join(world.dir, name);
    const environment = {
      POBSYNC_STATE_DIR: stateDir,
      POBSYNC_DATABASE_URL: `sqlite:${stateDir}/pobsync.sqlite3`,
      ...more,
    };
    return { file: `${stateDir}/pobsync.sqlite3`, pobsync: pobsyncIn(world, { environment }) };
  };
  const needing = [["status"], ["hosts"], ["backup", "web1"], ["configure-global"], ["runs"], ["snapshots"]];

  it("names migrate when there is no database, and makes none", async () => {
    const fresh = inState("fresh");
    for (const args of needing) {
      const { exit, code, hint } = refusal(await fresh.pobsync.run("--json", ...args));
      expect({ args, exit, code, hint }).toEqual({
        args,
        exit: 6,
        code: "database_missing",
        hint: "Create it: pobsync migrate",
      });
    }
    const doctor = await fresh.pobsync.run("--json", "doctor");
    expect([doctor.code, doctor.stdout]).toEqual([6, expect.stringContaining("database_missing")]);
    await expect(runTool("test", ["-e", fresh.file])).rejects.toThrow();
  });

  it("names configure-global when nothing is configured", async () => {
    const empty = inState("empty");
    expect((await empty.pobsync.run("migrate")).code).toBe(0);
    for (const args of needing.slice(1, 4)) {
      expect(refusal(await empty.pobsync.run("--json", ...args))).toMatchObject({
        exit: 6,
        code: "not_configured",
        hint: expect.stringContaining("pobsync configure-global --backup-root PATH"),
      });
    }
    expect((await empty.pobsync.run("status")).stdout).toContain(
      "pobsync configure-global --backup-root PATH",
    );
  });

  it("names migrate when the database has no tables yet", async () => {
    const bare = inState("empty-file");
    await runTool("mkdir", [join(world.dir, "empty-file")]);
    new DatabaseSync(bare.file).close();
    expect(refusal(await bare.pobsync.run("--json", "hosts"))).toMatchObject({
      exit: 6,
      code: "database_not_migrated",
      hint: expect.stringContaining("pobsync migrate"),
    });
  });

  it("refuses a database of a newer version, and migrate does not touch it", async () => {
    const newer = inState("newer");
    await newer.pobsync.run("migrate");
    const database = new DatabaseSync(newer.file);
    database.exec("INSERT INTO pobsync_migrations VALUES ('9999-from-the-future', '2030-01-01')");
    for (const args of [...needing, ["migrate"]]) {
      expect(refusal(await newer.pobsync.run("--json", ...args))).toMatchObject({
        exit: 6,
        code: "database_newer",
        detail: expect.stringContaining("9999-from-the-future"),
        hint: expect.stringContaining("newer version of pobsync"),
      });
    }
    database.close();
  });

  it.each([
    ["a file that is no database", { POBSYNC_DATABASE_URL: "sqlite:/etc/hostname" }, "database_unavailable"],
    ["a folder", { POBSYNC_DATABASE_URL: "sqlite:/etc" }, "database_unavailable"],
    ["an unknown kind", { POBSYNC_DATABASE_URL: "postgres://x/y" }, "bad_environment"],
    ["no file name", { POBSYNC_DATABASE_URL: "sqlite:" }, "bad_environment"],
    ["a closed port", { POBSYNC_DATABASE_URL: "mariadb://u:secret@127.0.0.1:1/db" }, "database_unavailable"],
    ["an empty state folder", { POBSYNC_STATE_DIR: "" }, "bad_environment"],
    ["a secret file that is gone", { POBSYNC_DATABASE_URL_FILE: "/nowhere" }, "bad_environment"],
  ])("refuses %s as its database with exit 6, and tells no password", async (_what, more, code) => {
    const result = await inState("other", more).pobsync.run("--json", "hosts");
    expect(refusal(result)).toMatchObject({ exit: 6, code });
    expect(result.stdout + result.stderr).not.toContain("secret@");
  });
});

describe("output", () => {
  it("survives a reader who leaves before the end", async () => {
    const script = `for n in 1 2 3 4 5 6; do "$0" runs --all | true; echo "\${PIPESTATUS[0]}"; done; "$0" --help | head -n 1`;
    const { stdout, stderr } = await pobsyncIn(world, { program: "bash" }).run("-c", script, programPath);
    expect(stderr).not.toContain("EPIPE");
    expect(stdout).toMatch(/^(0\n){6}Usage: pobsync/);
  });
});

const programPath = join(import.meta.dirname, "../../bin/pobsync");
