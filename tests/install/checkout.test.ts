// The guide for a checkout, followed to the letter, and its upgrade from the commit before with a database in use.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readGuide } from "../support/guide.ts";
import { type Machine, type Machines, makeMachines, type Replacement } from "../support/machine.ts";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));
const guide = readGuide("install/README.md");
const npm = readGuide("install/npm.md");
const upgrading = readGuide("upgrading.md");

let folder: string;
let machines: Machines;
let server: Machine;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pobsync-checkout-"));
  machines = makeMachines();
  server = machines.start("node:24-bookworm-slim");
});
afterAll(() => {
  machines.dispose();
  rmSync(folder, { recursive: true });
});

/** Puts the repository, as it is at that commit, where the guide's address leads on that machine. */
function publish(commit: string): void {
  const clone = join(folder, commit.replace(/\W/g, ""));
  const git = (...args: string[]) => execFileSync("git", ["-C", clone, ...args], { stdio: "pipe" });
  execFileSync("git", ["clone", "--quiet", CHECKOUT, clone], { stdio: "pipe" });
  git("checkout", "--quiet", "-B", "main", commit);
  git("bundle", "create", "all.bundle", "HEAD", "main");
  server.copyIn(join(clone, "all.bundle"), "/root/pobsync.bundle");
}

const BY_HAND: readonly Replacement[] = [
  ["apt install", "apt-get install -y"],
  ["https://git.example.org/pobsync.git", "/root/pobsync.bundle"],
];
/** In a shell that somebody opens: it knows what the guide had root's profile say. */
const inShell = (commands: string): string => server.run(`. /root/.profile\n${commands}`, BY_HAND);
const snapshots = (): number => JSON.parse(inShell("pobsync --json snapshots this-machine")).items.length;
const storedFiles = (): string[] =>
  inShell(
    "cd /mnt/backups/pobsync/this-machine/snapshots && find . -type f -print0 | sort -z | xargs -0 sha256sum",
  )
    .trim()
    .split("\n");

function backUpByService(): void {
  const { run } = JSON.parse(inShell("pobsync --json backup this-machine --queue"));
  inShell(`pobsync show-run ${run.id} --follow`);
}

describe("a checkout", () => {
  it("is installed as the guide says, and leads to a first backup", () => {
    publish("HEAD~1");
    // The first block is the look that needs no installation.
    server.run(guide.section("From a checkout").slice(1, 3).join("\n"), BY_HAND);
    expect(inShell(npm.section("First backup").join("\n"))).toContain("hostname");
  });

  it("runs as a service, which executes what is queued", () => {
    server.run(guide.section("From a checkout").slice(3).join("\n"));
    backUpByService();
    expect(snapshots()).toBe(2);
  });

  it("is upgraded as the guide says, and works on what it had", () => {
    const stored = storedFiles();
    publish("HEAD");
    inShell(upgrading.section("Checkout").join("\n"));
    expect(server.run("git -C /opt/pobsync rev-parse HEAD")).toBe(
      execFileSync("git", ["-C", CHECKOUT, "rev-parse", "HEAD"], { encoding: "utf8" }),
    );
    backUpByService();
    expect(snapshots()).toBe(3);
    expect(storedFiles()).toEqual(expect.arrayContaining(stored));
  });
});
