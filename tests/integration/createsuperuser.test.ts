// Accounts from the command line: passwords come from stdin, a file or a terminal, and never from the arguments.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCredentials } from "../../src/store/credentials.ts";
import { openDatabase } from "../../src/store/database.ts";
import { isPassword } from "../../src/system/passwords.ts";
import { PASSWORD } from "../support/people.ts";
import { type Pobsync, pobsyncIn, pobsyncProgram } from "../support/pobsync.ts";
import { makeWorld, type World } from "../support/world.ts";

let world: World;
let pobsync: Pobsync;
beforeAll(async () => {
  world = makeWorld();
  pobsync = pobsyncIn(world);
  expect(await pobsync.run("createsuperuser", "--username", "ada")).toMatchObject({ code: 6 });
  await pobsync.run("migrate");
});
afterAll(() => world.dispose());

async function hasPassword(username: string, password: string): Promise<boolean> {
  const db = await openDatabase(world.environment.POBSYNC_DATABASE_URL ?? "");
  const found = await findCredentials(db, username);
  await db.close();
  return found !== null && (await isPassword(password, found.passwordHash));
}

const usernames = async () =>
  (await pobsync.run("--json", "users")).json().items.map(({ username }: { username: string }) => username);

/** The command on a terminal, where somebody answers each question; returns what the terminal showed. */
async function atTerminal(command: string, answers: readonly string[], more: Record<string, string> = {}) {
  const child = spawn("script", ["-qec", `${pobsyncProgram} ${command}`, "/dev/null"], {
    cwd: world.dir,
    env: { ...process.env, ...world.environment, ...more },
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (child.pid !== undefined) world.owns(child.pid);
  let shown = "";
  const left = [...answers];
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    shown += part;
    if (/(Password of \w+|The same again): $/.test(shown) && left.length > 0)
      child.stdin.write(left.shift() ?? "");
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, shown: stripVTControlCharacters(shown) };
}

describe("an account from the command line", () => {
  it("has the password that stdin says, and by default the role of an admin", async () => {
    const made = await pobsync.runWithInput(
      `${PASSWORD}\n`,
      ...["--json", "createsuperuser", "--username", "Ada", "--password-stdin"],
    );
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: "" });
    expect(made.json()).toMatchObject({ username: "ada", role: "admin", totp: false, lastLoginAt: null });
    expect(await hasPassword("ada", PASSWORD)).toBe(true);
  });

  it("has the password that a file holds, also behind a link, as secrets of containers are", async () => {
    const secrets = join(world.dir, "secrets");
    mkdirSync(secrets);
    writeFileSync(join(secrets, "data"), `${PASSWORD} of Bob\r\n`);
    chmodSync(join(secrets, "data"), 0o400);
    symlinkSync("data", join(secrets, "bob"));
    const options = [
      "--role",
      "operator",
      "--display-name",
      "Bob B.",
      "--password-file",
      join(secrets, "bob"),
    ];
    const { code, stdout } = await pobsync.run("createsuperuser", "--username", "bob", ...options);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "✓ bob can sign in to the console as operator.\n" });
    expect(await hasPassword("bob", `${PASSWORD} of Bob`)).toBe(true);
  });

  it("is asked for its password twice on a terminal, which shows nothing of it", async () => {
    const { code, shown } = await atTerminal("createsuperuser --username charlie --role viewer", [
      `x\u007f${PASSWORD}\r`,
      `${PASSWORD}\r`,
    ]);
    expect({ code, shown }).toMatchObject({ code: 0, shown: expect.stringContaining("charlie can sign in") });
    expect(shown).toMatch(/Password of charlie: \r?\n.*The same again: \r?\n/);
    expect(shown).not.toContain("horse");
    expect(await hasPassword("charlie", PASSWORD)).toBe(true);
  });

  it("takes what is typed ahead, or pasted, as the answer to the next question", async () => {
    const { code } = await atTerminal("set-password charlie", [`${PASSWORD} 2\r${PASSWORD} 2\r`]);
    expect(code).toBe(0);
    expect(await hasPassword("charlie", `${PASSWORD} 2`)).toBe(true);
  });

  it("is not made when the two differ, or somebody gives up", async () => {
    const differ = await atTerminal("createsuperuser --username dora", [`${PASSWORD}\r`, `${PASSWORD}!\r`]);
    expect(differ).toMatchObject({ code: 2, shown: expect.stringContaining("The two are not the same.") });
    for (const key of ["\u0003", "\u0004"]) {
      const given = await atTerminal("createsuperuser --username dora", [key]);
      expect(given).toMatchObject({ code: 130, shown: expect.stringContaining("nothing was changed") });
    }
    expect(await usernames()).toEqual(["ada", "bob", "charlie"]);
  });

  it.each([
    [/no terminal to ask/, "", ["--username", "dora"]],
    [/shorter than 12 characters/, "short\n", ["--username", "dora", "--password-stdin"]],
    [/is empty/, "\n", ["--username", "dora", "--password-stdin"]],
    [/has more than one line/, "one\ntwo\n", ["--username", "dora", "--password-stdin"]],
    [/is too long/, "x".repeat(100_000), ["--username", "dora", "--password-stdin"]],
    [/NUL character/, `${PASSWORD}\0`, ["--username", "dora", "--password-stdin"]],
    [
      /cannot be read from that file: ENOENT/,
      "",
      ["--username", "dora", "--password-file", "/nowhere/at/all"],
    ],
    [/cannot be read from that file: EISDIR/, "", ["--username", "dora", "--password-file", "/"]],
    [/contradict each other/, "", ["--username", "dora", "--password-stdin", "--password-file", "/dev/null"]],
    [/must be one of: viewer/, "", ["--username", "dora", "--role", "root", "--password-stdin"]],
    [/The username/, "", ["--username", "no/body", "--password-stdin"]],
    [/There is a user ada already/, PASSWORD, ["--username", "ADA", "--password-stdin"]],
    [/--username/, "", ["--password-stdin"]],
  ])("is refused with %s", async (why, input, args) => {
    const { code, stdout, stderr } = await pobsync.runWithInput(input, "createsuperuser", ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(why);
    expect(stderr).not.toContain("short\n");
  });

  it("is made by its original name as well", async () => {
    // Nothing that was refused has left anything behind.
    expect(await usernames()).toEqual(["ada", "bob", "charlie"]);
    const args = ["createsuperuser", "--username", "dora", "--role", "viewer", "--password-stdin"];
    expect(await pobsync.runWithInput(PASSWORD, "manage", ...args)).toMatchObject({ code: 0 });
    const change = ["changepassword", "dora", "--password-stdin"];
    expect(await pobsync.runWithInput(`${PASSWORD} 2`, "django", ...change)).toMatchObject({ code: 0 });
    expect(await hasPassword("dora", `${PASSWORD} 2`)).toBe(true);
  });

  it("whose owner has lost phone and recovery codes gets in again with a new password alone", async () => {
    const args = ["set-password", "charlie", "--stop-codes", "--password-stdin"];
    expect(await pobsync.runWithInput(PASSWORD, ...args)).toMatchObject({ code: 0 });
    const { items } = (await pobsync.run("--json", "audit", "--limit", "2")).json();
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      ...["user.totp_reset", "user.password_set"],
    ]);
  });

  it("is listed, and goes when somebody says yes; the last admin stays", async () => {
    const { stdout } = await pobsync.run("users");
    expect(stdout).toMatch(/^bob +Bob B\. +operator +never$/m);
    const run = async (...args: string[]) => (await pobsync.run(...args)).code;
    expect(await run("remove-user", "bob")).toBe(2);
    expect(await run("remove-user", "nobody", "--yes")).toBe(5);
    expect(await run("set-password", "nobody", "--password-stdin")).toBe(5);
    expect((await pobsync.run("--json", "remove-user", "Bob", "--yes")).json()).toEqual({
      ...{ username: "bob", removed: true },
    });
    const last = await pobsync.run("remove-user", "ada", "--yes");
    expect(last).toMatchObject({ code: 2, stderr: expect.stringContaining("ada is the last admin") });
    expect(await usernames()).toEqual(["ada", "charlie", "dora"]);
  });
});
