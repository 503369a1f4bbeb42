// What is done with hosts over the API: the connection, plans that change nothing, and work that is queued.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleHosts, startConsoleHosts } from "../../support/console-hosts.ts";
import { startSshd, type TestSshd } from "../../support/sshd.ts";

let site: ConsoleHosts;
let sshd: TestSshd;
beforeAll(async () => {
  [site, sshd] = [await startConsoleHosts("2026-11-23T09:00:00Z"), await startSshd()];
});
afterAll(async () => {
  await site.close();
  await sshd.stop();
});

describe("the connection to a host", () => {
  const path = "/api/hosts/far";

  it("is checked step by step, and a key is pinned that somebody has compared", async () => {
    const { address, port: sshPort, user: sshUser, identityFile } = sshd;
    const source = await site.addLocal("far-source");
    const far = { name: "far", address, sshPort, sshUser, identityFile, sources: [source] };
    expect((await site.request("admin", "POST", "/api/hosts", far)).status).toBe(201);
    await site.request("admin", "PATCH", "/api/settings", { hostKeyPolicy: "confirm" });
    const before = await site.request("operator", "POST", `${path}/check`);
    expect(before).toMatchObject({ status: 200, body: { host: "far", ok: false } });
    expect(before.body.steps[2]).toMatchObject({
      ...{ step: "connection", status: "failed", problem: { code: "host_key_unconfirmed" } },
    });
    const wrong = { fingerprint: `SHA256:${"A".repeat(43)}` };
    expect((await site.request("admin", "POST", `${path}/host-key`, wrong)).body.code).toBe(
      "host_key_changed",
    );
    expect((await site.request("admin", "POST", `${path}/host-key`, { fingerprint: "x" })).status).toBe(400);
    const fingerprint = sshd.hostKeyFingerprint;
    const accepted = await site.request("admin", "POST", `${path}/host-key`, { fingerprint });
    expect(accepted.body.hostKeys).toEqual([{ type: "ssh-ed25519", fingerprint }]);
    expect((await site.request("operator", "POST", `${path}/check`)).body).toMatchObject({ ok: true });
  });

  it("comes with the line for authorized_keys, and with null where there is none", async () => {
    writeFileSync(`${sshd.identityFile}.pub`, `${sshd.hostKey} ada@\u001b[31mbackup\nrest`);
    const found = await site.request("viewer", "GET", `${path}/public-key`);
    expect(found.body).toEqual({
      ...{ line: `${sshd.hostKey} ada@\\x1b[31mbackup`, path: `${sshd.identityFile}.pub` },
    });
    writeFileSync(`${sshd.identityFile}.pub`, readFileSync(sshd.identityFile));
    const secret = await site.request("viewer", "GET", `${path}/public-key`);
    rmSync(`${sshd.identityFile}.pub`);
    const none = await site.request("viewer", "GET", `${path}/public-key`);
    const local = await site.request("viewer", "GET", "/api/hosts/far-source/public-key");
    for (const answer of [none, secret, local]) expect(answer).toMatchObject({ status: 200, body: null });
  });
});

describe("retention", () => {
  const path = "/api/hosts/keeper/retention";
  const snapshots: string[] = [];
  beforeAll(async () => {
    await site.addLocal("keeper", { keepLast: 2 });
    for (const day of ["19", "20", "21"])
      snapshots.unshift((await site.backUp("keeper", `2026-11-${day}T02:00:00Z`)).snapshot);
  });
  const named = (items: { snapshot: { name: string } }[]) => items.map(({ snapshot }) => snapshot.name);

  it("is shown as a plan and tried with other rules, and nothing is changed", async () => {
    const plan = await site.request("viewer", "GET", `${path}?measure=true`);
    expect(plan).toMatchObject({
      status: 200,
      body: { held: null, applied: false, words: "the last 2, in UTC" },
    });
    expect(plan.body.freeable.bytes).toBeGreaterThanOrEqual(0);
    expect([named(plan.body.keep), named(plan.body.remove)]).toEqual([
      snapshots.slice(0, 2),
      snapshots.slice(2),
    ]);
    const tried = await site.request("viewer", "POST", `${path}/try`, { keepLast: null, keepDaily: 3 });
    expect([named(tried.body.keep), tried.body.remove]).toEqual([snapshots, []]);
    const nothing = await site.request("viewer", "POST", `${path}/try`, { keepLast: null });
    expect(nothing).toMatchObject({ status: 409, body: { code: "no_policy" } });
    expect(await site.see("/api/hosts/keeper")).toMatchObject({
      ...{ own: { keepLast: 2 }, snapshots: 3 },
    });
  });

  it("is applied as a run to what was seen, and refused when it would be something else", async () => {
    const apply = (order: object) => site.request("operator", "POST", `${path}/apply`, order);
    const [newest = "", , oldest = ""] = snapshots;
    expect((await apply({ maxDelete: 0 })).body).toMatchObject({ status: 409, code: "too_many_to_delete" });
    for (const expected of [[], [newest], [newest, oldest]]) {
      const other = await apply({ expect: expected });
      expect(other).toMatchObject({ status: 409, body: { code: "confirmation_needed", detail: oldest } });
    }
    const queued = await apply({ expect: [oldest] });
    expect(queued).toMatchObject({ status: 202, body: { kind: "prune", status: "queued" } });
    await site.workOff();
    const { body } = await site.request("viewer", "GET", `/api/runs/${queued.body.id}`);
    expect(body).toMatchObject({ status: "succeeded", result: { removed: [oldest] } });
  });

  it("is held while something speaks against it, until somebody overrides that", async () => {
    site.setClock("2026-11-21T01:00:00Z");
    const held = await site.request("viewer", "GET", path);
    expect(held.body.held).toBeNull();
    site.setClock("2026-11-20T02:00:00Z");
    expect((await site.see(path)).held).toMatchObject({ code: "pruning_held" });
    const refused = await site.request("operator", "POST", `${path}/apply`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: "pruning_held" } });
    const forced = await site.request("operator", "POST", `${path}/apply`, { overrideHold: true });
    expect(forced.status).toBe(202);
    await site.workOff();
    site.setClock("2026-11-23T09:00:00Z");
  });
});

describe("the disk of a host", () => {
  it("says what takes the room, and what is not on record", async () => {
    await site.addLocal("diskful");
    expect((await site.request("viewer", "GET", "/api/hosts/diskful/space")).status).toBe(404);
    const { snapshot } = await site.backUp("diskful", "2026-11-22T02:00:00Z");
    const space = await site.request("viewer", "GET", "/api/hosts/diskful/space");
    expect(space.body).toMatchObject({ host: "diskful", snapshots: [{ snapshot }] });
    await site.request("admin", "DELETE", "/api/hosts/diskful", { confirm: "diskful", snapshots: "keep" });
    await site.addLocal("diskful");
    const preview = await site.request("viewer", "GET", "/api/hosts/diskful/discover");
    expect(preview).toMatchObject({
      status: 200,
      body: { found: 1, recorded: [snapshot], hosts: [{ run: null }] },
    });
    expect((await site.request("admin", "GET", "/api/hosts/diskful")).body.snapshots).toBe(0);
    const queued = await site.request("operator", "POST", "/api/hosts/diskful/discover");
    expect(queued).toMatchObject({ status: 202, body: { kind: "discover" } });
    await site.workOff();
    expect((await site.request("admin", "GET", "/api/hosts/diskful")).body.snapshots).toBe(1);
  });
});

it("every fault is the caller's, none the server's", () => {
  expect(site.logged).toEqual([]);
});
