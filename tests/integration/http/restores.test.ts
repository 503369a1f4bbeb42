// Restores through the API: looked at, agreed to, and then done as they were agreed to.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunShape } from "../../../src/contract/schemas.ts";
import { listAudit } from "../../../src/store/audit.ts";
import { type BackupSite, makeSite } from "../../support/backup-site.ts";
import { startConsole, type TestConsole, type Who } from "../../support/console.ts";

let site: BackupSite;
let console: TestConsole;
let source = "";
let first = "";
let latest = "";
beforeAll(async () => {
  site = await makeSite();
  source = join(site.world.hostDir, "srv");
  mkdirSync(join(source, "etc"), { recursive: true });
  writeFileSync(join(source, "etc", "config"), "first");
  writeFileSync(join(source, "etc", "other"), "other");
  await site.configureHost("web1", null, "--source", source);
  await site.configureHost("web2", null, "--source", source);
  first = (await site.backUp("web1")).snapshot.name;
  writeFileSync(join(source, "etc", "config"), "second, and longer");
  latest = (await site.backUp("web1")).snapshot.name;
  console = await startConsole({ world: site.world });
});
afterAll(async () => {
  await console.close();
  await site.world.dispose();
});

type Wish = Record<string, unknown>;
const post = (what: "restore/preview" | "restore", wish: Wish, who: Who = "admin", host = "web1") =>
  console.request(who, "POST", `/api/hosts/${host}/${what}`, wish);
const runOf = async (id: number) => (await console.request("viewer", "GET", `/api/runs/${id}`)).body;

/** Queues it, has it done, and returns the run as it ended. */
async function done(what: "restore/preview" | "restore", wish: Wish) {
  const { status, body } = await post(what, wish);
  expect({ status, body }).toMatchObject({
    status: 202,
    body: { kind: "restore", status: "queued", host: "web1" },
  });
  expect(RunShape.parse(body)).toMatchObject({ requestedBy: "admin" });
  await console.workOff();
  return runOf(body.id);
}

const folder = (name: string): string => join(site.world.dir, name);
const into = (dir: string): Wish => ({ path: join(source, "etc"), target: { to: "folder", dir } });

describe("a preview", () => {
  it("is a run that tells what would be done, and does nothing", async () => {
    const dir = folder("looked at");
    const run = await done("restore/preview", into(dir));
    expect(run).toMatchObject({
      status: "succeeded",
      result: {
        ...{ previewOnly: true, snapshot: latest, consent: null, checked: null },
        preview: { created: 3, overwritten: 0, deleted: 0 },
        target: { kind: "folder", host: null, path: join(dir, "etc") },
      },
    });
    expect(existsSync(dir)).toBe(false);
    expect((await site.ok("runs")).stdout).toContain("only looked at: 3 entries to");
  });

  it("says what somebody would have to agree to", async () => {
    const wish = { path: source, snapshot: first, target: { to: "in-place" }, delete: true };
    const extra = join(source, "etc", "extra");
    writeFileSync(extra, "came later");
    const run = await done("restore/preview", wish);
    rmSync(extra);
    expect(run).toMatchObject({
      status: "succeeded",
      problem: null,
      result: {
        preview: { overwritten: 2, deleted: 1, items: { deleted: [extra] } },
        consent: {
          code: "confirmation_needed",
          message: expect.stringMatching(/overwrite .* delete 1 entry/),
        },
      },
    });
    expect(readFileSync(join(source, "etc", "config"), "utf8")).toBe("second, and longer");
  });

  it("compares contents when that is asked for", async () => {
    const wish = { ...into(folder("compared")), check: true };
    await done("restore", wish);
    writeFileSync(join(folder("compared"), "etc", "other"), "OTHER");
    const run = await done("restore/preview", wish);
    expect(run.result.checked).toMatchObject({ differences: expect.any(Number) });
    expect(run.result.checked.items).toContain(join(folder("compared"), "etc", "other"));
  });
});

describe("a restore", () => {
  it("into a new folder needs nobody's word", async () => {
    const dir = folder("fresh");
    const run = await done("restore", { ...into(dir), snapshot: first, check: true });
    expect(run).toMatchObject({ status: "succeeded", result: { checked: { differences: 0 } } });
    expect(readFileSync(join(dir, "etc", "config"), "utf8")).toBe("first");
  });

  it("that was looked at and agreed to is done as it was shown, also from a snapshot that is not the newest", async () => {
    const wish = { path: join(source, "etc", "config"), target: { to: "in-place" } };
    const look = await done("restore/preview", { ...wish, snapshot: first });
    const refused = await post("restore", { ...wish, seen: look.id });
    expect(refused).toMatchObject({ status: 409, body: { code: "confirmation_needed" } });
    const run = await done("restore", { ...wish, seen: look.id, yes: true });
    expect(run).toMatchObject({ status: "succeeded", result: { snapshot: first } });
    expect(readFileSync(join(source, "etc", "config"), "utf8")).toBe("first");
    const { items } = await listAudit(console.app.db, { action: "run.requested" }, { limit: 1 });
    expect(items).toMatchObject([
      {
        actor: { name: "admin", kind: "user" },
        detail: { host: "web1", kind: "restore", seen: look.id, task: { target: { to: "in-place" } } },
      },
    ]);
    expect(JSON.stringify(items[0]?.detail)).not.toContain("agreed");
  });

  it("takes no more than was shown, whatever came there since", async () => {
    const dir = folder("meanwhile");
    mkdirSync(join(dir, "etc"), { recursive: true });
    writeFileSync(join(dir, "etc", "config"), "mine");
    const look = await done("restore/preview", into(dir));
    writeFileSync(join(dir, "etc", "other"), "mine too");
    const run = await done("restore", { ...into(dir), seen: look.id, yes: true });
    expect(run).toMatchObject({ status: "failed", problem: { code: "confirmation_needed" } });
    expect(run.problem.message).toContain("since it was looked at");
    expect(readFileSync(join(dir, "etc", "config"), "utf8")).toBe("mine");
    const again = await done("restore/preview", into(dir));
    expect(await done("restore", { ...into(dir), seen: again.id, yes: true })).toMatchObject({
      status: "succeeded",
    });
    expect(readFileSync(join(dir, "etc", "other"), "utf8")).toBe("other");
  });

  it("that nobody has looked at is refused by the worker where something would be lost", async () => {
    const dir = folder("unseen");
    mkdirSync(join(dir, "etc"), { recursive: true });
    writeFileSync(join(dir, "etc", "config"), "mine");
    expect(await done("restore", into(dir))).toMatchObject({
      ...{ status: "failed", problem: { code: "confirmation_needed" } },
    });
    expect(readFileSync(join(dir, "etc", "config"), "utf8")).toBe("mine");
    expect(await done("restore", { ...into(dir), yes: true })).toMatchObject({ status: "succeeded" });
  });
});

describe("what is refused", () => {
  const etc = "/etc";
  it.each([
    [404, "not_found", { target: { to: "host", host: "nowhere" } }],
    [404, "not_found", { target: { to: "in-place" }, snapshot: "1999-01-01" }],
    [404, "not_found", { target: { to: "in-place" }, seen: 99_999, yes: true }],
    [409, "confirmation_needed", { target: { to: "in-place" } }],
    [409, "confirmation_needed", { target: { to: "host", host: "web2" } }],
    [400, "bad_input", {}],
    [400, "bad_input", { target: { to: "elsewhere" } }],
    [400, "bad_input", { target: { to: "folder" } }],
    [400, "bad_input", { target: { to: "folder", dir: "relative" } }],
    [400, "bad_input", { target: { to: "folder", dir: "/tmp/../etc" } }],
    [400, "bad_input", { target: { to: "folder", dir: "/tmp/a\nb" } }],
    [400, "bad_input", { target: { to: "host", host: "web2", dir: "/tmp/*" } }],
    [400, "bad_input", { target: { to: "host", host: "-oProxyCommand=x", dir: "/tmp" } }],
    [400, "bad_input", { target: { to: "host", host: "web2:/etc" } }],
    [400, "bad_input", { target: { to: "in-place" }, path: "../x" }],
    [400, "bad_input", { target: { to: "in-place" }, path: `/${"x".repeat(20_000)}` }],
    [400, "bad_input", { target: { to: "in-place" }, yes: "yes" }],
    [400, "bad_input", { target: { to: "in-place" }, seen: -1 }],
  ] as [number, string, Wish][])("%i %s %o", async (status, code, wish) => {
    const answer = await post("restore", { path: etc, ...wish });
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    expect(console.logged).toEqual([]);
  });

  it("a run that has looked at another restore, or at none, or that is not over", async () => {
    const dir = folder("another");
    const look = await done("restore/preview", into(dir));
    const asked = { ...into(dir), yes: true };
    for (const wish of [
      { ...asked, seen: look.id, target: { to: "folder", dir: `${dir}2` } },
      { ...asked, seen: look.id, delete: true },
      { ...asked, seen: look.id, path: source },
      { ...asked, seen: look.id, snapshot: first },
      { ...asked, seen: 1 },
    ])
      expect(await post("restore", wish)).toMatchObject({ status: 400, body: { code: "bad_input" } });
    expect((await post("restore", { ...asked, seen: look.id }, "admin", "web2")).status).not.toBe(202);
    const open = await post("restore/preview", into(dir));
    expect(await post("restore", { ...asked, seen: open.body.id })).toMatchObject({
      ...{ status: 409, body: { code: "run_not_over" } },
    });
    await console.workOff();
    expect(existsSync(dir)).toBe(false);
  });

  it("to viewers and to whoever is not known", async () => {
    for (const what of ["restore/preview", "restore"] as const) {
      expect((await post(what, into(folder("never")), "viewer")).status).toBe(403);
      // A worker is root as a rule: a folder of this server, also by way of a host that is this machine, takes an admin.
      const here = [into(folder("never")), { target: { to: "host", host: "web1", dir: folder("never") } }];
      for (const wish of here) {
        const answer = await post(what, wish, "operator");
        expect(answer).toMatchObject({ status: 403, body: { code: "not_allowed" } });
      }
      expect((await post(what, into(folder("never")), "nobody")).status).toBe(401);
    }
    expect(existsSync(folder("never"))).toBe(false);
  });
});
