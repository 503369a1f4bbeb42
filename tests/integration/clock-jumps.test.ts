// A clock that jumped, and a backup that shrank: nothing goes before a person has said so, and then it is said once.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { applyRetention } from "../../src/actions/apply-retention.ts";
import { backUpNow } from "../../src/actions/back-up-now.ts";
import { hostContext } from "../../src/actions/host-context.ts";
import { judgeAnomaly } from "../../src/actions/judge-anomaly.ts";
import { planHostRetention } from "../../src/actions/plan-retention.ts";
import { queueTrashWork } from "../../src/actions/trash-upkeep.ts";
import { PLAIN_RUN } from "../../src/domain/run.ts";
import { listRuns } from "../../src/store/runs.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { type ClockedApp, clockedApp } from "../support/clocked-app.ts";

let site: BackupSite;
let app: ClockedApp;
beforeEach(async () => {
  site = await makeSite();
  mkdirSync(join(site.world.hostDir, "many"));
  for (let n = 0; n < 60; n += 1) writeFileSync(join(site.world.hostDir, "many", `${n}`), `file ${n}`);
  await site.configureHost(
    "nas",
    null,
    "--source",
    site.world.hostDir,
    "--keep-daily",
    "2",
    "--trash-keep",
    "1d",
  );
  app = await clockedApp(site, "2026-11-19T02:15");
  for (const day of [19, 20, 21, 22, 23]) {
    app.setClock(`2026-11-${day}T02:15`);
    await backUp();
  }
});
afterEach(async () => {
  await app.close();
  await site.world.dispose();
});

const backUp = (prune = false) => backUpNow(app, "nas", { ...PLAIN_RUN, retry: false, prune }, {});
const context = () => hostContext(app, "nas");
const apply = async (overrideHold = false) =>
  applyRetention(app, await context(), { maxDelete: null, overrideHold }, {});
const dismiss = (reason: string) => judgeAnomaly(app, "nas", "dismissed", reason);
const onDisk = () => site.onDisk("nas", "snapshots");

it("a day back: held until the clock is right again, and then nothing was lost", async () => {
  const before = onDisk();
  app.setClock("2026-11-22T02:10");
  await expect(apply()).rejects.toMatchObject({ code: "pruning_held" });
  const { run } = await backUp(true);
  expect(run).toMatchObject({ status: "warning", warnings: [{ code: "pruning_held" }], result: null });
  expect(onDisk()).toHaveLength(before.length + 1);
  app.setClock("2026-11-23T12:00");
  expect((await apply()).run.status).toBe("succeeded");
  expect(onDisk()).toHaveLength(2);
});

it("ten years forward: held before and after the backup that it dates, in the trash too, until a person's word", async () => {
  app.setClock("2026-11-23T12:00");
  await apply();
  const trashed = (await planHostRetention(app, await context())).removing;
  expect(trashed).toHaveLength(3);
  app.setClock("2036-11-23T02:15");
  await expect(apply()).rejects.toMatchObject({ code: "pruning_held" });
  const made = await backUp(true);
  expect(made.run).toMatchObject({ status: "warning", warnings: [{ code: "pruning_held" }] });
  const { site: settings } = await context();
  await queueTrashWork(app, settings);
  expect(await listRuns(app.db, { statuses: ["queued"] })).toEqual([]);
  expect((await planHostRetention(app, await context())).removing).toEqual(trashed);
  // The clock is mended, and one snapshot lies in the future now.
  app.setClock("2026-11-24T02:15");
  await expect(apply()).rejects.toMatchObject({ code: "pruning_held" });
  // Pruning in spite of it is for once, and settles nothing.
  expect((await apply(true)).run.status).toBe("succeeded");
  await expect(apply()).rejects.toMatchObject({ code: "pruning_held" });
  await dismiss("the clock is mended");
  app.setClock("2026-11-25T02:15");
  expect((await backUp(true)).run).toMatchObject({ status: "succeeded", warnings: [] });
});

it("a gap of a season waits for a word, and the word holds for the nights that follow", async () => {
  app.setClock("2027-04-01T02:15");
  expect((await backUp(true)).run.warnings).toMatchObject([{ code: "pruning_held" }]);
  app.setClock("2027-04-01T09:00");
  const refused = await apply().catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: "pruning_held",
    hint: expect.stringContaining("pobsync dismiss-anomaly nas --reason WHY"),
  });
  expect(await dismiss("the host was off")).toMatchObject({ held: null, snapshots: [] });
  expect((await apply()).run.status).toBe("succeeded");
  for (const day of ["02", "03"]) {
    app.setClock(`2027-04-${day}T02:15`);
    expect((await backUp(true)).run).toMatchObject({ status: "succeeded", warnings: [] });
  }
});

it("a backup that shrank holds pruning, the nights after it too, until it is as before or somebody has looked", async () => {
  rmSync(join(site.world.hostDir, "many"), { recursive: true });
  mkdirSync(join(site.world.hostDir, "many"));
  writeFileSync(join(site.world.hostDir, "many", "0"), "alone");
  const before = onDisk().length;
  for (const day of [24, 25]) {
    app.setClock(`2026-11-${day}T02:15`);
    const { run } = await backUp(true);
    expect(run.warnings.map(({ code }) => code)).toContain("pruning_held");
  }
  expect(onDisk()).toHaveLength(before + 2);
  const { held } = await planHostRetention(app, await context());
  expect(held?.message).toMatch(/^The snapshot 20261124T021500Z-manual-\w+ shrank: \d+ % fewer entries/);
  for (let n = 0; n < 60; n += 1) writeFileSync(join(site.world.hostDir, "many", `${n}`), `file ${n}`);
  app.setClock("2026-11-26T02:15");
  expect((await backUp(true)).run).toMatchObject({ status: "succeeded", warnings: [] });
  expect(onDisk()).toHaveLength(2);
});

it("the newest backup that failed holds pruning", async () => {
  await site.ok("configure-host", "nas", "--source", join(site.world.hostDir, "gone"));
  app.setClock("2026-11-24T02:15");
  expect((await backUp(true)).run.status).toBe("failed");
  expect(onDisk()).toHaveLength(5);
  await expect(apply()).rejects.toMatchObject({
    code: "pruning_held",
    message: expect.stringContaining("failed"),
  });
  // Of that no word makes a good backup.
  await expect(dismiss("it will be back")).rejects.toMatchObject({ code: "no_anomaly" });
});
