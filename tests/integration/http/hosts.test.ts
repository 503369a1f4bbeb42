// Hosts over the API: made, changed, removed and listed.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAudit } from "../../../src/store/audit.ts";
import { hostFolder } from "../../support/console.ts";
import { type ConsoleHosts, startConsoleHosts } from "../../support/console-hosts.ts";

let site: ConsoleHosts;
beforeAll(async () => {
  site = await startConsoleHosts("2026-11-23T09:00:00Z");
});
afterAll(() => site.close());

describe("a host", () => {
  it("is made, shown, changed and inherits again what is set to null", async () => {
    const source = await site.addLocal("web1", { keepDaily: 7, excludes: ["*.tmp"] });
    const path = "/api/hosts/web1";
    const shown = await site.request("viewer", "GET", path);
    expect(shown.body).toMatchObject({
      ...{ own: { keepDaily: 7, sources: [source] }, createdAt: "2026-11-23T09:00:00.000Z" },
      effective: {
        keepDaily: [{ value: 7, origin: "host" }],
        keepWeekly: [{ value: null, origin: "default" }],
      },
    });
    const changes = { keepDaily: null, keepWithinSeconds: "30d", bwlimit: "10M", enabled: false };
    const changed = await site.request("admin", "PATCH", path, changes);
    expect(changed).toMatchObject({ status: 200, body: { enabled: false, health: "disabled" } });
    expect(changed.body.own).toEqual({
      ...{ sources: [source], excludes: ["*.tmp"], keepWithinSeconds: 2_592_000, bwlimit: 10_485_760 },
    });
    const disabled = await site.request("operator", "POST", `${path}/backup`, {});
    expect(disabled).toMatchObject({ status: 409, body: { code: "host_disabled" } });
    expect((await site.request("admin", "PATCH", path, { enabled: true })).body.enabled).toBe(true);
    const { items } = await listAudit(site.app.db, { subject: "web1" }, { limit: 10 });
    expect(items.map(({ action, actor }) => [action, actor.name])).toEqual([
      ["host.changed", "admin"],
      ["host.changed", "admin"],
      ["host.created", "admin"],
    ]);
  });

  it("has tags: words in order, all or none of which change, and by which the list is filtered", async () => {
    await site.addLocal("tagged1", { tags: ["web", "Production", "web"] });
    await site.addLocal("tagged2", { tags: ["production"] });
    const path = "/api/hosts/tagged1";
    expect(await site.see(path)).toMatchObject({ tags: ["production", "web"] });
    const listed = async (tag: string) =>
      (await site.see(`/api/hosts?tag=${tag}`)).items.map(({ name }: { name: string }) => name);
    expect(await listed("Production")).toEqual(["tagged1", "tagged2"]);
    expect(await listed("production,web")).toEqual(["tagged1"]);
    expect(await listed("nobody")).toEqual([]);
    expect((await site.request("admin", "PATCH", path, { enabled: true })).body.tags).toHaveLength(2);
    expect((await site.request("admin", "PATCH", path, { tags: [] })).body.tags).toEqual([]);
    for (const tags of [["a b"], [""], ["x".repeat(33)], ["ok", "-x"]])
      expect((await site.request("admin", "PATCH", path, { tags })).body).toMatchObject({
        code: "bad_input",
      });
    expect((await site.request("viewer", "GET", "/api/hosts?tag=a%20b")).status).toBe(400);
  });

  it("is not changed by making another one of its name, nor made by changing one that is not there", async () => {
    const again = await site.request("admin", "POST", "/api/hosts", { name: "web1", address: "192.0.2.7" });
    expect(again).toMatchObject({ status: 400, body: { code: "bad_input" } });
    for (const [method, path] of [
      ["PATCH", "/api/hosts/web2"],
      ["POST", "/api/hosts/web2/preview"],
    ] as const)
      expect((await site.request("admin", method, path, { address: "192.0.2.7" })).status).toBe(404);
    expect(await site.see("/api/hosts/web2")).toMatchObject({
      ...{ code: "not_found", status: 404 },
    });
  });

  it.each([
    ["a name that is a path", { name: "../web3", transport: "local" }],
    ["an address that is a path", { name: "web3", address: "/etc" }],
    ["an address that is an option", { name: "web3", address: "-oProxyCommand=x" }],
    ["no address", { name: "web3" }],
    ["a setting that does not exist", { name: "web3", transport: "local", keepDayly: 7 }],
    ["a count that is none", { name: "web3", transport: "local", keepDaily: 1e300 }],
    ["a duration without a unit", { name: "web3", transport: "local", keepWithinSeconds: "30" }],
    ["a source that is not absolute", { name: "web3", transport: "local", sources: ["etc"] }],
    ["a list that is text", { name: "web3", transport: "local", sources: "/etc" }],
    ["too many patterns", { name: "web3", transport: "local", excludes: Array(1001).fill("x") }],
    ["a hook with shell syntax", { name: "web3", transport: "local", preHook: "/bin/true; rm -rf /" }],
    ["a list instead of an object", [1]],
    ["nothing", undefined],
  ])("is refused with %s", async (_, host) => {
    const refused = await site.request("admin", "POST", "/api/hosts", host);
    expect(refused).toMatchObject({
      status: 400,
      body: { code: "bad_input", hint: expect.stringMatching(/./) },
    });
    expect((await site.request("viewer", "GET", "/api/hosts/web3")).status).toBe(404);
  });

  it("tells before a change which snapshots it would let go, and keeps them", async () => {
    await site.addLocal("old", { keepLast: 5 });
    const { snapshot: first } = await site.backUp("old", "2026-11-20T02:00:00Z");
    await site.backUp("old", "2026-11-21T02:00:00Z");
    const preview = await site.request("admin", "POST", "/api/hosts/old/preview", { keepLast: 1 });
    expect(preview).toMatchObject({
      status: 200,
      body: { changed: false, effects: [{ host: "old", more: [first], fewer: [] }] },
    });
    expect((await site.see("/api/hosts/old")).own.keepLast).toBe(5);
  });

  it("is removed with its name typed once more, with its snapshots or without them", async () => {
    const folder = hostFolder(site, "old");
    const wrong = await site.request("admin", "DELETE", "/api/hosts/old", {
      confirm: "web1",
      snapshots: "delete",
    });
    expect(wrong).toMatchObject({ status: 409, body: { code: "confirmation_needed" } });
    const kept = await site.request("admin", "DELETE", "/api/hosts/old", {
      confirm: "old",
      snapshots: "keep",
    });
    expect(kept).toMatchObject({ status: 200, body: { name: "old", snapshots: 2, deleted: false, folder } });
    expect(existsSync(folder)).toBe(true);
    await site.addLocal("gone");
    await site.backUp("gone", "2026-11-21T03:00:00Z");
    const deleted = await site.request("admin", "DELETE", "/api/hosts/gone", {
      confirm: "gone",
      snapshots: "delete",
    });
    expect(deleted.body).toEqual({
      name: "gone",
      snapshots: 1,
      deleted: true,
      folder: hostFolder(site, "gone"),
    });
    expect(existsSync(hostFolder(site, "gone"))).toBe(false);
    expect((await site.request("admin", "GET", "/api/hosts/gone")).status).toBe(404);
  });
});

describe("the list of hosts", () => {
  const names = (body: { items: { name: string }[] }) => body.items.map(({ name }) => name);

  it("comes in pages, filtered and in any order, each host once", async () => {
    for (const name of ["list-a", "list-b", "list-c", "list-d"]) await site.addLocal(name);
    await site.backUp("list-b", "2026-11-22T02:00:00Z");
    await site.backUp("list-d", "2026-11-22T03:00:00Z");
    await site.request("admin", "PATCH", "/api/hosts/list-c", { enabled: false });
    const orders = {
      "sort=name": ["list-a", "list-b", "list-c", "list-d"],
      "sort=name&order=desc": ["list-d", "list-c", "list-b", "list-a"],
      "sort=health": ["list-a", "list-b", "list-d", "list-c"],
      "sort=lastSuccess&order=desc": ["list-d", "list-b", "list-a", "list-c"],
      "sort=nextDue": ["list-a", "list-b", "list-c", "list-d"],
    };
    for (const [order, expected] of Object.entries(orders)) {
      const seen: string[] = [];
      for (let after: string | null = ""; after !== null; ) {
        const more: string = after === "" ? "" : `&after=${encodeURIComponent(after)}`;
        const { body } = await site.request("viewer", "GET", `/api/hosts?q=LIST-&limit=3&${order}${more}`);
        expect(body.total).toBe(4);
        seen.push(...names(body));
        after = body.next;
      }
      expect([order, seen]).toEqual([order, expected]);
    }
    const fresh = await site.request("viewer", "GET", "/api/hosts?q=list&health=fresh,never&enabled=true");
    expect(names(fresh.body)).toEqual(["list-a", "list-b", "list-d"]);
    expect(fresh.body.items[1]).toMatchObject({ snapshots: 1, lastRun: { kind: "backup" } });
    expect(names(await site.see("/api/hosts?q=nobody"))).toEqual([]);
  });

  it.each(["limit=0", "limit=501", "limit=x", "health=ill", "sort=id", "enabled=1", "after=x", "q=a&q=b"])(
    "refuses %s",
    async (query) => {
      expect((await site.request("viewer", "GET", `/api/hosts?${query}`)).status).toBe(400);
    },
  );
});

it("a form has every setting in words, with its default and its options", async () => {
  const { body } = await site.request("viewer", "GET", "/api/settings/fields");
  expect(body.items.find(({ name }: { name: string }) => name === "keepWithinSeconds")).toMatchObject({
    ...{ kind: "duration", unit: "seconds", group: "retention", default: null, inherit: "replace" },
    options: { host: "--keep-within", site: "--keep-within" },
  });
});

it("every fault is the caller's, none the server's", () => {
  expect(site.logged).toEqual([]);
});
