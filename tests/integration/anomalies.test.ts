// An anomaly from its beginning to a person's word: found by the host's own past, told, seen, and dismissed.
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { channelCourier } from "../../src/actions/alerts/channel-courier.ts";
import { lookOver } from "../../src/actions/alerts/look-over.ts";
import { applyRetention } from "../../src/actions/apply-retention.ts";
import { backUpNow } from "../../src/actions/back-up-now.ts";
import { describeHost } from "../../src/actions/describe-host.ts";
import { hostContext } from "../../src/actions/host-context.ts";
import { judgeAnomaly } from "../../src/actions/judge-anomaly.ts";
import { siteConditions } from "../../src/actions/site-conditions.ts";
import { siteFacts } from "../../src/actions/site-facts.ts";
import { JudgedAnomalyShape } from "../../src/contract/schemas.ts";
import { PLAIN_RUN } from "../../src/domain/run.ts";
import { liveAlerts } from "../../src/store/alerts.ts";
import { listAudit } from "../../src/store/audit.ts";
import { listSnapshots } from "../../src/store/snapshots.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { type ClockedApp, clockedApp } from "../support/clocked-app.ts";

const [FILES, NIGHTS] = [300, 6];

let site: BackupSite;
let app: ClockedApp;
let letters: string;
let minutes = 10;
beforeAll(async () => {
  site = await makeSite();
  letters = join(site.world.hostDir, "letters");
  mkdirSync(letters);
  for (let n = 0; n < FILES; n += 1) writeFileSync(join(letters, `${n}`), `letter ${n} `.repeat(900));
  await site.configureHost("nas", null, "--source", letters, "--keep-last", "2");
  app = await clockedApp(site, "2025-03-01T02:15");
});
afterAll(async () => {
  await app.close();
  await site.world.dispose();
});

let night = 0;
const backUp = async () => {
  night += 1;
  app.setClock(`2025-03-${String(night).padStart(2, "0")}T02:15`);
  return (await backUpNow(app, "nas", { ...PLAIN_RUN, retry: false }, {})).run;
};
const snapshots = () => listSnapshots(app.db, { states: ["complete"] });
const prune = async () =>
  applyRetention(app, await hostContext(app, "nas"), { maxDelete: null, overrideHold: false }, {});
/** Looks as a scheduler does, a little later each time: what holds is an alert after a few minutes. */
const alerts = async () => {
  minutes += 6;
  app.setClock(`2025-03-${String(night).padStart(2, "0")}T03:${minutes}`);
  await lookOver(app, siteFacts(app.db), channelCourier);
  const live = await liveAlerts(app.db);
  return live.filter(({ host, wellSince }) => host === "nas" && wellSince === null);
};
const conditions = async () =>
  (await siteConditions(app, siteFacts(app.db), [])).conditions
    .filter(({ host }) => host === "nas")
    .map(({ code }) => code);

describe("a host of which a third of the files is deleted", () => {
  it("makes an odd snapshot, by what was usual before; the last good one is pinned, and pruning is held", async () => {
    for (let n = 0; n < NIGHTS; n += 1) {
      writeFileSync(join(letters, "diary"), `night ${n}`);
      expect(await backUp()).toMatchObject({ status: "succeeded", warnings: [] });
    }
    for (let n = 0; n < 110; n += 1) rmSync(join(letters, `${n}`));
    const { warnings } = await backUp();
    const message = "Suspicious change: 110 of 301 files are gone; usually it is 0.";
    expect(warnings).toMatchObject([{ code: "suspicious_change", message }]);
    const [odd, good] = await snapshots();
    expect(odd).toMatchObject({ anomaly: message, anomalyVerdict: null });
    expect(good?.pin).toMatchObject({ by: "pobsync itself" });
    await expect(prune()).rejects.toMatchObject({ code: "pruning_held" });
    const text = (await site.ok("snapshots", "nas")).stdout;
    expect(text).toMatch(/! odd: Suspicious change: 110 of 301 files/);
    expect((await describeHost(app, "nas")).anomaly).toEqual({
      ...{ snapshot: odd?.name, holdsPruning: true, verdict: null },
      message: `The snapshot ${odd?.name} looks suspicious: ${message}`,
    });
  });

  it("is an alert that a person's acknowledgement ends the reminders of, with its reason; pruning stays held", async () => {
    await alerts();
    expect(await alerts()).toMatchObject([{ code: "suspicious_change", acknowledged: null }]);
    const refused = await site.pobsync.run("--json", "acknowledge-anomaly", "nas", "--reason", " ");
    expect([refused.code, refused.json().problem.code]).toEqual([2, "bad_input"]);
    const reason = "somebody cleared up; being looked into";
    const said = (await site.ok("--json", "acknowledge-anomaly", "nas", "--reason", reason)).json();
    expect(JudgedAnomalyShape.strict().parse(said)).toEqual(said);
    expect(said).toMatchObject({ host: "nas", verdict: { verdict: "acknowledged", reason } });
    expect(said.pruningHeld).toMatchObject({ code: "pruning_held" });
    expect(await alerts()).toMatchObject([{ code: "suspicious_change", acknowledged: { reason } }]);
    // Whoever looks for the first time afterwards finds that it has been seen.
    await app.db.sql.deleteFrom("alerts").execute();
    await alerts();
    expect(await alerts()).toMatchObject([{ code: "suspicious_change", acknowledged: { reason } }]);
    const [odd, good] = await snapshots();
    expect(odd?.anomalyVerdict).toMatchObject({ verdict: "acknowledged", reason });
    expect(good?.pin).not.toBeNull();
    await expect(prune()).rejects.toMatchObject({
      ...{ code: "pruning_held", message: expect.stringContaining(`: ${reason})`) },
    });
  });

  it("is told of anew when the next snapshot is odd as well", async () => {
    for (const name of readdirSync(letters)) writeFileSync(join(letters, name), randomBytes(8000));
    expect((await backUp()).warnings).toMatchObject([
      { code: "suspicious_change" },
      { code: "suspicious_change" },
    ]);
    const [alert] = await alerts();
    expect(alert).toMatchObject({ code: "suspicious_change", acknowledged: null });
    expect(alert?.message).toContain("look encrypted now");
  });

  it("is left in peace once a person has dismissed it: no alert, no pin of ours, and old snapshots go", async () => {
    const judged = await judgeAnomaly(app, "nas", "dismissed", "we encrypt what we keep");
    expect(judged).toMatchObject({ held: null, stillPinned: [], verdict: { by: "ada" } });
    expect(judged.snapshots).toHaveLength(2);
    expect(await conditions()).toEqual([]);
    const all = await snapshots();
    expect(all.map(({ pin }) => pin)).toEqual(all.map(() => null));
    expect(all.slice(0, 2).map(({ anomalyVerdict }) => anomalyVerdict?.verdict)).toEqual([
      ...["dismissed", "dismissed"],
    ]);
    expect((await prune()).run.status).toBe("succeeded");
    // The two newest, and the newest without a warning.
    expect(await snapshots()).toHaveLength(3);
    expect(await backUp()).toMatchObject({ status: "succeeded", warnings: [] });
    await expect(judgeAnomaly(app, "nas", "dismissed", "again")).rejects.toMatchObject({
      code: "no_anomaly",
    });
  });

  it("is in the audit: who, what, why, and from where", async () => {
    const { items } = await listAudit(app.db, {}, { limit: 50 });
    const said = items.filter(({ action }) => action.startsWith("anomaly."));
    expect(said).toMatchObject([
      {
        ...{ action: "anomaly.dismissed", subjectKind: "host", subject: "nas" },
        actor: { name: "ada", kind: "cli", address: null },
        detail: { reason: "we encrypt what we keep", snapshots: [expect.any(String), expect.any(String)] },
      },
      { action: "anomaly.acknowledged", detail: { about: expect.stringContaining("110 of 301 files") } },
    ]);
  });
});
