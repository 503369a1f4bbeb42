// Why isn't it running: each situation made real.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { App } from "../../../src/actions/app.ts";
import { configureHost } from "../../../src/actions/configure-host.ts";
import { placeWindows } from "../../../src/actions/place-windows.ts";
import { waitingOf, whyHostWaits } from "../../../src/actions/why-waiting.ts";
import { PLAIN_RUN } from "../../../src/domain/run.ts";
import { nextCandidates } from "../../../src/store/candidates.ts";
import type { Database } from "../../../src/store/database.ts";
import { requireHost } from "../../../src/store/hosts.ts";
import { finishRun } from "../../../src/store/run-lease.ts";
import { findRun } from "../../../src/store/runs.ts";
import { listSchedules, moveSchedule, saveSchedule } from "../../../src/store/schedules.ts";
import { saveSite } from "../../../src/store/site.ts";
import { sayGone } from "../../../src/store/workers.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addHost, claim, diskless, endOf, succeeded } from "../../support/queue-people.ts";
import { bob, MINUTE, type WaitingSite, waitingSite } from "../../support/waiting-site.ts";

for (const database of DATABASES)
  describe(`what waits in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let app: App;
    let now: Date;
    let { web, nas, ago, alive, queue, start } = {} as WaitingSite;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
      now = new Date("2026-11-30T12:00:00Z");
      ({ web, nas, app, ago, alive, queue, start } = await waitingSite(db, () => now));
    });

    const why = async (id: number) => {
      const run = await findRun(db, id);
      if (run === null) throw new Error(`there is no run ${id}`);
      return (await waitingOf(app, [run])).get(id);
    };
    /** A past in which backups of a host took so many minutes. */
    const past = async (hostId: number, ...minutes: number[]) => {
      for (const took of minutes) {
        const id = await queue(hostId);
        const begun = ago(1000);
        await start(id, begun);
        const end = endOf(succeeded, null, new Date(begun.getTime() + took * MINUTE));
        expect(await finishRun(db, id, { ...bob, workerId: "bob of main" }, end)).toBe(true);
      }
    };

    it("says that a worker takes it in a moment, or that there is none", async () => {
      const id = await queue(web);
      expect(await why(id)).toMatchObject({ reason: "soon", estimate: now });
      await sayGone(db, "bob of main");
      expect(await why(id)).toMatchObject({
        reason: "nobody_works",
        message: expect.stringMatching(/^No worker is/),
      });
      await alive("worker", 0, "other");
      expect(await why(id)).toMatchObject({
        reason: "nobody_works",
        message: expect.stringMatching(/server main/),
      });
    });

    it("says which run owns the host, and about when that ends", async () => {
      await past(web, 10, 12, 40);
      const running = await queue(web);
      await start(running, ago(2));
      const id = await queue(web);
      const waiting = await why(id);
      expect(waiting).toMatchObject({
        reason: "host_busy",
        run: running,
        estimate: new Date(now.getTime() + 10 * MINUTE),
      });
      expect(waiting?.message).toBe(
        `web1 is taken by run ${running}, a backup: this one begins about 12:10 UTC, when that ends; such runs took 12 minutes lately.`,
      );
      now = new Date(now.getTime() + 20 * MINUTE);
      expect(await why(id)).toMatchObject({ estimate: new Date(now.getTime() + 18 * MINUTE) });
      now = new Date(now.getTime() + 30 * MINUTE);
      // Longer than ever: nobody can say.
      expect(await why(id)).toMatchObject({ reason: "host_busy", estimate: null });
    });

    it("says that all places are taken, and how many are before it", async () => {
      const running = await claim(db, nas, bob);
      const slotted = await queue(await addHost(db, "mail"));
      // A person's own run takes no place.
      expect(await why(slotted)).toMatchObject({ reason: "soon" });
      await start(slotted, ago(1));
      const id = await queue(web);
      expect(await why(id)).toMatchObject({ reason: "slots", estimate: null });
      expect((await why(id))?.message).toContain(`run ${slotted} of mail`);
      const first = await queue(await addHost(db, "db1"), { availableAt: ago(9) });
      expect((await why(id))?.message).toMatch(/One run is before it/);
      expect((await why(first))?.message).not.toMatch(/before it/);
      expect(await why(await queue(nas))).toMatchObject({ reason: "host_busy", run: running });
    });

    it("says that each worker has as many as it was started for, and which place in the queue it has", async () => {
      await saveSite(db, { ...diskless, maxParallel: 2 }, now);
      await sayGone(db, "bob of main");
      await alive("worker", 1);
      const running = await queue(await addHost(db, "mail"));
      const [first, second] = [await queue(nas, { availableAt: ago(5) }), await queue(web)];
      const later = await queue(web);
      // One place: mail has it, as it was queued first of those that may begin since the same minute.
      expect(await why(second)).toMatchObject({
        reason: "queue",
        message: expect.stringMatching(/^It is number 3/),
      });
      expect(await why(later)).toMatchObject({ reason: "queue", run: second });
      await start(running, ago(1));
      expect(await why(first)).toMatchObject({ reason: "workers_busy" });
    });

    it("says until when it may not begin: a retry's pause, a schedule's jitter, a host that is disabled", async () => {
      const later = new Date(now.getTime() + 4 * MINUTE);
      const retry = await queue(web, { trigger: "retry", attempt: 2, availableAt: later });
      expect(await why(retry)).toMatchObject({ reason: "retry_backoff", until: later, estimate: null });
      const jitter = await queue(nas, { dueAt: ago(1), availableAt: later });
      expect(await why(jitter)).toMatchObject({ reason: "jitter", until: later });
      expect((await why(jitter))?.message).toContain("12:04 UTC");
      await configureHost(app, "web1", { enabled: false, settings: {}, unset: [] });
      expect(await why(retry)).toMatchObject({ reason: "host_disabled" });
    });

    it("lets a scheduled backup wait for its window, whoever claims, and a person's begin at once", async () => {
      const night = { settings: { windows: ["20:00-06:00"] }, unset: [] };
      await configureHost(app, "web1", night);
      const [id, asked] = [await queue(web), await queue(nas)];
      const opens = new Date("2026-11-30T20:00:00Z");
      expect(await why(id)).toMatchObject({ reason: "window", until: opens });
      const next = async () => (await nextCandidates(db, "main", now, 9)).map((run) => run.id);
      expect(await next()).toEqual([asked]);
      // Also one who looked a moment too early, or whose clock is wrong.
      expect(await start(id, now)).toBe(false);
      const manual = await queue(web, { trigger: "manual" });
      expect(await next()).toEqual([manual, asked]);
      const patient = await queue(web, { trigger: "manual", options: { ...PLAIN_RUN, waitForWindow: true } });
      expect(await next()).toEqual([manual, asked]);
      expect(await why(patient)).toMatchObject({ reason: "window" });
      // A prune does not touch the host.
      expect(await why(await queue(web, { kind: "prune" }))).not.toMatchObject({ reason: "window" });
      await configureHost(app, "web1", { settings: { windows: ["11:00-13:00"] }, unset: [] });
      expect(await start(id, now)).toBe(true);
    });

    it("moves a window on when it is over, and takes it away with the setting", async () => {
      await configureHost(app, "web1", { settings: { windows: ["11:00-13:00"] }, unset: [] });
      const id = await queue(web);
      expect(await why(id)).toMatchObject({ reason: "soon" });
      now = new Date("2026-11-30T13:00:00Z");
      expect(await start(id, now)).toBe(false);
      await placeWindows(app);
      expect(await why(id)).toMatchObject({ reason: "window", until: new Date("2026-12-01T11:00:00Z") });
      await configureHost(app, "web1", { settings: {}, unset: ["windows"] });
      expect(await why(id)).toMatchObject({ reason: "soon" });
    });

    it("says of a host that has nothing in the queue when it is due, or why it never is", async () => {
      const host = async () => (await whyHostWaits(app, await requireHost(db, "web1"))).waiting;
      expect(await host()).toMatchObject({ reason: "no_schedule" });
      const facts = { cron: "0 2 * * *", timeZone: null, prune: false, maxDelete: null, jitterSeconds: 0 };
      const nextDueAt = new Date("2026-12-01T02:00:00Z");
      await saveSchedule(db, web, "default", { ...facts, enabled: false, nextDueAt: null }, now);
      expect(await host()).toMatchObject({ reason: "schedules_off" });
      await saveSchedule(db, web, "default", { ...facts, enabled: true, nextDueAt }, now);
      expect(await host()).toMatchObject({ reason: "no_scheduler" });
      await alive("scheduler");
      expect(await host()).toMatchObject({
        reason: "due",
        until: nextDueAt,
        message: "web1 is due at 2026-12-01 02:00 UTC.",
      });
      const [schedule] = await listSchedules(db, web);
      if (schedule === undefined) throw new Error("it has a schedule");
      await moveSchedule(db, schedule, {
        lastDueAt: ago(600),
        lastSkip: { dueAt: ago(600), runId: 7 },
      });
      expect(await host()).toMatchObject({ reason: "skipped", run: 7, until: nextDueAt });
      await configureHost(app, "web1", { settings: { windows: ["20:00-22:00"] }, unset: [] });
      expect(await host()).toMatchObject({ until: new Date("2026-12-01T20:00:00Z") });
      const id = await queue(web, { trigger: "manual" });
      expect(await host()).toMatchObject({ reason: "soon" });
      await start(id, now);
      expect(await host()).toBeNull();
      await configureHost(app, "nas", { enabled: false, settings: {}, unset: [] });
      expect((await whyHostWaits(app, await requireHost(db, "nas"))).waiting).toMatchObject({
        reason: "host_disabled",
      });
    });
  });
