// Channels that were broken, mended, quiet, or sent to by a clock that was wrong; and alerts whose cause has changed.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { deliverQueued } from "../../../src/actions/alerts/deliver-queued.ts";
import { acknowledgeAlert, liveAlerts } from "../../../src/store/alerts.ts";
import { hurryNotifications } from "../../../src/store/notifications.ts";
import { type AlertWorld, alertWorld } from "../../support/alert-world.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const names = DATABASES.filter((name) => name === (process.env.POBSYNC_TEST_DATABASE ?? "sqlite"));

describe.each(names)("on %s", (name) => {
  let databases: TestDatabases;
  let world: AlertWorld;
  beforeAll(async () => {
    databases = await startDatabases(name);
  });
  afterAll(() => databases.stop());
  afterEach(() => world.end());

  const begin = async (start?: string) => {
    world = await alertWorld(await databases.fresh(), "Europe/Vienna", start);
    return world;
  };
  const watchFor = async (ms: number) => {
    for (const end = world.now().getTime() + ms; world.now().getTime() < end; world.pass(MINUTE))
      await world.look();
  };
  const stored = () => world.db.sql.selectFrom("notifications").selectAll().orderBy("id").execute();
  const channel = async (called: string) =>
    (await world.courier.channels(world.app)).find((one) => one.name === called);

  it("a channel is called broken until something has arrived, also when its last message needs not be sent any more", async () => {
    const { addChannel, addHost, backUp, down } = await begin();
    addChannel("mail");
    const web1 = await addHost("web1");
    await backUp(web1);
    down.add("mail");
    await backUp(web1, "source_missing");
    await watchFor(30 * MINUTE);
    expect((await channel("mail"))?.broken).not.toBeNull();
    await backUp(web1);
    await watchFor(2 * HOUR);
    expect((await stored()).map(({ state }) => state)).toEqual(["dropped"]);
    expect((await channel("mail"))?.broken).not.toBeNull();
    // What comes next finds out whether it works.
    down.delete("mail");
    await backUp(web1, "source_missing");
    await watchFor(HOUR);
    expect((await channel("mail"))?.broken).toBeNull();
  });

  it("a message that waits for its next attempt is sent at once when its channel is mended", async () => {
    const { addChannel, addHost, backUp, down, arrived, db, now } = await begin();
    const { id } = addChannel("mail");
    down.add("mail");
    await backUp(await addHost("web1"), "source_missing");
    await watchFor(3 * HOUR);
    down.delete("mail");
    await world.look();
    expect(arrived).toEqual([]);
    await hurryNotifications(db, id, now());
    await world.look();
    expect(arrived).toHaveLength(1);
  });

  it("a clock that was ahead for a while puts no message off for longer than any waits", async () => {
    const { addChannel, addHost, backUp, down, arrived, setClock, now } = await begin();
    addChannel("mail");
    await backUp(await addHost("web1"), "source_missing");
    const [today, later] = [now(), new Date(now().getTime() + 90 * DAY)];
    down.add("mail");
    await watchFor(10 * MINUTE);
    setClock(later);
    await world.look();
    expect((await stored())[0]?.nextAttemptAt.getTime()).toBeGreaterThan(later.getTime());
    setClock(new Date(today.getTime() + 20 * MINUTE));
    down.delete("mail");
    await world.look();
    expect(arrived).toHaveLength(1);
  });

  it("a warning that failed to arrive is not tried again in the quiet hours, and keeps nothing bad from being told", async () => {
    // 21:30 in Vienna.
    const { addChannel, addHost, backUp, down, arrived, db, mounted } = await begin("2026-01-10T20:30:00Z");
    addChannel("phone", { quiet: { from: "22:00", to: "07:00" } });
    await backUp(await addHost("web1"));
    const warnings = [{ code: "files_vanished", message: "Some vanished.", hint: "Look.", detail: null }];
    await db.sql.updateTable("runs").set({ status: "warning", warnings }).execute();
    down.add("phone");
    await watchFor(HOUR);
    const [waiting] = await stored();
    expect(waiting).toMatchObject({ state: "queued", severity: "warning" });
    down.delete("phone");
    await watchFor(HOUR);
    expect(arrived).toEqual([]);
    mounted(false);
    await watchFor(15 * MINUTE);
    expect(arrived.map(({ message }) => message.severity)).toEqual(["bad"]);
    mounted(true);
    await watchFor(9 * HOUR);
    const held = arrived.filter(({ message }) => message.body.includes("vanished"));
    expect(held).toHaveLength(1);
    expect(held[0]?.at.toISOString().slice(0, 13)).toBe("2026-01-11T06");
  });

  it("an alert that was acknowledged is told again when its cause is another one", async () => {
    const { addChannel, addHost, backUp, arrived, now, db } = await begin();
    addChannel("mail", { repeatSeconds: 2 * 3600 });
    const web1 = await addHost("web1");
    await backUp(web1, "source_missing");
    await watchFor(30 * MINUTE);
    const [alert] = await liveAlerts(db);
    await acknowledgeAlert(db, alert?.id ?? 0, { at: now(), by: "ada", reason: null });
    await watchFor(5 * HOUR);
    expect(arrived).toHaveLength(1);
    await backUp(web1, "authentication_failed");
    await watchFor(5 * HOUR);
    expect(arrived.map(({ message }) => message.kind)).toContain("reminder");
    expect((await liveAlerts(db))[0]).toMatchObject({ id: alert?.id, acknowledged: null });
  });

  it("a send that a stop interrupts says that the message may come twice, and is made up for", async () => {
    const { addChannel, addHost, backUp, app, courier } = await begin();
    addChannel("mail");
    await backUp(await addHost("web1"), "source_missing");
    const stop = new AbortController();
    const slow = {
      ...courier,
      send: () =>
        new Promise<void>(() => {
          stop.abort();
        }),
    };
    world.down.add("mail");
    await watchFor(10 * MINUTE);
    world.pass(HOUR);
    await deliverQueued(app, slow, "one that is stopped", stop.signal);
    expect((await stored())[0]).toMatchObject({ state: "queued", error: expect.stringContaining("twice") });
    world.down.delete("mail");
    await world.look();
    expect((await stored())[0]).toMatchObject({ state: "sent", error: null });
  });
});
