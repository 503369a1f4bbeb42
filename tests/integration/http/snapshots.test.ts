// Snapshots over HTTP: the list page by page, one of them, pins, and the way into the trash and out of it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SnapshotShape } from "../../../src/contract/snapshots.ts";
import type { SnapshotJson } from "../../../src/contract/types.ts";
import { startConsole, type TestConsole } from "../../support/console.ts";
import { addLocalHost, backUp } from "../../support/local-host.ts";
import { pobsyncIn } from "../../support/pobsync.ts";

let site: TestConsole;
/** Of the mail server and of the NAS; newest first. */
const mail: string[] = [];
const nas: string[] = [];
beforeAll(async () => {
  site = await startConsole();
  const { source } = await addLocalHost(site, "mail", 1, "fast", { keepLast: 1, trashKeepSeconds: 86_400 });
  await addLocalHost(site, "nas", 1);
  for (let n = 0; n < 3; n += 1) {
    writeFileSync(join(source, "news"), `${n}`);
    mail.unshift((await backUp(site, "mail")).snapshot);
    nas.unshift((await backUp(site, "nas")).snapshot);
  }
});
afterAll(() => site.close());

const list = async (query = "") => (await site.request("viewer", "GET", `/api/snapshots${query}`)).body;
const namesOf = ({ items }: { items: SnapshotJson[] }) => items.map(({ name }) => name);
const place = (host: string, name: string, more = "") => `/api/hosts/${host}/snapshots/${name}${more}`;

describe("the list of snapshots", () => {
  it("says what the command line says, newest first", async () => {
    const all = await list();
    const printed = (await pobsyncIn(site.world).run("--json", "snapshots")).json();
    expect(all).toEqual(printed);
    for (const item of all.items) expect(SnapshotShape.strict().parse(item)).toEqual(item);
    expect(namesOf(await list("?host=mail"))).toEqual(mail);
    expect(namesOf(await list("?kind=scheduled"))).toEqual([]);
    expect(namesOf(await list("?kind=manual&status=succeeded&state=complete,missing"))).toHaveLength(6);
    expect(namesOf(await list("?state=removed"))).toEqual([]);
  });

  it("comes in pages without a gap and without showing one twice", async () => {
    for (const query of ["limit=2", "limit=4&state=complete", "limit=1&host=nas"]) {
      const gathered: string[] = [];
      for (let after: string | null = ""; after !== null; ) {
        const page = await list(`?${query}${after === "" ? "" : `&after=${after}`}`);
        gathered.push(...namesOf(page));
        after = page.next;
      }
      expect(gathered).toEqual(namesOf(await list(query.includes("host") ? "?host=nas" : "")));
    }
  });

  it("refuses what cannot be, and knows no host of another name", async () => {
    for (const query of [
      "?state=gone",
      "?limit=0",
      "?after=1",
      "?after=99999999999999999999.1",
      "?kind=x",
      "?host=",
    ])
      expect(await site.request("viewer", "GET", `/api/snapshots${query}`)).toMatchObject({ status: 400 });
    expect(await site.request("viewer", "GET", "/api/snapshots?host=nobody")).toMatchObject({ status: 404 });
    expect(await list("?after=-9999999999999.999999999999999")).toEqual({ items: [], next: null });
    expect(await list("?after=99999999999999.0&limit=1")).toMatchObject({ items: [{ name: nas[0] }] });
  });

  it("is empty where nothing is set up yet", async () => {
    const fresh = await startConsole({ configured: false });
    expect(await fresh.request("viewer", "GET", "/api/snapshots")).toMatchObject({
      status: 200,
      body: { items: [], next: null },
    });
    await fresh.close();
  });
});

describe("one snapshot", () => {
  it("comes with what it changed and the run that made it, also as the latest", async () => {
    const [newest = ""] = mail;
    const { body } = await site.request("viewer", "GET", place("mail", newest));
    expect(body).toMatchObject({ name: newest, host: "mail", run: { snapshot: newest, kind: "backup" } });
    expect(body.changes).toMatchObject({ removed: 0, largest: expect.any(Array) });
    expect(await site.request("viewer", "GET", place("mail", "latest"))).toMatchObject({ body });
    for (const name of [nas[0] ?? "", "..%2f..%2fetc", "x".repeat(64), "20260231T000000Z-manual-000000"])
      expect(await site.request("viewer", "GET", place("mail", name))).toMatchObject({
        status: 404,
        body: { code: "not_found" },
      });
  });

  it("is pinned and left to the rules again by an operator, not by a viewer", async () => {
    const oldest = mail[2] ?? "";
    const pin = (who: "viewer" | "operator", body: unknown) =>
      site.request(who, "PUT", place("mail", oldest, "/pin"), body);
    expect(await pin("viewer", { reason: "no" })).toMatchObject({ status: 403 });
    for (const body of [
      {},
      { reason: "" },
      { reason: "a\u001bb" },
      { reason: "x", until: "1999-01-01" },
      { reason: 7 },
    ])
      expect(await pin("operator", body)).toMatchObject({ status: 400, body: { code: "bad_input" } });
    expect(await pin("operator", { reason: "the audit", until: "90d" })).toMatchObject({
      status: 200,
      body: { name: oldest, pin: { reason: "the audit", by: "operator", until: expect.any(String) } },
    });
    expect((await list("?host=mail")).items[2].pin).toMatchObject({ reason: "the audit" });
    expect(await site.request("viewer", "DELETE", place("mail", oldest, "/pin"))).toMatchObject({
      status: 403,
    });
    expect(await site.request("operator", "DELETE", place("mail", oldest, "/pin"))).toMatchObject({
      status: 200,
      body: { name: oldest, pin: null },
    });
  });
});

describe("the trash", () => {
  it("shows what a prune has removed, and gives it back", async () => {
    const prune = await site.request("operator", "POST", "/api/runs", { kind: "prune", host: "mail" });
    expect(prune.status).toBe(202);
    const [, middle = "", oldest = ""] = mail;
    const early = await site.request("operator", "POST", place("mail", oldest, "/bring-back"));
    expect(early).toMatchObject({ status: 404, body: { code: "not_in_trash" } });
    await site.workOff();
    const trash = (await site.request("viewer", "GET", "/api/trash")).body;
    expect(namesOf(trash)).toEqual([middle, oldest]);
    expect(trash.items[0]).toMatchObject({ state: "removing", trashUntil: expect.any(String) });
    expect(namesOf(await list("?host=mail&state=complete"))).toEqual([mail[0]]);
    const pinned = await site.request("operator", "PUT", place("mail", oldest, "/pin"), { reason: "late" });
    expect(pinned).toMatchObject({ status: 409, body: { code: "snapshot_removing" } });

    const back = await site.request("operator", "POST", place("mail", oldest, "/bring-back"));
    expect(back).toMatchObject({ status: 202, body: { kind: "prune", status: "queued" } });
    await site.workOff();
    const { body } = await site.request("viewer", "GET", place("mail", oldest));
    expect(body).toMatchObject({ state: "complete", pin: { reason: "brought back from the trash" } });
    expect(body.pin.by).toBe("operator");
    expect(namesOf((await site.request("viewer", "GET", "/api/trash?host=mail")).body)).toEqual([middle]);
  });

  it("is emptied by an admin who says so in words", async () => {
    const empty = (who: "operator" | "admin", body: unknown) =>
      site.request(who, "POST", "/api/trash/empty", body);
    const words = { confirm: "empty the trash" };
    expect(await empty("operator", words)).toMatchObject({ status: 403 });
    expect(await empty("admin", { confirm: "yes" })).toMatchObject({ status: 400 });
    expect(await empty("admin", { ...words, host: "nas" })).toMatchObject({
      status: 202,
      body: { items: [] },
    });
    expect(await empty("admin", words)).toMatchObject({
      status: 202,
      body: { items: [{ kind: "prune", host: "mail", status: "queued" }], next: null },
    });
    await site.workOff();
    expect(namesOf((await site.request("viewer", "GET", "/api/trash")).body)).toEqual([]);
    expect(namesOf(await list("?state=removed"))).toEqual([mail[1]]);
    expect(await site.request("operator", "POST", place("mail", mail[1] ?? "", "/bring-back"))).toMatchObject(
      {
        status: 404,
      },
    );
  });
});

it("The server had nothing to say of all that", () => {
  expect(site.logged).toEqual([]);
});
