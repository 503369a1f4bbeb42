// Drills of an untouched store: DRILLS of them (default 1000), each with a seed of its own from SOAK_SEED on, and not one false alarm.
import { afterAll, beforeAll, expect, it } from "vitest";
import { drillNow } from "../../src/actions/drill.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { type ClockedApp, clockedApp } from "../support/clocked-app.ts";
import { plantTree } from "../support/hostile-tree.ts";

const DRILLS = Number(process.env.DRILLS ?? 1000);
const SEED = Number(process.env.SOAK_SEED ?? 0);

let site: BackupSite;
let app: ClockedApp;
beforeAll(async () => {
  site = await makeSite();
  await plantTree(site.world.hostDir, { sparseMebibytes: 4 });
  await site.configureHost("nas", null, "--source", site.world.hostDir, "--canary", site.world.hostDir);
  await site.backUp("nas");
  await site.backUp("nas");
  await site.configureHost("nas", null, "--unset", "canaries");
  app = await clockedApp(site, new Date().toISOString().slice(0, -1));
});
afterAll(async () => {
  await app.close();
  await site.world.dispose();
});

it("none of them finds anything", async () => {
  const alarms: unknown[] = [];
  for (let round = SEED; round < SEED + DRILLS; round += 1) {
    const wish = { snapshot: null, files: 1 + (round % 50), bytes: null, seed: `soak-${round}` };
    const { status, result, problem } = await drillNow(app, "nas", wish, {});
    if (status !== "succeeded" || result?.faults !== 0) alarms.push({ round, status, problem });
    const done = round - SEED + 1;
    if (done % 50 === 0)
      process.stderr.write(`${done} drills up to soak-${round}, ${alarms.length} alarms\n`);
  }
  expect(alarms).toEqual([]);
});
