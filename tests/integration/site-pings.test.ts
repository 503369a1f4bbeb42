// Pings of the site: how it is, told by whoever watches and by nobody else within the same minute.
import { renameSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { channelCourier } from "../../src/actions/alerts/channel-courier.ts";
import { lookOver } from "../../src/actions/alerts/look-over.ts";
import { pingSite } from "../../src/actions/pings.ts";
import { siteFacts } from "../../src/actions/site-facts.ts";
import { openDatabase } from "../../src/store/database.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { type ClockedApp, clockedApp } from "../support/clocked-app.ts";
import { type HttpReceiver, httpReceiver } from "../support/receivers.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: BackupSite;
let receiver: HttpReceiver;
let app: ClockedApp;
beforeAll(async () => {
  site = await makeSite();
  receiver = await httpReceiver();
  app = await clockedApp(site, "2026-11-23T02:15");
  await site.ok("configure-global", "--ping-url", `${receiver.url}/key-of-the-site`, "--ping-allow-private");
});
afterAll(async () => {
  await app.close();
  await receiver.close();
  await site.world.dispose();
});
afterEach(async () => {
  receiver.got.length = 0;
  receiver.answer = (response) => response.end("OK");
  await app.db.sql.deleteFrom("watchTurns").execute();
});

const paths = () => receiver.got.map(({ path }) => path);
const status = async () => (await site.ok("--json", "status")).json();

describe("the service of the site", () => {
  it("hears once of two processes that it is well", async () => {
    const both = [1, 2].map(() => site.pobsync.start("up", "--no-console", "--interval", "1"));
    await waitUntil(() => receiver.got.length > 0, { what: "a ping", deadlineMs: 60_000 });
    await waitUntil(async () => (await status()).workers.length === 4, {
      what: "both processes",
      deadlineMs: 60_000,
    });
    for (const { child } of both) child.kill("SIGTERM");
    for (const { ended } of both) expect((await ended).code).toBe(0);
    expect(receiver.got).toMatchObject([{ method: "POST", path: "/key-of-the-site" }]);
    expect(receiver.got[0]?.text).toBe("Somebody looks after the site, and nothing bad holds.\n");
  });

  it("hears once of many who look at the very same moment", async () => {
    const other = { ...app, db: await openDatabase(site.world.environment.POBSYNC_DATABASE_URL ?? "") };
    const { signal } = new AbortController();
    const all = Array.from({ length: 20 }, (_, n) =>
      pingSite(n % 2 === 0 ? app : other, `w${n}`, [], signal),
    );
    await Promise.all(all);
    await other.db.close();
    expect(paths()).toEqual(["/key-of-the-site"]);
  });

  it("hears of what is bad once that has outlived its grace, and of its end at once", async () => {
    const { signal } = new AbortController();
    const look = async (at: string) => {
      app.setClock(at);
      await app.db.sql.deleteFrom("watchTurns").execute();
      const { bad } = await lookOver(app, siteFacts(app.db), channelCourier);
      await pingSite(app, "w", bad, signal);
      return paths().at(-1);
    };
    renameSync(site.world.backupRoot, `${site.world.backupRoot}.away`);
    try {
      expect(await look("2026-11-23T03:00")).toBe("/key-of-the-site");
      expect(await look("2026-11-23T03:06")).toBe("/key-of-the-site/fail");
      expect(receiver.got.at(-1)?.text).toContain(site.world.backupRoot);
      await site.ok("notify", "--test");
      expect(paths().at(-1)).toBe("/key-of-the-site/fail");
    } finally {
      renameSync(`${site.world.backupRoot}.away`, site.world.backupRoot);
    }
    expect(await look("2026-11-23T03:07")).toBe("/key-of-the-site");
  });

  it("keeps no process that stops waiting, and that it was away for a moment is not remembered", async () => {
    receiver.answer = () => {};
    const up = site.pobsync.start("up", "--no-console", "--interval", "1");
    await waitUntil(() => receiver.got.length > 0, { what: "a ping", deadlineMs: 60_000 });
    up.child.kill("SIGTERM");
    expect((await up.ended).code).toBe(0);
    expect((await status()).conditions).toEqual([]);
  });
});

describe("notify --test", () => {
  it("tells the service how the site is now, and says whether that has arrived", async () => {
    const well = await site.ok("notify", "--test");
    expect(well.stdout).toBe("✓ Its service has taken the ping of the site.\n");
    expect(paths()).toEqual(["/key-of-the-site"]);
    receiver.answer = (response) => response.writeHead(410).end("gone");
    const gone = await site.pobsync.run("--json", "notify", "--test");
    expect(gone.code).toBe(1);
    expect(gone.json()).toMatchObject({
      items: [],
      ping: {
        delivered: false,
        problem: { code: "ping_failing", message: expect.stringContaining("410: gone") },
      },
    });
    expect((await status()).conditions).toMatchObject([
      { key: "ping_failing", host: null, level: "warning" },
    ]);
    await site.ok("configure-global", "--ping-allow-private", "--ping-url", `${receiver.url}/another-key`);
    expect((await status()).conditions).toEqual([]);
  });

  it("sends no ping with a test of one channel, nor with somebody's own words", async () => {
    await site.pobsync.run("notify", "--test", "phone");
    await site.pobsync.run("notify", "--subject", "Noon");
    expect(receiver.got).toEqual([]);
  });
});
