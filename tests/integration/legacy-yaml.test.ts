// The predecessor's configuration comes in and goes out: previewed, repeatable, and nothing of it lost silently.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Pobsync, pobsyncIn } from "../support/pobsync.ts";
import { makeWorld, type World } from "../support/world.ts";

let world: World;
let pobsync: Pobsync;
let prefix: string;
beforeEach(async () => {
  world = makeWorld();
  pobsync = pobsyncIn(world);
  prefix = join(world.dir, "opt");
  mkdirSync(join(prefix, "config/hosts"), { recursive: true });
  expect((await pobsync.run("migrate")).code).toBe(0);
});
afterEach(() => world.dispose());

const write = (file: string, text: string): void => writeFileSync(join(prefix, "config", file), text);
const importing = (...args: string[]) => pobsync.run("import-configs", "--prefix", prefix, ...args);
const shown = async (...args: string[]) => (await pobsync.run("--json", ...args)).json();

function writeSite(): void {
  write(
    "global.yaml",
    `backup_root: ${world.backupRoot}
ssh: {user: backup, port: 2222}
rsync:
  args: [-aHAX, --numeric-ids]
  extra_args: [--compress]
defaults:
  source_root: /
  excludes: ["*.iso"]
retention: {daily: 14, weekly: 8}
`,
  );
  write(
    "hosts/web1.yaml",
    `address: web1.example.org
excludes_add: ["/srv/cache/*"]
retention: {daily: 3}
schedule: {cron: "15 2 * * *", prune: true}
`,
  );
  write("hosts/café.txt", "not a host");
}

describe("importing", () => {
  it("previews without changing anything, then does it, and finds nothing left to do", async () => {
    writeSite();
    const preview = await importing("--dry-run");
    expect(preview).toMatchObject({ code: 0, stderr: "" });
    expect(preview.stdout).toContain("+ host web1\n    address: web1.example.org\n");
    expect(preview.stdout).toContain("3 parts would change.");
    expect((await pobsync.run("hosts")).code).toBe(6);
    expect((await importing()).stdout).toContain("3 parts changed.");
    const host = await shown("show-host", "web1");
    expect(host.effective).toMatchObject({
      sshPort: [{ value: 2222, origin: "global" }],
      excludes: expect.arrayContaining([
        { value: "*.iso", origin: "global" },
        { value: "/srv/cache/*", origin: "host" },
      ]),
      keepDaily: [{ value: 3, origin: "host" }],
      keepWeekly: [{ value: 8, origin: "global" }],
    });
    expect((await shown("schedules")).items).toMatchObject([{ host: "web1", name: "default", prune: true }]);
    const again = await importing();
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain("Nothing changed: all of it is configured like that.");
    const { items } = await shown("audit");
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      "schedule.created",
      "host.created",
      "site.created",
    ]);
  });

  it("leaves alone what the files do not say", async () => {
    writeSite();
    await importing();
    await pobsync.run("configure-host", "web1", "--keep-last", "5", "--bwlimit", "10M");
    expect((await importing()).stdout).toContain("Nothing changed");
    expect((await shown("show-host", "web1")).effective.keepLast).toEqual([{ value: 5, origin: "host" }]);
  });

  it("takes a global list back when a host's file comes to replace it", async () => {
    writeSite();
    await importing();
    write("hosts/web1.yaml", 'address: web1.example.org\nexcludes_replace: ["*.log"]\n');
    expect((await importing()).code).toBe(0);
    const { excludes } = (await shown("show-host", "web1")).effective;
    expect(excludes.filter(({ origin }: { origin: string }) => origin !== "default")).toEqual([
      { value: "*.log", origin: "host" },
    ]);
    expect((await importing()).stdout).toContain("Nothing changed");
  });

  it("names what it leaves out, and ends with 3", async () => {
    writeSite();
    write("hosts/web1.yaml", "address: web1\nmail_to: ada\nrsync: {extra_args: [--inplace]}\n");
    const { code, stdout } = await importing();
    expect(code).toBe(3);
    expect(stdout).toContain("! config/hosts/web1.yaml: mail_to: is not known, and was left out.");
    expect(stdout).toMatch(/! config\/hosts\/web1\.yaml: rsync\.extra_args\[0\]: --inplace was left out: /);
    expect(stdout).toContain("2 lines of the files were left out; look at them.");
  });

  it.each([
    ["hosts/web1.yaml", "address: [", /config\/hosts\/web1\.yaml is no YAML/],
    [
      "hosts/web1.yaml",
      "retention: {daily: 3}",
      /web1 needs an address\.\n→ Add a line to config\/hosts\/web1\.yaml/,
    ],
    ["hosts/web1.yaml", "address: web1\nschedule: {prune: true}", /schedule\.cron is missing/],
    ["hosts/web1.yaml", "address: web1\nschedule: {cron: nightly}", /hosts\/web1\.yaml: schedule\.cron: /],
    ["hosts/-x.yaml", "address: web1", /host name/i],
    ["global.yaml", "a: &a [x]\nb: *nobody", /global\.yaml/],
  ])("refuses %s with %j, says where, and changes nothing", async (file, text, message) => {
    writeSite();
    write(file, text);
    const { code, stderr, stdout } = await importing();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect((await pobsync.run("hosts")).code).toBe(6);
  });

  it("says where it looked when there is nothing", async () => {
    const { code, stderr } = await pobsync.run("import-configs", "--prefix", join(world.dir, "nowhere"));
    expect(code).toBe(5);
    expect(stderr).toContain("There is no config/global.yaml and no config/hosts/*.yaml below ");
  });
});

describe("importing an rsnapshot.conf", () => {
  it("makes its hosts and rules in one command, and what it leaves behind is said", async () => {
    expect((await pobsync.run("configure-global", "--backup-root", world.backupRoot)).code).toBe(0);
    const file = join(world.dir, "rsnapshot.conf");
    const lines = [
      ["snapshot_root", "/var/cache/rsnapshot/"],
      ["retain", "daily", "7"],
      ["exclude", "*.iso"],
      ["backup", "root@web1.example.org:/etc/", "web1/"],
      ["backup", "/home/", "localhost/"],
    ];
    writeFileSync(file, `${lines.map((fields) => fields.join("\t")).join("\n")}\n`);
    const { code, stdout } = await pobsync.run("import-configs", "--from", "rsnapshot", file);
    expect(code).toBe(0);
    expect(stdout).toContain("discover-snapshots --host HOST --adopt rsnapshot /var/cache/rsnapshot/");
    expect((await shown("show-host", "web1")).effective).toMatchObject({
      sources: [{ value: "/etc", origin: "host" }],
      keepDaily: [{ value: 7, origin: "global" }],
    });
    expect((await shown("hosts")).items).toHaveLength(2);
    expect((await pobsync.run("import-configs", "--from", "rsnapshot", file)).stdout).toContain(
      "Nothing changed",
    );
  });

  it("asks for the file", async () => {
    expect(await pobsync.run("import-configs", "--from", "rsnapshot")).toMatchObject({ code: 2 });
    expect(await pobsync.run("import-configs", "--from", "bacula", "x")).toMatchObject({ code: 2 });
  });
});

describe("exporting", () => {
  const exporting = (to: string, ...args: string[]) => pobsync.run("export-configs", "--prefix", to, ...args);

  it("writes files whose import changes nothing, and remarks on what they cannot say", async () => {
    writeSite();
    await importing();
    await pobsync.run("configure-host", "db1", "--address", "db1", "--source", "/srv", "--source", "/etc");
    await pobsync.run("configure-host", "db1", "--keep-last", "5", "--exclude", "/srv/tmp/*", "--disable");
    await pobsync.run("configure-host", "here", "--transport", "local", "--one-file-system");
    const to = mkdtempSync(join(world.dir, "export-"));
    const { code, stdout } = await exporting(to);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `4 files written below ${to}/config.\n! config/hosts/db1.yaml: no words for keepLast\n`,
    );
    expect(readdirSync(join(to, "config/hosts"))).toEqual(["db1.yaml", "here.yaml", "web1.yaml"]);
    expect(readFileSync(join(to, "config/hosts/db1.yaml"), "utf8")).toContain(
      "# This format has no words for: keepLast\n",
    );
    const back = await pobsync.run("--json", "import-configs", "--prefix", to);
    expect(back.code).toBe(0);
    expect(back.json().parts.map(({ change }: { change: string }) => change)).toEqual(
      Array.from({ length: 5 }, () => "unchanged"),
    );
    expect(back.json().notes).toEqual([]);
  });

  it("overwrites nothing unless it is told to", async () => {
    writeSite();
    await importing();
    const before = readFileSync(join(prefix, "config/global.yaml"), "utf8");
    const { code, stderr } = await exporting(prefix);
    expect(code).toBe(2);
    expect(stderr).toContain("is there already.");
    expect(readFileSync(join(prefix, "config/global.yaml"), "utf8")).toBe(before);
    expect((await exporting(prefix, "--overwrite")).code).toBe(0);
    expect(readFileSync(join(prefix, "config/global.yaml"), "utf8")).not.toBe(before);
    expect(existsSync(join(prefix, "config/hosts/café.txt"))).toBe(true);
  });
});
