// A person's word about what looks odd, over the API: who may say it, what is asked for, and what becomes of it.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleHosts, startConsoleHosts } from "../../support/console-hosts.ts";

let site: ConsoleHosts;
beforeAll(async () => {
  site = await startConsoleHosts("2026-11-23T09:00:00Z");
  const source = await site.addLocal("shrinker");
  mkdirSync(join(source, "many"));
  for (let n = 0; n < 60; n += 1) writeFileSync(join(source, "many", `${n}`), `file ${n}`);
  await site.backUp("shrinker", "2026-11-21T02:00:00Z");
  rmSync(join(source, "many"), { recursive: true });
  await site.backUp("shrinker", "2026-11-22T02:00:00Z");
});
afterAll(() => site.close());

const path = "/api/hosts/shrinker";
const say = (who: "viewer" | "operator", verdict: string, reason: string) =>
  site.request(who, "POST", `${path}/anomaly`, { verdict, reason });
const newest = async () => (await site.see("/api/snapshots?host=shrinker")).items[0];

describe("what looks odd on a host", () => {
  it("is shown with its host and its snapshot", async () => {
    const { anomaly, pruningHeld } = await site.see(path);
    const snapshot = await newest();
    expect(snapshot).toMatchObject({ anomalyVerdict: null, anomaly: expect.stringMatching(/fewer entries/) });
    expect(anomaly).toEqual({
      ...{ snapshot: snapshot.name, holdsPruning: true, verdict: null },
      message: `The snapshot ${snapshot.name} shrank: ${snapshot.anomaly}`,
    });
    expect(pruningHeld).toMatchObject({ code: "pruning_held", message: anomaly.message });
  });

  it("is judged by no viewer, and by nobody without a reason", async () => {
    expect(await say("viewer", "dismissed", "x")).toMatchObject({
      status: 403,
      body: { code: "not_allowed" },
    });
    for (const [verdict, reason] of [
      ["dismissed", ""],
      ["dismissed", "  "],
      ["acknowledged", "a\nb"],
      ["fine", "x"],
    ] as const)
      expect((await say("operator", verdict, reason)).status, `${verdict} ${reason}`).toBe(400);
    const unknown = { verdict: "dismissed", reason: "x" };
    expect((await site.request("operator", "POST", "/api/hosts/nobody/anomaly", unknown)).status).toBe(404);
    expect((await newest()).anomalyVerdict).toBeNull();
  });

  it("is seen and still held when it is acknowledged, and settled when it is dismissed", async () => {
    const seen = await say("operator", "acknowledged", "the disk is being repaired");
    expect(seen).toMatchObject({ status: 200, body: { verdict: { by: "operator" }, stillPinned: [] } });
    expect(seen.body.pruningHeld.message).toContain("(acknowledged by operator: the disk is being repaired)");
    expect((await site.see(path)).anomaly.verdict).toMatchObject({ verdict: "acknowledged" });
    const right = await say("operator", "dismissed", "it was moved away");
    expect(right).toMatchObject({ status: 200, body: { pruningHeld: null } });
    expect(await site.see(path)).toMatchObject({ anomaly: null, pruningHeld: null });
    expect((await newest()).anomalyVerdict).toMatchObject({
      ...{ verdict: "dismissed", by: "operator", reason: "it was moved away" },
    });
    expect(await say("operator", "dismissed", "again")).toMatchObject({
      ...{ status: 409, body: { code: "no_anomaly" } },
    });
    const { items } = (await site.request("admin", "GET", "/api/audit?action=anomaly.dismissed")).body;
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      ...{ action: "anomaly.dismissed", subject: "shrinker" },
      actor: { name: "operator", kind: "token", address: "127.0.0.1" },
      detail: { reason: "it was moved away" },
    });
  });
});

it("every fault is the caller's, none the server's", () => {
  expect(site.logged).toEqual([]);
});
