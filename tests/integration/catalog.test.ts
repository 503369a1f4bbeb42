// The catalog says of every snapshot what walking over it says, however it came to know it.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostContext } from "../../src/actions/host-context.ts";
import { type CatalogSync, syncCatalog } from "../../src/actions/sync-catalog.ts";
import { indexedSnapshots, openCatalog } from "../../src/catalog/catalog.ts";
import { catalogFile } from "../../src/system/catalog-file.ts";
import { cataloguedLines, walkedLines, wrongChecksums } from "../support/catalog-walk.ts";
import { type ClockedApp, clockedApp } from "../support/clocked-app.ts";
import { type HostUnderTest, makeHostUnderTest } from "../support/host-under-test.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

describe.each([
  ["ssh", 3],
  ["local", 4],
] as const)("a host that is backed up by %s and changes at random", (transport, seed) => {
  let under: HostUnderTest;
  let app: ClockedApp;
  beforeAll(async () => {
    under = await makeHostUnderTest(transport === "ssh" ? sshd : null, seed);
    app = await clockedApp(under.site, "2026-11-24T12:00");
  });
  afterAll(async () => {
    await app.close();
    await under.site.world.dispose();
  });

  const root = () => under.site.world.backupRoot;
  const sync = async (): Promise<CatalogSync> =>
    syncCatalog(app, root(), (await hostContext(app, "host")).host);
  const expectTruth = (): void => {
    const catalog = openCatalog(catalogFile(root(), "host"), "read");
    const names = under.site.onDisk("host", "snapshots");
    expect(
      indexedSnapshots(catalog)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names);
    for (const name of names) {
      const walked = walkedLines(under.site.pathOf("host", "snapshots", name, "data"));
      expect(cataloguedLines(catalog, name), name).toEqual(walked);
      expect(indexedSnapshots(catalog).find((one) => one.name === name)?.entries).toBe(walked.length);
    }
    catalog.close();
  };

  const ways = (): string[] => {
    const catalog = openCatalog(catalogFile(root(), "host"), "read");
    const found = indexedSnapshots(catalog).map(({ way }) => way);
    catalog.close();
    return found;
  };

  it("is indexed by what rsync said, round after round", async () => {
    for (let round = 0; round < 6; round += 1) {
      await under.change();
      await under.site.backUp("host");
    }
    expectTruth();
    expect(ways()).toEqual(Array(7).fill("log"));
  });

  it("has the checksum of every file, as the host computed it", () => {
    const newest = under.site.onDisk("host", "snapshots").at(-1) ?? "";
    const catalog = openCatalog(catalogFile(root(), "host"), "read");
    expect(wrongChecksums(catalog, newest, under.site.pathOf("host", "snapshots", newest, "data"))).toEqual(
      [],
    );
    catalog.close();
  });

  it("is indexed by walking when the catalog is lost, damaged, or knows the wrong base", async () => {
    writeFileSync(catalogFile(root(), "host"), "this is no database".repeat(1000));
    rmSync(`${catalogFile(root(), "host")}-wal`, { force: true });
    const again = await sync();
    expect(again.rebuilt).toBe(true);
    expect(again.indexed).toHaveLength(7);
    expectTruth();
  });

  it("forgets what is pruned, and finds its place again for what comes back", async () => {
    const [first = "", second = "", third = ""] = under.site.onDisk("host", "snapshots");
    for (const state of ["missing", "complete"]) {
      for (const name of [first, third]) {
        await app.db.sql.updateTable("snapshots").set({ state }).where("name", "=", name).execute();
        if (state === "missing")
          rmSync(join(under.site.pathOf("host"), "kept"), { recursive: true, force: true });
      }
      const { indexed } = await sync();
      expect(indexed.map(({ by }) => by)).toEqual(state === "missing" ? [] : ["walk", "walk"]);
    }
    expect(second).not.toBe("");
    expectTruth();
  });

  it("is indexed by what rsync said also when the base goes right afterwards, and says what changed", async () => {
    await under.site.ok("configure-host", "host", "--keep-last", "1");
    await under.change();
    const done = (await under.site.ok("--json", "backup", "host", "--prune")).json();
    expect(done.pruned).toContain(done.run.base);
    expect(ways()).toEqual(["log"]);
    const { changes } = (await under.site.ok("--json", "show-run", `${done.run.id}`)).json();
    expect(changes.added).toBeLessThan(100);
    expectTruth();
  });
});
