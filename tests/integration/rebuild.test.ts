// Hosts made anew from what their snapshots say, after the database was lost.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostDetailJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { discover, loseDatabase } from "../support/discovery.ts";
import { pobsyncIn } from "../support/pobsync.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { makeWorld } from "../support/world.ts";

let site: BackupSite;
let sshd: TestSshd;
let source = "";
beforeAll(async () => {
  [site, sshd] = await Promise.all([makeSite(), startSshd()]);
  source = join(site.world.hostDir, "source");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "content");
  const settings = [
    "--exclude",
    "*.tmp",
    "--keep-daily",
    "7",
    "--keep-within",
    "0",
    "--post-hook",
    "/bin/true",
  ];
  await site.configureHost("web1", sshd, "--source", source, ...settings);
  await site.configureHost("nas", null, "--source", source);
  for (const host of ["web1", "nas", "nas"]) await site.backUp(host);
  await site.ok("configure-host", "nas", "--disable");
});
afterAll(async () => {
  await site.world.dispose();
  await sshd.stop();
});

const hosts = async () =>
  (await site.ok("--json", "hosts")).json().items.map((host: HostDetailJson) => host.name);
/** What a person has said of a host, and the key by which it is known. */
async function saidOf(host: string) {
  const detail: HostDetailJson = (await site.ok("--json", "show-host", host)).json();
  const { name, address, transport, enabled, sources, includes, excludes, hostKeys, effective } = detail;
  return { name, address, transport, enabled, sources, includes, excludes, hostKeys, effective };
}
const NOT_CONFIGURED = "has snapshots, but no host of that name is configured; --rebuild makes it";

describe("in a new database", () => {
  it("nothing is done before there is a global configuration", async () => {
    const empty = makeWorld();
    const pobsync = pobsyncIn(empty);
    await pobsync.run("migrate");
    const { code, json } = await pobsync.run("--json", "discover-snapshots", "--rebuild");
    await empty.dispose();
    expect(code).toBe(6);
    expect(json().problem).toMatchObject({
      code: "not_configured",
      hint: expect.stringContaining("--backup-root"),
    });
  });

  it("unknown hosts are only named, until --rebuild makes them with their settings, host keys and snapshots", async () => {
    const before = [await saidOf("web1"), await saidOf("nas")];
    const snapshots = [await site.snapshots("web1"), await site.snapshots("nas")];
    await loseDatabase(site);
    const refused = ["nas", "web1"].map((host) => ({ path: site.pathOf(host), why: NOT_CONFIGURED }));
    expect(await discover(site, 0)).toMatchObject({ found: 0, refused, hosts: [] });
    const named = await site.pobsync.run("--json", "discover-snapshots", "--host", "web1");
    expect(named.code).toBe(5);
    expect(named.json().problem.hint).toContain("pobsync discover-snapshots --host web1 --rebuild");
    const planned = await discover(site, 0, "--rebuild", "--dry-run");
    expect(planned).toMatchObject({ found: 3, refused: [], hosts: [{ run: null }, { run: null }] });
    expect(await hosts()).toEqual([]);

    const text = (await site.ok("discover-snapshots", "--host", "web1", "--rebuild")).stdout;
    expect(text).toContain("pobsync show-host web1");
    expect(await hosts()).toEqual(["web1"]);
    const all = await discover(site, 0, "--rebuild");
    expect(all).toMatchObject({ found: 3, known: 1, refused: [] });
    expect(all.hosts).toMatchObject([
      { host: "nas", rebuilt: { configured: true, from: snapshots[1]?.[0]?.name } },
      { host: "web1", rebuilt: null },
    ]);
    // Its newest snapshot was made before it was switched off.
    expect([await saidOf("web1"), await saidOf("nas")]).toEqual([before[0], { ...before[1], enabled: true }]);
    expect(before[0]?.hostKeys).toHaveLength(1);
    for (const [index, host] of ["web1", "nas"].entries())
      expect(await site.snapshots(host)).toEqual(snapshots[index]?.map((one) => ({ ...one, runId: null })));
    const { run } = await site.backUp("web1");
    expect(run).toMatchObject({ base: snapshots[0]?.[0]?.name, warnings: [] });
    expect((await discover(site, 0, "--rebuild")).hosts.map(({ rebuilt }) => rebuilt)).toEqual([null, null]);
  });

  it("a host whose snapshots do not say how it is reached is made disabled, for a person to look at", async () => {
    for (const name of site.onDisk("nas", "snapshots")) {
      const file = site.pathOf("nas", "snapshots", name, "snapshot.json");
      const { configuration: _, ...older } = JSON.parse(readFileSync(file, "utf8"));
      writeFileSync(file, JSON.stringify(older));
    }
    await loseDatabase(site);
    const { stdout } = await site.ok("discover-snapshots", "--host", "nas", "--rebuild");
    expect(stdout).toContain("pobsync configure-host nas --address ADDRESS --enable");
    expect(await saidOf("nas")).toMatchObject({
      address: "nas",
      transport: "ssh",
      enabled: false,
      hostKeys: [],
    });
    expect(await site.snapshots("nas")).toHaveLength(2);
  });
});

describe("folders that no host can be made from", () => {
  it("are refused with the reason, whatever their snapshots say", async () => {
    const root = site.world.backupRoot;
    const [name] = site.onDisk("web1", "snapshots") as [string];
    const copyTo = (host: string, change: (own: string) => string) => {
      const folder = join(root, host, "snapshots", name);
      cpSync(site.pathOf("web1", "snapshots", name), folder, { recursive: true });
      const own = readFileSync(join(folder, "snapshot.json"), "utf8");
      writeFileSync(join(folder, "snapshot.json"), change(own));
    };
    copyTo("db1", (own) => own);
    copyTo("-oProxyCommand=x", (own) => own.replace('"web1"', '"-oProxyCommand=x"'));
    copyTo("db2", (own) => own.replace('"web1"', '"../../etc"'));
    copyTo("db3", (own) => own.replace('"web1"', '"db3"').replace(`"${sshd.address}"`, '"-oProxyCommand=x"'));
    mkdirSync(join(root, "empty", "snapshots"), { recursive: true });
    mkdirSync(join(root, "lost+found"));
    await loseDatabase(site);
    const { refused, hosts: made } = await discover(site, 0, "--rebuild");
    const why = Object.fromEntries(refused.map((entry) => [entry.path, entry.why]));
    const of = (host: string) => join(root, host, "snapshots", name);
    expect(why).toEqual({
      [join(root, "-oProxyCommand=x")]: "has snapshots, but no host can have such a name",
      [join(root, "db1")]: "has no snapshot of a host of that name",
      [of("db1")]: 'says that it is of the host "web1"',
      [join(root, "db2")]: "has no snapshot of a host of that name",
      [of("db2")]: 'says that it is of the host "../../etc"',
    });
    expect(made.map(({ host, rebuilt }) => [host, rebuilt?.configured])).toEqual([
      ["db3", false],
      ["nas", false],
      ["web1", true],
    ]);
    expect(await saidOf("db3")).toMatchObject({ address: "db3", enabled: false });
  });
});
