// Proof on a schedule: everything is read again in small pieces, drills come when they are due, and nothing waits for either.
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { upkeep } from "../../src/actions/upkeep.ts";
import { openCatalog } from "../../src/catalog/catalog.ts";
import { PLAIN_RUN, type Run } from "../../src/domain/run.ts";
import { freeSlots, isProving, nextCandidates } from "../../src/store/candidates.ts";
import { requireHost } from "../../src/store/hosts.ts";
import { listProofs } from "../../src/store/proofs.ts";
import { claimRun, enqueue } from "../../src/store/run-queue.ts";
import { listRuns } from "../../src/store/runs.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { type ClockedApp, clockedApp } from "../support/clocked-app.ts";
import { workOff } from "../support/work-off.ts";

let site: BackupSite;
let app: ClockedApp;
const HOUR_MS = 3_600_000;
/** Backups are made by the program, at the time that it really is. */
let began = Date.now();
const setDay = (days: number): void =>
  app.setClock(new Date(began + days * 24 * HOUR_MS).toISOString().slice(0, -1));
const look = () => upkeep(app)();
const runsOf = (kind: Run["kind"]): Promise<Run[]> => listRuns(app.db, { kind });
const waiting = async (kind: Run["kind"]) => listRuns(app.db, { kind, statuses: ["queued"] });

/** The longest time that any stored file was not read for, in days; those never read count from their snapshot. */
function oldestDays(host: string): number {
  const catalog = openCatalog(site.pathOf(host, "catalog.sqlite3"), "read");
  const { since } = catalog
    .prepare("SELECT min(coalesce(verified, first / 1000)) AS since FROM versions WHERE type = 'f'")
    .get() as { since: number };
  catalog.close();
  return (app.clock().getTime() - since) / (24 * HOUR_MS);
}

beforeAll(async () => {
  site = await makeSite();
  for (let n = 0; n < 40; n += 1) writeFileSync(join(site.world.hostDir, `${n}`), `${n}`.repeat(1000));
  for (const host of ["one", "two"]) {
    await site.configureHost(host, null, "--source", site.world.hostDir);
    await site.backUp(host);
  }
  await site.configureHost("empty", null, "--source", site.world.hostDir);
  began = Date.now();
  app = await clockedApp(site, "2030-01-01T00:00");
  setDay(0.01);
});
afterAll(async () => {
  await app.close();
  await site.world.dispose();
});

describe("while nobody has asked for it", () => {
  it("nothing is queued, but what is stored is known", async () => {
    await look();
    expect(await runsOf("verify")).toEqual([]);
    expect(await runsOf("drill")).toEqual([]);
    const { id } = await requireHost(app.db, "one");
    const { weight } = (await listProofs(app.db)).get(id) ?? {};
    expect(weight).toMatchObject({ files: 40, damaged: 0, reads: [] });
    expect(weight?.bytes).toBe((10 * 1 + 30 * 2) * 1000);
  });
});

describe("with --verify-within", () => {
  beforeAll(() => site.ok("configure-global", "--verify-within", "8d"));

  it("everything is read again within the time, in pieces, of each host in turn", async () => {
    for (let hours = 1; hours <= 24 * 18; hours += 8) {
      setDay(0.01 + hours / 24);
      await look();
      await workOff(app);
      for (const host of ["one", "two"]) expect(oldestDays(host)).toBeLessThanOrEqual(8.4);
    }
    const runs = await runsOf("verify");
    expect(new Set(runs.map(({ host }) => host))).toEqual(new Set(["one", "two"]));
    expect(runs.every(({ trigger, status }) => trigger === "scheduled" && status === "succeeded")).toBe(true);
    const most = Math.max(...runs.map(({ result }) => Number(result?.checked)));
    expect(most).toBeLessThan(20);
    // Eight pieces in eight days, of each of two hosts.
    expect(runs.length).toBeLessThan(60);
  });

  it("all of it counts as read again, and is kept for whoever asks", async () => {
    const { id } = await requireHost(app.db, "one");
    const { weight } = (await listProofs(app.db)).get(id) ?? {};
    expect(weight?.reads.reduce((sum, [, bytes]) => sum + bytes, 0)).toBe(weight?.bytes);
  });

  it("nothing is queued twice, whoever looks, nor while the disk is absent", async () => {
    setDay(40);
    renameSync(site.world.backupRoot, `${site.world.backupRoot}.away`);
    await look().catch(() => {});
    expect(await waiting("verify")).toEqual([]);
    renameSync(`${site.world.backupRoot}.away`, site.world.backupRoot);
    await Promise.all([look(), look(), look()]);
    await look();
    expect((await waiting("verify")).map(({ host }) => host).sort()).toEqual(["one", "two"]);
  });

  it("a backup does not wait for it: it comes first, and has a place of its own", async () => {
    const now = app.clock();
    const owner = { workerId: "w", processIdentity: "p", leaseSeconds: 60, node: app.node };
    const { id: hostId } = await requireHost(app.db, "one");
    const [spare] = await nextCandidates(app.db, app.node, now, 1, "spare");
    expect(spare?.kind).toBe("verify");
    if (spare === undefined) return;
    const free = await freeSlots(app.db, app.node, 1);
    expect(await isProving(app.db, app.node)).toBe(false);
    expect(await claimRun(app.db, spare, owner, null, { startedAt: now, snapshotName: null })).toBe(true);
    expect(await isProving(app.db, app.node)).toBe(true);
    expect(await freeSlots(app.db, app.node, 1)).toEqual(free);
    const backup = {
      ...({ hostId, kind: "backup", trigger: "scheduled", requestedBy: null } as const),
      options: { ...PLAIN_RUN, retry: false },
    };
    const id = await enqueue(app.db, backup, now);
    const order = await nextCandidates(app.db, app.node, now, 10);
    expect(order.map(({ kind }) => kind)).toEqual(["backup", "verify"]);
    expect((await nextCandidates(app.db, app.node, now, 10, "pressing")).map((run) => run.id)).toEqual([id]);
    // Its owner is none that could end it.
    await app.db.sql.deleteFrom("runLeases").where("runId", "=", spare.id).execute();
    await app.db.sql.updateTable("runs").set({ status: "cancelled" }).where("id", "=", spare.id).execute();
  });

  it("keeps no prune waiting while it waits, and reads what is left", async () => {
    await site.configureHost("one", null, "--keep-last", "1");
    const { snapshot } = await site.backUp("one");
    const applied = (await site.ok("--json", "retention", "one", "--apply", "--yes")).json();
    expect(applied.remove.length).toBeGreaterThan(0);
    setDay(60);
    await look();
    expect((await waiting("verify")).map(({ host }) => host)).toContain("one");
    const next = await site.backUp("one");
    expect((await site.ok("--json", "retention", "one", "--apply", "--yes")).json().remove).toMatchObject([
      { snapshot: { name: snapshot.name } },
    ]);
    await workOff(app);
    const [run] = (await runsOf("verify")).filter(({ host }) => host === "one");
    expect(run).toMatchObject({ status: "succeeded", result: { unreadable: [], damaged: [] } });
    expect(Number(run?.result?.checked)).toBeGreaterThan(0);
    const left = (await site.snapshots("one")).map(({ name }) => name);
    expect([left.includes(next.snapshot.name), left.includes(snapshot.name)]).toEqual([true, false]);
    setDay(40);
  });

  it("is switched off for one host with a word", async () => {
    await site.configureHost("two", null, "--verify-within", "off");
    const detail = (await site.ok("--json", "show-host", "two")).json();
    expect(detail.effective.verifyWithinSeconds).toEqual([{ value: null, origin: "host" }]);
  });
});

describe("with --drill-every", () => {
  it("each host with a snapshot has a drill when it is due, and no sooner", async () => {
    await site.ok("configure-global", "--unset", "verifyWithinSeconds", "--drill-every", "7d");
    await site.ok("worker");
    const drilled = async () => (await runsOf("drill")).map(({ host }) => host).sort();
    for (const [day, expected] of [
      [50, 1],
      [51, 1],
      [56.9, 1],
      [57.1, 2],
      [64.2, 3],
    ] as const) {
      setDay(day);
      await look();
      await workOff(app);
      expect(await drilled()).toEqual([...Array(expected).fill("one"), ...Array(expected).fill("two")]);
    }
    const { id } = await requireHost(app.db, "one");
    const [newest] = await runsOf("drill");
    const { lastDrill } = (await listProofs(app.db)).get(id) ?? {};
    expect(lastDrill).toMatchObject({ status: "succeeded", sampled: 40, faults: 0 });
    expect(newest).toMatchObject({ trigger: "scheduled", status: "succeeded", requestedBy: null });
  });
});
