// The site over the API: its index, settings, doctor and workers.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startConsole } from "../../support/console.ts";
import { type ConsoleHosts, startConsoleHosts } from "../../support/console-hosts.ts";

let site: ConsoleHosts;
beforeAll(async () => {
  site = await startConsoleHosts("2026-11-23T09:00:00Z");
});
afterAll(() => site.close());

it("the index names every list, with and without a slash at its end", async () => {
  for (const path of ["/api", "/api/"]) {
    const { status, body } = await site.request("viewer", "GET", path);
    expect({ status, name: body.name, version: body.version }).toEqual({
      ...{ status: 200, name: "pobsync", version: "0.0.0" },
    });
    expect(body).toMatchObject({ node: "main", nodes: ["main"] });
    expect(body.links).toMatchObject({ "site.status": "/api/status", "hosts.list": "/api/hosts" });
  }
  expect((await site.request("viewer", "GET", "/api/status/")).status).toBe(200);
});

describe("settings", () => {
  it("show what holds and where it comes from; null is the default again", async () => {
    const path = "/api/settings";
    const changed = await site.request("admin", "PATCH", path, {
      ...{
        maxParallel: 5,
        logLimitBytes: "2M",
        historyKeepSeconds: "2y",
        keepDaily: 14,
        excludes: ["*.iso"],
      },
    });
    expect(changed.body).toMatchObject({
      ...{ maxParallel: 5, logLimitBytes: 2_097_152, historyKeepSeconds: 63_072_000 },
      ...{
        settings: { keepDaily: 14, excludes: ["*.iso"] },
        defaults: { maxParallel: 2, historyKeepSeconds: null },
      },
      effective: {
        keepDaily: [{ value: 14, origin: "global" }],
        sshUser: [{ value: "root", origin: "default" }],
      },
    });
    const back = await site.request("admin", "PATCH", path, {
      ...{
        maxParallel: null,
        logLimitBytes: null,
        historyKeepSeconds: null,
        keepDaily: null,
        excludes: null,
      },
    });
    expect(back.body).toMatchObject({ maxParallel: 2, logLimitBytes: 67_108_864, historyKeepSeconds: null });
    expect(back.body.settings).toEqual({});
    expect(await site.see(path)).toEqual(back.body);
  });

  it("tell before a change what it would let go", async () => {
    await site.addLocal("web1");
    const preview = await site.request("admin", "POST", "/api/settings/preview", { keepLast: 1 });
    expect(preview.body.changed).toBe(false);
    expect(preview.body.effects).toMatchObject([{ host: "web1", before: "nothing", more: [] }]);
    expect((await site.see("/api/settings")).settings.keepLast).toBeUndefined();
  });

  it.each([
    { backupRoot: "relative" },
    { backupRoot: "/" },
    { backupRoot: "/proc/x" },
    { maxParallel: 0 },
    { minFreePercent: 99 },
    { hostKeyPolicy: "never" },
    { sources: ["/etc"] },
    { logKeepSeconds: 1 },
    { keepDaily: -1 },
    { rootId: "x" },
  ])("refuse %o", async (changes) => {
    for (const [method, path] of [
      ["PATCH", "/api/settings"],
      ["POST", "/api/settings/preview"],
    ] as const)
      expect((await site.request("admin", method, path, changes)).body).toMatchObject({
        ...{ status: 400, code: "bad_input" },
      });
  });
});

it("the doctor and the list of workers answer", async () => {
  const { status, body } = await site.request("operator", "GET", "/api/doctor");
  expect(status).toBe(200);
  expect(body.findings.map(({ what }: { what: string }) => what)).toContain("backup root");
  expect(await site.see("/api/workers")).toEqual({ items: [], next: null });
});

it("a site without configuration says what to do, and is configured from the console", async () => {
  const empty = await startConsole({ configured: false });
  try {
    const status = await empty.request("viewer", "GET", "/api/status");
    expect(status.body).toMatchObject({
      ...{ configured: false, sentence: "Nothing is configured yet: choose where backups live.", disk: null },
      attention: [{ code: "not_configured" }],
    });
    expect((await empty.request("viewer", "GET", "/api/hosts")).body).toEqual({
      items: [],
      next: null,
      total: 0,
    });
    expect((await empty.request("viewer", "GET", "/api/status/grid")).body.items).toEqual([]);
    expect((await empty.request("viewer", "GET", "/api/schedules")).body.items).toEqual([]);
    expect((await empty.request("viewer", "GET", "/api/settings")).body.code).toBe("not_configured");
    const root = empty.world.backupRoot;
    const made = await empty.request("admin", "PATCH", "/api/settings", { backupRoot: root });
    expect(made).toMatchObject({ status: 200, body: { backupRoot: root, maxParallel: 2 } });
  } finally {
    await empty.close();
  }
});

it("every fault is the caller's, none the server's", () => {
  expect(site.logged).toEqual([]);
});
