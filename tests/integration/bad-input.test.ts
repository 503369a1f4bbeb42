// Whatever is typed where it does not belong: refused with what and why, and nothing is half-written.
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badForHosts, badForSites, badHostNames, badNumbers } from "../support/bad-values.ts";
import { type CommandResult, type Pobsync, pobsyncIn } from "../support/pobsync.ts";
import { makeWorld, type World } from "../support/world.ts";

let world: World;
let pobsync: Pobsync;
let before: unknown;
beforeAll(async () => {
  world = makeWorld();
  pobsync = pobsyncIn(world);
  await pobsync.run("migrate");
  await pobsync.run("configure-global", "--backup-root", world.backupRoot, "--keep-daily", "7");
  await pobsync.run(
    "configure-host",
    "web1",
    "--address",
    "192.0.2.1",
    "--source",
    "/etc",
    "--keep-last",
    "3",
  );
  before = await everything();
});
// Hooks of this kind run from the last to the first.
afterAll(() => world.dispose());
afterAll(async () => expect(await everything()).toEqual(before));

/** All that is configured, and every name below the world. */
async function everything(): Promise<unknown> {
  const commands = [["configure-global"], ["hosts"], ["show-host", "web1"], ["runs"], ["status"]];
  const results = await Promise.all(commands.map((command) => pobsync.run("--json", ...command)));
  // How much is free on the disk is nobody's configuration.
  const texts = results.map((result) => result.stdout.replaceAll(/"free(Bytes|Inodes)": \d+/g, ""));
  return { texts, paths: readdirSync(world.dir, { recursive: true }).sort() };
}

/** Every control character but the line feed, and what turns or hides text. */
const UNPRINTABLE = /[^\P{Cc}\n]|[\u200b-\u200f\u2028-\u202e\u2066-\u2069]/u;

/** What is wrong with a refusal, or null: exit 2, one JSON document, a code, a short and printable sentence with a reason. */
function faultOf({ code, stdout, stderr }: CommandResult): string | null {
  if (code !== 2) return `exit ${code}: ${stderr.slice(0, 300)}`;
  const { problem } = JSON.parse(stdout);
  if (problem.code !== "bad_input") return `code ${problem.code}`;
  if (problem.message.length < 20 || problem.message.length > 900) return `message "${problem.message}"`;
  if (!/[.)…]$/.test(problem.message) || problem.hint.length < 20) return `words "${problem.message}"`;
  if (!stderr.includes(`✗ ${problem.message}\n`)) return `stderr "${stderr}"`;
  if (UNPRINTABLE.test(stderr) || UNPRINTABLE.test(stdout)) return `unprintable ${JSON.stringify(stderr)}`;
  return null;
}

/** Runs the commands, a few at a time, and tells which of them were not refused properly. */
async function faults(commands: readonly (readonly string[])[]): Promise<string[]> {
  const found: string[] = [];
  const queue = [...commands];
  const work = async (): Promise<void> => {
    for (let command = queue.shift(); command !== undefined; command = queue.shift()) {
      const fault = faultOf(await pobsync.run("--json", ...command));
      if (fault !== null) found.push(`${JSON.stringify(command).slice(0, 200)}: ${fault}`);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return found;
}

/**
 * Commands with some of the values: the first, a very long and an unprintable one. That all of them are refused is
 * tested without a process for each (tests/unit/domain/bad-values.test.ts).
 */
const someOf = (options: Readonly<Record<string, readonly string[]>>, ...command: string[]) =>
  Object.entries(options).flatMap(([option, values]) =>
    [values[0], values.find((value) => value.length > 5000), values.find((value) => UNPRINTABLE.test(value))]
      .filter((value) => value !== undefined)
      .map((value) => [...command, `${option}=${value}`]),
  );

describe("a refused command says what and why, and leaves no trace", () => {
  it("of configure-host, for every option, beside values that are right", async () => {
    expect(await faults(someOf(badForHosts, "configure-host", "web1", "--keep-weekly=4"))).toEqual([]);
  });

  it("of configure-global, for every option of its own", async () => {
    const own = Object.fromEntries(
      Object.entries(badForSites).filter(([option]) => !(option in badForHosts) || option === "--unset"),
    );
    expect(await faults(someOf(own, "configure-global", "--keep-weekly=4"))).toEqual([]);
    const root = `${world.dir}/new root`;
    expect(await faults([["configure-global", "--backup-root", root, "--keep-daily", "x"]])).toEqual([]);
  });

  it("of configure-host with a name that is not plain, and no host is made of it", async () => {
    const commands = badHostNames.map((name) => ["configure-host", "--address=192.0.2.1", "--", name]);
    expect(await faults(commands)).toEqual([]);
  });

  it("with too much, too little, a contradiction or a typing error", async () => {
    const commands = [
      ["configure-host", "new"],
      ["configure-host", "web1", "--enable", "--disable"],
      ["configure-host", "web1", "--address"],
      ["configure-host", "web1", "extra"],
      ["configure-host"],
      ["configure-host", "web1", "--adress=192.0.2.1"],
      ["backup", "web1", "--\u001b[31m\u202egnp"],
      ["\u001b[31m\u009b31m\u202egnp"],
      ["configure-global", "--source", "/etc"],
      ["show-run"],
      ["show-host"],
      ["backup"],
      ["backup", "web1", "web2"],
      ["remove-host", "web1", "--yes", "--keep-snapshots", "--delete-snapshots"],
    ];
    expect(await faults(commands)).toEqual([]);
  });

  it("that wants a number or a fingerprint and gets none", async () => {
    const commands = [
      ...badNumbers.map((value) => ["show-run", "--", value]),
      ...["0", "x", "-1", "1e9", ""].map((value) => ["runs", `--limit=${value}`]),
      ...["0", "9".repeat(20)].map((value) => ["show-run", value]),
      ...["", "\u001b[31m", `SHA256:${"x".repeat(10_000)}`].map((value) => [
        "check-host",
        "web1",
        `--accept-host-key=${value}`,
      ]),
    ];
    expect(await faults(commands)).toEqual([]);
  });

  it("to remove a host without --yes", async () => {
    const { code, stdout, stderr } = await pobsync.run("--json", "remove-host", "web1");
    expect([code, JSON.parse(stdout).problem.code]).toEqual([2, "confirmation_needed"]);
    expect(stderr).toContain("→ Nothing was changed. Say --yes when you mean it.");
  });
});
