// Where pings go: set from the command line and over the API, and nobody gets to see the address again.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPingUrl } from "../../src/actions/ping-settings.ts";
import { requireHost } from "../../src/store/hosts.ts";
import { findPing } from "../../src/store/pings.ts";
import { startConsole, type TestConsole } from "../support/console.ts";
import { addLocalHost } from "../support/local-host.ts";
import { type Pobsync, pobsyncIn } from "../support/pobsync.ts";

const SECRET = "s3cr3t-check-4711";
const URL_OF_CHECK = `http://127.0.0.1:9/${SECRET}`;
const SHOWN = "http://127.0.0.1:9/(hidden)";
let site: TestConsole;
let pobsync: Pobsync;
beforeAll(async () => {
  site = await startConsole();
  pobsync = pobsyncIn(site.world);
  await addLocalHost(site, "laptop", 1);
});
afterAll(() => site.close());

const json = async (...args: string[]) => (await pobsync.run("--json", ...args)).json();
const opened = async (hostId: number | null) => {
  const stored = await findPing(site.app.db, hostId);
  return stored === null ? null : openPingUrl(site.app, stored);
};
const change = (body: object) => site.request("admin", "PATCH", "/api/settings", body);

describe("where pings go", () => {
  it("is set from a file for the site, and shown without what gives the right to ping", async () => {
    const file = join(site.world.dir, "address");
    writeFileSync(file, `${URL_OF_CHECK}\n`);
    const set = await json("configure-global", "--ping-url-file", file);
    expect(set).toMatchObject({ pingUrl: SHOWN, pingAllowPrivate: false });
    expect(await opened(null)).toEqual({ url: URL_OF_CHECK });
    expect((await pobsync.run("configure-global")).stdout).toContain(SHOWN);
  });

  it("is a setting of the API, where what is shown stands for what it is", async () => {
    const { body } = await site.request("viewer", "GET", "/api/settings");
    expect(body).toMatchObject({ pingUrl: SHOWN, defaults: { pingUrl: null } });
    expect(await change({ pingUrl: SHOWN, pingAllowPrivate: true })).toMatchObject({
      ...{ status: 200, body: { pingUrl: SHOWN, pingAllowPrivate: true } },
    });
    expect(await opened(null)).toEqual({ url: URL_OF_CHECK });
    const refused = await change({ pingUrl: "http://127.0.0.1:10/(hidden)" });
    expect(refused).toMatchObject({ status: 400, body: { code: "bad_input" } });
    expect(await site.request("operator", "PATCH", "/api/settings", { pingUrl: null })).toMatchObject({
      status: 403,
    });
    expect(await change({ pingUrl: null })).toMatchObject({
      body: { pingUrl: null, pingAllowPrivate: false },
    });
    expect(await opened(null)).toBeNull();
    expect(await change({ pingAllowPrivate: true })).toMatchObject({ status: 400 });
    await change({ pingUrl: URL_OF_CHECK });
  });

  it("is a host's own, for a new one too, and goes with the host", async () => {
    const made = { name: "nas", address: "192.0.2.1", pingUrl: `${URL_OF_CHECK}-nas` };
    const { status, body } = await site.request("admin", "POST", "/api/hosts", made);
    expect({ status, own: body.own.pingUrl, effective: body.effective.pingUrl }).toEqual({
      ...{ status: 201, own: SHOWN, effective: [{ value: SHOWN, origin: "host" }] },
    });
    const { id } = await requireHost(site.app.db, "nas");
    expect(await opened(id)).toEqual({ url: `${URL_OF_CHECK}-nas` });
    const other = await json("show-host", "laptop");
    expect(other.effective).toMatchObject({ pingUrl: [{ value: null, origin: "default" }] });
    await pobsync.run("remove-host", "nas", "--yes");
    expect(await opened(id)).toBeNull();
  });

  it("is nowhere to be read again", async () => {
    await pobsync.run("configure-host", "laptop", "--ping-url", URL_OF_CHECK);
    const backup = await pobsync.run("--json", "backup", "laptop");
    expect(backup.code).toBe(0);
    const said = [
      backup.stdout + backup.stderr,
      ...(await Promise.all(
        [
          ...[["configure-global"], ["show-host", "laptop"], ["audit"], ["dumpdata"], ["status"], ["alerts"]],
          ["configure-host", "laptop", "--ping-allow-private"],
        ].map(async (args) => Object.values(await pobsync.run("--json", ...args)).join()),
      )),
      ...(await Promise.all(
        [
          "settings",
          "hosts/laptop",
          "audit",
          "admin/tables/pings",
          "admin/tables/audit_entries",
          "status",
        ].map(async (path) => JSON.stringify((await site.request("admin", "GET", `/api/${path}`)).body)),
      )),
    ];
    expect(said.filter((text) => text.includes(SECRET))).toEqual([]);
    expect(said.join()).toContain(SHOWN);
    const files = readdirSync(site.world.backupRoot, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    expect(files.length).toBeGreaterThan(0);
    expect(files.join()).not.toContain(SECRET);
  });

  it("that cannot be opened any more is said, and harms no backup", async () => {
    writeFileSync(site.app.secretKeyFile, `${"A".repeat(43)}\n`);
    const backup = await pobsync.run("backup", "laptop");
    expect(backup).toMatchObject({ code: 0, stderr: expect.stringContaining("cannot be opened") });
  });
});
