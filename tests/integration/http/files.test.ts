// Looking into snapshots through the API says what the commands say; whatever a request holds, it gets an answer.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ComparisonShape,
  FindingsShape,
  ListingShape,
  VersionListShape,
} from "../../../src/contract/schemas.ts";
import { type BackupSite, makeSite } from "../../support/backup-site.ts";
import { startConsole, type TestConsole } from "../../support/console.ts";
import { hostileNames } from "../../support/hostile-names.ts";
import { plantSpecialFiles } from "../../support/special-files.ts";
import { joinBytes } from "../../support/tree-paths.ts";

let site: BackupSite;
let console: TestConsole;
let source = "";
let snapshots: string[] = [];
beforeAll(async () => {
  site = await makeSite();
  source = join(site.world.hostDir, "srv");
  mkdirSync(join(source, "names"), { recursive: true });
  for (const name of hostileNames) writeFileSync(joinBytes(join(source, "names"), name), name);
  await plantSpecialFiles(join(source, "special"));
  symlinkSync("/etc", join(source, "link"));
  writeFileSync(join(source, "report"), "first");
  writeFileSync(join(source, "gone"), "soon");
  await site.configureHost("web1", null, "--source", source);
  await site.backUp("web1");
  writeFileSync(join(source, "report"), "changed since");
  writeFileSync(join(source, "new"), "new");
  rmSync(join(source, "gone"));
  await site.backUp("web1");
  snapshots = (await site.snapshots("web1")).map(({ name }) => name).reverse();
  console = await startConsole({ world: site.world });
});
afterAll(async () => {
  await console.close();
  await site.world.dispose();
});

const get = (path: string, query: Record<string, string | number> = {}) => {
  const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return console.request("viewer", "GET", `/api${path}?${text.join("&")}`);
};
const printed = async (...args: string[]) => (await site.ok("--json", ...args)).json();

describe("what is found is what the command prints", () => {
  it("of folders, in any snapshot, and of a single entry", async () => {
    const [first = ""] = snapshots;
    for (const [path, snapshot] of [
      ["/", "latest"],
      [source, "latest"],
      [source, first],
      [join(source, "names"), "latest"],
      [join(source, "special"), "latest"],
      [join(source, "link"), "latest"],
    ] as [string, string][]) {
      const { status, body } = await get("/hosts/web1/files", { path, snapshot });
      expect(status).toBe(200);
      expect(ListingShape.parse(body)).toEqual(await printed("ls", `web1:${path}`, "--snapshot", snapshot));
    }
  });

  it("of the newest snapshot and its root when nothing else is said", async () => {
    expect((await get("/hosts/web1/files")).body).toEqual(await printed("ls", "web1"));
  });

  it("of versions, differences and names", async () => {
    const [first = "", second = ""] = snapshots;
    const path = join(source, "report");
    const versions = await get("/hosts/web1/versions", { path });
    expect(VersionListShape.parse(versions.body)).toEqual(await printed("versions", `web1:${path}`));
    const diff = await get("/hosts/web1/diff", { from: first, to: second });
    expect(ComparisonShape.parse(diff.body)).toEqual(await printed("diff", "web1", first, second));
    expect(diff.body.items.map(({ change }: { change: string }) => change)).toEqual(
      expect.arrayContaining(["added", "removed", "changed"]),
    );
    for (const pattern of ["report", "*gone", "/special/", "-rf"]) {
      const found = await get("/search", { pattern });
      expect(FindingsShape.parse(found.body)).toEqual(await printed("find", "--", pattern));
      expect(found.body.items.length).toBeGreaterThan(0);
      expect((await get("/search", { pattern, host: "web1" })).body.items).toEqual(found.body.items);
    }
  });
});

/** All pages of a list, one after the other. */
async function pages(path: string, query: Record<string, string | number>, limit: number) {
  const items: { path: string }[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const { body } = await get(path, { ...query, limit, ...(after === "" ? {} : { after }) });
    expect(body.items.length).toBeLessThanOrEqual(limit);
    items.push(...body.items);
    after = body.next;
  }
  return items;
}

describe("lists", () => {
  it("come in pages that together are the whole, whatever the names are", async () => {
    const path = join(source, "names");
    const whole = (await printed("ls", `web1:${path}`)).items;
    expect(await pages("/hosts/web1/files", { path }, 7)).toEqual(whole);
    const found = (await printed("find", "e")).items;
    expect(await pages("/search", { pattern: "e" }, 5)).toEqual(found);
    const [from = "", to = ""] = snapshots;
    expect(await pages("/hosts/web1/diff", { from, to }, 1)).toEqual(
      (await printed("diff", "web1", from, to)).items,
    );
  });

  it("of a folder can be narrowed to names that have a part in any case, in which nothing is a pattern", async () => {
    const path = join(source, "names");
    const whole: string[] = (await printed("ls", `web1:${path}`)).items.map(
      (item: { path: string }) => item.path,
    );
    for (const [q, part] of [
      ["CAF", /caf/i],
      ["*", /\*/],
      ["[x]", /\[x\]/],
      ["\\xff", /\\xff/],
      ["語", /語/],
    ] as [string, RegExp][]) {
      const expected = whole.filter((one) => part.test(one.slice(path.length)));
      expect(expected.length).toBeGreaterThan(0);
      const found = await pages("/hosts/web1/files", { path, q }, 3);
      expect(found.map((item) => item.path)).toEqual(expected);
    }
    expect((await get("/hosts/web1/files", { path, q: "no such name" })).body.items).toEqual([]);
  });
});

describe("what cannot be looked at", () => {
  it.each([
    [404, "not_found", "/hosts/web2/files", {}],
    [404, "not_found", "/hosts/web1/files", { path: "/nowhere" }],
    [404, "not_found", "/hosts/web1/files", { snapshot: "yesterday" }],
    [400, "bad_input", "/hosts/web1/files", { path: "etc" }],
    [400, "bad_input", "/hosts/web1/files", { path: "/etc/../root" }],
    [400, "bad_input", "/hosts/web1/files", { path: "/.." }],
    [400, "bad_input", "/hosts/web1/files", { path: "/a\\q" }],
    [400, "bad_input", "/hosts/web1/files", { path: "/a\\x00b" }],
    [400, "bad_input", "/hosts/web1/files", { path: "/a\nb" }],
    [400, "bad_input", "/hosts/web1/files", { path: `/${"n".repeat(256)}` }],
    [400, "bad_input", "/hosts/web1/files", { limit: 0 }],
    [400, "bad_input", "/hosts/web1/files", { limit: 1e9 }],
    [400, "bad_input", "/hosts/web1/files", { limit: "many" }],
    [400, "bad_input", "/hosts/web1/files", { after: "/elsewhere/x" }],
    [400, "bad_input", "/hosts/web1/files", { q: "a/b" }],
    [400, "bad_input", "/hosts/web1/files", { q: "" }],
    [400, "bad_input", "/hosts/web1/versions", {}],
    [404, "not_found", "/hosts/web1/versions", { path: "/nowhere" }],
    [400, "bad_input", "/hosts/web1/diff", { from: "latest" }],
    [400, "bad_input", "/search", { pattern: "" }],
    [400, "bad_input", "/search", { pattern: "\\q" }],
    [400, "bad_input", "/search", { pattern: "x".repeat(1001) }],
    [400, "bad_input", "/search", { pattern: "x", after: "nothing:of:this" }],
    [404, "not_found", "/search", { pattern: "x", host: "web2" }],
  ] as [number, string, string, Record<string, string>][])(
    "%i %s %s %o",
    async (status, code, path, query) => {
      const answer = await get(path, query);
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.body.hint).not.toBe("");
      expect(console.logged).toEqual([]);
    },
  );

  it("is looked at by nobody who is not known", async () => {
    for (const path of ["/hosts/web1/files", "/hosts/web1/versions?path=/x", "/search?pattern=x"])
      expect((await console.request("nobody", "GET", `/api${path}`)).status).toBe(401);
  });
});
