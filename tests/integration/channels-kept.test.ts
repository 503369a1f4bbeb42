// What of a channel is kept, shown and tried again when somebody changes it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireChannel } from "../../src/actions/configure-channel.ts";
import { testMessage } from "../../src/actions/notify-now.ts";
import { dueNotifications, queueNotification } from "../../src/store/notifications.ts";
import { startConsole, type TestConsole } from "../support/console.ts";
import { type Pobsync, pobsyncIn } from "../support/pobsync.ts";
import { type HttpReceiver, httpReceiver } from "../support/receivers.ts";

let site: TestConsole;
let pobsync: Pobsync;
let receiver: HttpReceiver;
beforeAll(async () => {
  site = await startConsole();
  pobsync = pobsyncIn(site.world);
  receiver = await httpReceiver();
});
afterAll(async () => {
  await receiver.close();
  await site.close();
});

const json = async (...args: string[]) => (await pobsync.run("--json", ...args)).json();

describe("what a channel was given by another version", () => {
  it("stays: a condition that this one does not know is loaded, and kept by whoever changes something else", async () => {
    await json("configure-channel", "old", "--kind", "ntfy", "--topic", "t", "--code", "late");
    const { id, rules } = await requireChannel(site.app, "old");
    const codes = ["comet_struck", "late"];
    const { sql } = site.app.db;
    await sql
      .updateTable("notificationChannels")
      .set({ rules: { ...rules, codes } })
      .where("id", "=", id)
      .execute();
    expect((await json("configure-channel", "old", "--digest", "daily")).rules).toMatchObject({ codes });
    const unknown = await pobsync.run("configure-channel", "old", "--code", "comet_crashed");
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("comet_crashed")]);
    expect((await json("remove-channel", "old", "--yes")).removed).toBe(true);
  });
});

describe("a channel over the API", () => {
  it("shows the topic by which others could read along to those alone who may change it", async () => {
    const topic = "a-name-nobody-guesses";
    const settings = { topic, server: receiver.url, allowPrivate: true };
    await site.request("admin", "POST", "/api/channels", { name: "phone2", kind: "ntfy", settings });
    const seenBy = async (who: "admin" | "operator" | "viewer") => {
      const { items } = (await site.request(who, "GET", "/api/channels")).body;
      return items.find(({ name }: { name: string }) => name === "phone2");
    };
    expect(await seenBy("admin")).toMatchObject({ target: `${receiver.url}/${topic}`, settings: { topic } });
    for (const who of ["operator", "viewer"] as const) {
      expect(JSON.stringify(await seenBy(who))).not.toContain("nobody-guesses");
      expect(await seenBy(who)).toMatchObject({
        target: `${receiver.url}/a-n…`,
        settings: { topic: "a-n…" },
      });
    }
  });

  it("is tried again at once when it is mended, and when a test arrives", async () => {
    const { db } = site.app;
    const made = {
      name: "team",
      kind: "discord",
      settings: { url: `${receiver.url}/1`, allowPrivate: true },
    };
    await site.request("admin", "POST", "/api/channels", made);
    const channel = await requireChannel(site.app, "team");
    const later = new Date(Date.now() + 3_000_000);
    const wait = async () => {
      await db.sql.deleteFrom("notifications").execute();
      const message = testMessage("team");
      await queueNotification(db, { channel, message, items: [], onceKey: null }, new Date());
      await db.sql.updateTable("notifications").set({ nextAttemptAt: later }).execute();
    };
    const due = async () => (await dueNotifications(db, new Date(), 9)).length;
    await wait();
    await site.request("admin", "PATCH", "/api/channels/team", { rules: { hosts: ["db*"] } });
    expect(await due()).toBe(0);
    const settings = { url: `${receiver.url}/api/webhooks/2` };
    await site.request("admin", "PATCH", "/api/channels/team", { settings });
    expect(await due()).toBe(1);
    await wait();
    await site.request("operator", "POST", "/api/channels/team/test", {});
    expect(await due()).toBe(1);
    await db.sql.deleteFrom("notifications").execute();
  });
});
