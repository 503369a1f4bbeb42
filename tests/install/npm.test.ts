// The guide for npm, followed to the letter on a machine that has npm.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readGuide } from "../support/guide.ts";
import { type Machine, type Machines, makeMachines, type Replacement } from "../support/machine.ts";
import { PACKAGES } from "../support/packages.ts";

const guide = readGuide("install/npm.md");
const upgrading = readGuide("upgrading.md");
const HOST = "web1.example.org";
const SUMS = "find etc srv -type f -print0 | sort -z | xargs -0 sha256sum";

let machines: Machines;
let server: Machine;
let file: string;
beforeAll(() => {
  machines = makeMachines();
  server = machines.start("node:24-bookworm-slim");
  file = readdirSync(PACKAGES).find((name) => name.endsWith(".tgz")) ?? "";
  server.copyIn(join(PACKAGES, file), `/root/${file}`);
});
afterAll(() => machines.dispose());

const BY_HAND: readonly Replacement[] = [
  ["apt install", "apt-get install -y"],
  [
    /createsuperuser --username ada\n/,
    "createsuperuser --username ada --password-stdin <<< 'correct horse battery stapler'\n",
  ],
];
const follow = (heading: string, from = 0, to?: number): string =>
  server.run(guide.section(heading).slice(from, to).join("\n"), BY_HAND);

describe("the npm package", () => {
  it("installs without a compiler, and the guide leads to a first backup", () => {
    follow("Installing with npm");
    expect(follow("Install")).toMatch(/^\d+\.\d+\.\d+$/m);
    expect(follow("First backup")).toContain("hostname");
  });

  it("backs a host up over ssh", () => {
    const made = follow("A host over ssh", 0, 1);
    const host = machines.startHost(HOST, made.slice(made.indexOf("ssh-ed25519")));
    follow("A host over ssh", 1);
    const stored = server.run(`cd /mnt/backups/pobsync/web1/latest/data && ${SUMS}`);
    expect(stored).toBe(host.run(`cd / && ${SUMS}`));
  });

  it("runs as a service, which executes what is queued", () => {
    follow("As a service");
    const { run } = JSON.parse(server.run("pobsync --json backup web1 --queue"));
    server.run(`pobsync show-run ${run.id} --follow`);
    const { findings } = JSON.parse(server.run("pobsync --json doctor"));
    expect(findings[0]).toMatchObject({
      what: "installation",
      found: expect.stringMatching(/^an npm package/),
    });
  });

  it("is upgraded as the guide says, and works on what it had", () => {
    const snapshots = (): number => JSON.parse(server.run("pobsync --json snapshots web1")).items.length;
    const before = snapshots();
    server.copyIn(join(PACKAGES, file), "/root/pobsync-NEW.tgz");
    server.run(upgrading.section("npm").join("\n"));
    const { run } = JSON.parse(server.run("pobsync --json backup web1 --queue"));
    server.run(`pobsync show-run ${run.id} --follow`);
    expect(snapshots()).toBe(before + 1);
  });

  it("leaves database and backups when it is removed", () => {
    follow("What is where");
    expect(
      server.run("ls /var/lib/pobsync/pobsync.sqlite3 && ls /mnt/backups/pobsync/web1/latest/data"),
    ).toContain("etc");
    expect(server.run("command -v pobsync || true").trim()).toBe("");
  });
});
