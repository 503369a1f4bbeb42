// The state of everything over the API: what needs a person, and the calendar of backups.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleHosts, startConsoleHosts } from "../../support/console-hosts.ts";

let site: ConsoleHosts;
beforeAll(async () => {
  site = await startConsoleHosts("2026-11-23T09:00:00Z");
});
afterAll(() => site.close());

describe("the state of everything", () => {
  it("begins with what to do first on a site that has nothing", async () => {
    const status = await site.see("/api/status");
    expect(status).toMatchObject({
      ...{ configured: true, sentence: "There are no hosts yet: add the first one." },
      ...{ hosts: [], attention: [], hostsTotal: 0, openTotal: { queued: 0, running: 0 } },
      disk: { backupRoot: site.world.backupRoot },
    });
    expect(status.disk.totalBytes).toBeGreaterThan(status.disk.freeBytes);
  });

  it("says who needs attention, worst first, with cause and next step", async () => {
    await site.addLocal("well");
    await site.addLocal("failing", { keepLast: 3 });
    await site.addLocal("late");
    await site.addLocal("new");
    await site.backUp("late", "2026-11-18T02:00:00Z");
    await site.backUp("failing", "2026-11-21T02:00:00Z");
    rmSync(join(site.world.hostDir, "failing"), { recursive: true });
    await site.backUp("failing", "2026-11-22T02:00:00Z");
    await site.backUp("failing", "2026-11-23T02:00:00Z");
    await site.backUp("well", "2026-11-23T03:00:00Z");
    const status = await site.see("/api/status");
    expect(status.sentence).toBe(
      "3 of 4 hosts need attention: failing failed, new was never backed up, late is late.",
    );
    expect(status.attention).toMatchObject([
      { host: "failing", code: "source_missing", level: "bad", since: "2026-11-22T02:00:00.000Z" },
      { host: "new", code: "never", hint: "Back it up now: pobsync backup new", run: null },
      { host: "late", code: "late", since: "2026-11-20T02:00:00.000Z" },
    ]);
    expect(status.attention[0].run).toBe(status.hosts[0].lastRun.id);
    expect(status.hosts.map(({ name }: { name: string }) => name)).toEqual([
      "failing",
      "new",
      "late",
      "well",
    ]);
    expect(status).toMatchObject({
      ...{ attentionTotal: 3, counts: { failing: 1, never: 1, late: 1, fresh: 1, disabled: 0 } },
      summary: "Somebody should look: 1 host failing, 1 host never backed up, 1 host late.",
    });
  });

  it("forecasts from what the backups brought when the disk will be full", async () => {
    const { items } = await site.see("/api/snapshots");
    const added = items.reduce((sum: number, { newBytes }: { newBytes: number }) => sum + newBytes, 0);
    expect(added).toBeGreaterThan(0);
    // The first backup was five days and seven hours ago; a few files will never fill a disk.
    expect(await site.see("/api/status/forecast")).toEqual({
      forecast: { days: 5, bytesPerDay: Math.round(added / (5 + 7 / 24)), fullAt: null },
    });
  });

  it("says that nobody works, when something waits", async () => {
    await site.request("operator", "POST", "/api/hosts/well/backup", {});
    const status = await site.see("/api/status");
    expect(status.sentence).toMatch(
      /^No worker is running, so what is queued waits \(1 run now\)\. 3 of 4 hosts /,
    );
    expect(status).toMatchObject({
      ...{ openTotal: { queued: 1, running: 0 }, open: [{ host: "well" }] },
      attention: { 0: { host: null, code: "nobody_works", level: "bad" } },
    });
    await site.workOff();
  });

  it("says that the disk is away, or too full for another backup", async () => {
    await site.request("admin", "PATCH", "/api/settings", { minFreePercent: 90 });
    const full = await site.see("/api/status");
    expect(full.attention[0]).toMatchObject({ host: null, code: "server_disk_full" });
    await site.request("admin", "PATCH", "/api/settings", { minFreePercent: 0 });
    rmSync(join(site.world.backupRoot, ".pobsync-root"));
    const away = await site.see("/api/status");
    expect(away).toMatchObject({ disk: null, attention: { 0: { code: "root_not_mounted", level: "bad" } } });
    expect(away.sentence).toMatch(/the backup disk is not mounted/);
    await site.request("admin", "PATCH", "/api/settings", { backupRoot: site.world.backupRoot });
    expect((await site.see("/api/status")).disk).not.toBeNull();
  });

  it("tells of warnings, of pruning that is held and of snapshots that are gone", async () => {
    await site.request("admin", "PATCH", "/api/hosts/well", { postHook: "/bin/false" });
    await site.backUp("well", "2026-11-23T04:00:00Z");
    const { items } = await site.see("/api/snapshots?host=late");
    rmSync(items[0].path, { recursive: true });
    await site.request("operator", "POST", "/api/hosts/late/discover");
    await site.workOff();
    const { attention, sentence } = await site.see("/api/status");
    expect(attention).toContainEqual(
      expect.objectContaining({ host: "well", code: "hook_failed", level: "warning" }),
    );
    expect(attention).toContainEqual(
      expect.objectContaining({ host: "late", code: "snapshots_missing", level: "bad" }),
    );
    expect(attention.at(-1)).toMatchObject({ host: "well", level: "warning" });
    expect(sentence).not.toMatch(/well/);
  });
});

describe("the calendar of backups", () => {
  it("has the worst of each day, in the site's time zone, and hosts in pages", async () => {
    await site.request("admin", "PATCH", "/api/settings", { timeZone: "Asia/Tokyo" });
    site.setClock("2026-11-23T14:59:59Z");
    const grid = await site.see("/api/status/grid?days=5");
    expect(grid.days).toEqual(["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]);
    const cells = Object.fromEntries(
      grid.items.map((item: { host: string; cells: string[] }) => [item.host, item.cells.join(" ")]),
    );
    expect(cells).toMatchObject({
      failing: "none none succeeded failed failed",
      well: "none none none none warning",
      new: "none none none none none",
    });
    site.setClock("2026-11-23T15:00:00Z");
    const first = await site.see("/api/status/grid?days=2&limit=1");
    expect(first).toMatchObject({
      days: ["2026-11-23", "2026-11-24"],
      items: [{ host: "failing", cells: ["failed", "none"] }],
      ...{ next: "failing", timeZone: "Asia/Tokyo" },
    });
    const rest = await site.see("/api/status/grid?days=2&after=failing");
    expect(rest.items.map(({ host }: { host: string }) => host)).toEqual(["late", "new", "well"]);
    expect(rest.next).toBeNull();
    expect((await site.see("/api/status/grid")).days).toHaveLength(30);
    for (const query of ["days=0", "days=91", "days=x", "limit=0"])
      expect((await site.request("viewer", "GET", `/api/status/grid?${query}`)).status).toBe(400);
  });
});

it("every fault is the caller's, none the server's", () => {
  expect(site.logged).toEqual([]);
});
