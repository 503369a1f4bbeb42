// What people are told, and what they are not: alerts on a real database, with the clock set.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { watch } from "../../../src/actions/alerts/watch.ts";
import { acknowledgeAlert, listAlerts, liveAlerts } from "../../../src/store/alerts.ts";
import { saveSchedule } from "../../../src/store/schedules.ts";
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
  /** Looks every minute for so long. */
  const watchFor = async (ms: number) => {
    for (const end = world.now().getTime() + ms; world.now().getTime() < end; world.pass(MINUTE))
      await world.look();
  };
  const subjects = (channel: string) =>
    world.arrived.filter((one) => one.channel === channel).map(({ message }) => message.subject);

  it("a host that fails is told once within its grace, with the next step, and once when it is well again", async () => {
    const { addChannel, addHost, backUp, arrived } = await begin();
    addChannel("mail");
    const web1 = await addHost("web1");
    await backUp(web1);
    await watchFor(10 * MINUTE);
    expect(arrived).toEqual([]);
    await backUp(web1, "source_missing");
    await watchFor(10 * MINUTE);
    expect(arrived).toHaveLength(1);
    expect(arrived[0]?.message).toMatchObject({
      ...{ kind: "opened", severity: "bad", host: "web1", code: "source_missing" },
      subject: "pobsync: The host said: source_missing.",
      url: "https://backup.example.org/hosts/web1",
      body: expect.stringMatching(/What to do: .+\n.*pobsync acknowledge 1/s),
    });
    await watchFor(2 * HOUR);
    await backUp(web1);
    await watchFor(2 * HOUR);
    expect(arrived).toHaveLength(2);
    expect(arrived[1]?.message).toMatchObject({ kind: "cleared", severity: "info", host: "web1" });
    expect(await liveAlerts(world.db)).toEqual([]);
  });

  it("three hundred hosts that are late come in one message", async () => {
    const { addChannel, addHost, backUp, arrived, pass } = await begin();
    addChannel("mail");
    for (let n = 0; n < 300; n++) await backUp(await addHost(`host-${n}`));
    pass(3 * DAY);
    await watchFor(90 * MINUTE);
    expect(arrived).toHaveLength(1);
    const [{ message } = { message: null }] = arrived;
    expect(message?.subject).toBe("pobsync: host-0, host-1, host-10 and 297 more need attention");
    expect(message?.body.split("\n")).toHaveLength(52);
    expect(message?.body).toContain("… and 250 more: pobsync alerts");
  });

  it("within an hour there is one message about one cause, and a host that flaps makes few", async () => {
    const { addChannel, addHost, backUp, arrived } = await begin();
    addChannel("mail");
    const web1 = await addHost("web1");
    for (let turn = 0; turn < 36; turn++) {
      await backUp(web1, turn % 2 === 0 ? "source_missing" : null);
      await watchFor(20 * MINUTE);
    }
    const times = arrived.map(({ at }) => at.getTime());
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(HOUR);
    expect(arrived.length).toBeLessThanOrEqual(6);
    expect(arrived.length).toBeGreaterThanOrEqual(1);
  });

  it("a warning in the quiet hours is held until they end, and dropped when it is over by then; what is bad is told", async () => {
    // 22:30 in Vienna.
    const { addChannel, addHost, backUp, mounted } = await begin("2026-01-10T21:30:00Z");
    addChannel("mail", { quiet: { from: "22:00", to: "07:00" } });
    const web1 = await addHost("web1");
    await backUp(web1);
    const warned = async (is: boolean) =>
      world.db.sql
        .updateTable("runs")
        .set({
          status: is ? "warning" : "succeeded",
          warnings: is
            ? [{ code: "files_vanished", message: "Some vanished.", hint: "Look.", detail: null }]
            : [],
        })
        .execute();
    await warned(true);
    await watchFor(30 * MINUTE);
    expect(subjects("mail")).toEqual([]);
    await warned(false);
    await watchFor(30 * MINUTE);
    mounted(false);
    await watchFor(10 * MINUTE);
    expect(subjects("mail")).toEqual([expect.stringContaining("the backup disk is not mounted")]);
    mounted(true);
    await warned(true);
    await watchFor(8 * HOUR);
    const held = world.arrived.filter(({ message }) => message.body.includes("vanished"));
    expect(held).toHaveLength(1);
    expect(held[0]?.at.toISOString()).toBe("2026-01-11T06:00:00.000Z");
  });

  it("is repeated until somebody acknowledges it, and that is told to nobody else", async () => {
    const { addChannel, addHost, backUp, now } = await begin();
    addChannel("mail", { repeatSeconds: 2 * 3600 });
    await backUp(await addHost("web1"), "source_missing");
    await watchFor(5 * HOUR);
    const kinds = () => world.arrived.map(({ message }) => message.kind);
    expect(kinds()).toEqual(["opened", "reminder", "reminder"]);
    const [alert] = (await listAlerts(world.db, { all: false, limit: 10 })).items;
    const seen = { at: now(), by: "ada", reason: "I know" };
    expect(await acknowledgeAlert(world.db, alert?.id ?? 0, seen)).toBe(true);
    expect(await acknowledgeAlert(world.db, alert?.id ?? 0, { ...seen, by: "bob" })).toBe(false);
    await watchFor(5 * HOUR);
    expect(kinds()).toHaveLength(3);
  });

  it("goes to the channels whose rules want it", async () => {
    const { addChannel, addHost, backUp, mounted } = await begin();
    addChannel("web people", { hosts: ["web*"] });
    addChannel("late only", { codes: ["late"] });
    addChannel("failing", { codes: ["failing"] });
    addChannel("all");
    await backUp(await addHost("web1"), "source_missing");
    await backUp(await addHost("db1"), "source_missing");
    mounted(false);
    await watchFor(10 * MINUTE);
    const told = (channel: string) =>
      world.arrived.filter((one) => one.channel === channel).map(({ message }) => message.body);
    expect(told("web people")).toEqual([expect.stringContaining("source_missing")]);
    expect(told("late only")).toEqual([]);
    expect(told("failing")).toEqual([expect.stringContaining("Needs attention")]);
    expect(told("all").join("\n")).toContain("not mounted");
    mounted(true);
  });

  it("a channel that is broken is told at the others, gets one message when it works again, and holds up none of them", async () => {
    const { addChannel, addHost, backUp, down } = await begin();
    addChannel("broken");
    addChannel("mail");
    down.add("broken");
    const web1 = await addHost("web1");
    await backUp(web1, "source_missing");
    await watchFor(2 * HOUR);
    await backUp(await addHost("web2"), "source_missing");
    await watchFor(2 * HOUR);
    expect(subjects("mail").join("\n")).toContain("Nothing arrives at the channel broken");
    expect(subjects("broken")).toEqual([]);
    down.clear();
    await watchFor(3 * HOUR);
    expect(subjects("broken").length).toBeGreaterThanOrEqual(1);
    expect(subjects("broken").length).toBeLessThanOrEqual(3);
    expect(subjects("broken").join("\n")).not.toContain("Nothing arrives");
    expect(
      world.arrived.some(({ channel, message }) => channel === "mail" && message.kind === "cleared"),
    ).toBe(true);
  });

  it("the digest comes once a day at seven, also on the days on which the clocks change, and counts in its subject", async () => {
    const { addChannel, addHost, backUp, arrived, pass } = await begin("2026-03-27T12:00:00Z");
    addChannel("mail", { digest: "daily", codes: ["none"] });
    addChannel("weekly", { digest: "weekly", codes: ["none"] });
    const web1 = await addHost("web1");
    await addHost("web2");
    for (let look = 0; look < 5 * 48; look++) {
      if (look % 40 === 0) await backUp(web1);
      await Promise.all([world.look("scheduler"), world.look("worker")]);
      pass(30 * MINUTE);
    }
    const daily = arrived.filter(({ channel }) => channel === "mail");
    expect(daily.map(({ at }) => at.toISOString().slice(0, 16))).toEqual([
      ...["2026-03-28T06:00", "2026-03-29T05:00", "2026-03-30T05:00", "2026-03-31T05:00", "2026-04-01T05:00"],
    ]);
    expect(daily[0]?.message.subject).toBe("pobsync: 1 fresh, 1 never backed up");
    expect(daily[0]?.message.body).toMatch(
      /- web2: never backed up, no good backup yet\n- web1: fresh, last good one 2026-03-2/,
    );
    expect(arrived.filter(({ channel }) => channel === "weekly")).toHaveLength(1);
  });

  it("the one that lives tells that the other is gone, and nobody is told twice by two processes", async () => {
    const { addChannel, addHost, backUp, lives, app, courier } = await begin();
    addChannel("mail");
    const web1 = await addHost("web1");
    await backUp(web1);
    const facts = { cron: "15 2 * * *", timeZone: null, prune: false, maxDelete: null, jitterSeconds: 0 };
    await saveSchedule(
      world.db,
      web1,
      "nightly",
      { ...facts, enabled: true, nextDueAt: new Date(world.now().getTime() + DAY) },
      world.now(),
    );
    await lives("worker", true);
    for (let look = 0; look < 10; look++) {
      await Promise.all(["a", "b", "c"].map((sender) => world.look(sender)));
      world.pass(MINUTE);
    }
    expect(subjects("mail")).toEqual([expect.stringContaining("No scheduler is running")]);
    const stop = new AbortController().signal;
    const looks: string[] = [];
    const round = (watcherId: string) =>
      watch(app, {
        ...{ facts: world.facts(), courier, watcherId, stop },
        onLook: async () => {
          looks.push(watcherId);
        },
      });
    await Promise.all(["a", "b", "c", "d"].map(round));
    await round("e");
    expect(looks).toHaveLength(1);
  });

  it("what hosts say gets no control characters and no passwords into a message", async () => {
    const { addChannel, addHost, backUp, arrived } = await begin();
    addChannel("mail");
    await backUp(await addHost("web1"), "source_missing");
    const message = "Gone: \u001b[31m<b>x</b>\r\nBcc: eve@example.org ftp://ada:hunter2@example.org/";
    await world.db.sql
      .updateTable("runs")
      .set({ problem: { code: "source_missing", message, hint: "Look.", detail: "secret" } })
      .execute();
    await watchFor(10 * MINUTE);
    const text = `${arrived[0]?.message.subject}\n${arrived[0]?.message.body}`;
    expect(arrived).toHaveLength(1);
    expect(text).not.toMatch(/hunter2|secret|\p{Cc}(?<!\n)/u);
    expect(arrived[0]?.message.subject).not.toContain("\n");
    expect(text).toContain("\\x0d\\x0aBcc");
  });
});
