import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, it } from "vitest";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { type Visit, visit } from "../support/visit.ts";
let at: Visit;
async function inDatabase(change: (db: Database) => Promise<unknown>): Promise<void> {
  const db = await openDatabase(at.site.world.environment.POBSYNC_DATABASE_URL ?? "");
  try { await change(db); } finally { await db.close(); }
}
beforeAll(async () => { at = await visit(); });
afterAll(() => at.close());
it("looks", async () => {
  mkdirSync("/tmp/look", { recursive: true });
  const long = "a-host-with-a-name-that-goes-on-and-on-up-to-the-64th-letter-000";
  await at.site.addHost("web", [at.site.world.hostDir]);
  await at.site.addHost(long, [at.site.world.hostDir]);
  await at.site.backUp("web");
  const { snapshot } = await at.site.backUp("web");
  await at.site.backUp(long);
  await inDatabase(async (db) => {
    const now = new Date();
    for (const [n, host] of [["1", "web"], ["2", long], ["3", null]] as const) {
      const message = host === null ? "No scheduler is alive, so nothing will be backed up by itself." : `The source /srv/some/very/long/path/that/does/not/end/soon of ${host} is gone, and its backups fail.`;
      await db.sql.insertInto("alerts").values({ key: `k${n}`, openKey: `k${n}`, code: host === null ? "no_scheduler" : "source_missing", severity: n === "2" ? "warning" : "bad", message, flaps: Number(n), hint: `Look at ${host ?? "the scheduler: systemctl status pobsync"}.`, firstSeenAt: new Date(now.getTime() - 86400000 * Number(n)), openedAt: new Date(now.getTime() - 86400000 * Number(n)) } as never).execute();
    }
    await db.sql.updateTable("snapshots").set({ fakeSuper: true, anomaly: "812 of 900 changed files look encrypted" } as never).where("name", "=", snapshot).execute();
  });
  await at.site.ask("PATCH", "/api/hosts/web", { pingUrl: "https://hc.example.org/ping/3f0c-secret-9a" });
  const pages: [string, string][] = [["alerts", "/alerts"], ["host", "/hosts/web"], ["snapshot", `/snapshots/web/${snapshot}`], ["snapshots", "/snapshots"], ["hosts", "/hosts"], ["dashboard", "/"], ["configuration", "/hosts/web/configuration"], ["longhost", `/hosts/${long}`]];
  for (const [name, path] of pages)
    for (const [size, width, height] of [["wide", 1280, 900], ["phone", 390, 844]] as const)
      for (const scheme of ["light", "dark"] as const) {
        if (size === "wide" && scheme === "light" && name !== "alerts" && name !== "snapshot") continue;
        await at.page.setViewportSize({ width, height });
        await at.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        await at.goTo(path);
        await at.page.screenshot({ path: `/tmp/look/${name}-${size}-${scheme}.png`, fullPage: true });
      }
}, 300_000);
