// Schedules: made, changed and refused in words; and the scheduler, which queues what is due once, whatever the clock did.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireHost } from "../../src/store/hosts.ts";
import { enqueue } from "../../src/store/run-queue.ts";
import { listSchedules, saveSchedule } from "../../src/store/schedules.ts";
import { addHost, manualBackup } from "../support/queue-people.ts";
import { waitUntil } from "../support/wait-until.ts";
import { makeWorkSite, stopped, type WorkSite } from "../support/work-site.ts";

const HOUR_MS = 3_600_000;
/** Due long after any test, so that what a test makes due is the newest. */
const YEARLY = "0 0 1 1 *";
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);

let site: WorkSite;
beforeAll(async () => {
  site = await makeWorkSite();
  for (const host of ["laptop", "nas", "mail"])
    await site.configureHost(host, null, "--source", "/etc/hostname");
});
afterAll(() => site.dispose());

const schedule = async (...args: string[]) => (await site.ok("--json", "schedule", ...args)).json();
const queueDue = async () => (await site.ok("--json", "scheduler")).json().queued;
const nextOf = async (host: string) => (await site.schedule(host)).nextDueAt?.getTime() ?? 0;

describe("a schedule", () => {
  it("is made with one command, and changed in what is named alone", async () => {
    const made = await site.ok("schedule", "laptop", "--cron", "15 2 * * *", "--prune", "--max-delete", "3");
    expect(made.stderr).toContain('The schedule "default" of laptop is made.\n');
    expect(made.stderr).toContain("pobsync up\n");
    expect(made.stdout).toContain("02:15");
    expect(await site.schedule("laptop")).toMatchObject({
      cron: "15 2 * * *",
      prune: true,
      maxDelete: 3,
      jitterSeconds: 0,
      enabled: true,
      timeZone: null,
    });
    const changed = await site.ok("schedule", "laptop", "--jitter", "10m", "--time-zone", "Asia/Tokyo");
    expect(changed.stderr).toContain('The schedule "default" of laptop is changed.\n');
    const after = await site.schedule("laptop");
    expect(after).toMatchObject({ cron: "15 2 * * *", prune: true, maxDelete: 3, jitterSeconds: 600 });
    // 02:15 in Tokyo.
    expect(after.nextDueAt?.toISOString()).toMatch(/T17:15:00\.000Z$/);
    expect(after.nextDueAt?.getTime()).toBeGreaterThan(Date.now());
    await schedule("laptop", "--time-zone", "", "--max-delete", "", "--no-prune");
    expect(await site.schedule("laptop")).toMatchObject({ timeZone: null, maxDelete: null, prune: false });
  });

  it("is listed with its words and the next five times", async () => {
    await schedule("laptop", "--cron", "0 */4 * * *", "--name", "often", "--time-zone", "UTC");
    const { items } = (await site.ok("--json", "schedules", "laptop")).json();
    expect(items.map(({ name }: { name: string }) => name)).toEqual(["default", "often"]);
    for (const { words, next, nextDueAt } of items) {
      expect(words.length).toBeGreaterThan(5);
      expect(next).toHaveLength(5);
      expect(next[0]).toBe(nextDueAt);
      expect([...new Set(next)].sort()).toEqual(next);
    }
    const text = (await site.ok("schedules")).stdout;
    for (const { cron, words } of items) for (const part of [cron, words]) expect(text).toContain(part);
    expect((await site.ok("--json", "schedules", "nas")).json()).toEqual({ items: [], next: null });
  });

  it("can be switched off and on, and removed", async () => {
    expect(await schedule("laptop", "--name", "often", "--disable")).toMatchObject({
      enabled: false,
      nextDueAt: null,
      next: [],
    });
    expect((await site.ok("schedules")).stdout).toContain("– off");
    expect(await schedule("laptop", "--name", "often", "--enable")).toMatchObject({ enabled: true });
    const { stdout } = await site.ok("schedule", "laptop", "--name", "often", "--remove");
    expect(stdout).toBe('The schedule "often" of laptop is removed.\n');
    const again = await site.pobsync.run("--json", "schedule", "laptop", "--name", "often", "--remove");
    expect(again).toMatchObject({ code: 5 });
    expect(again.json().problem.code).toBe("not_found");
  });

  it.each([
    ["a cron expression that is none", 2, "bad_input", ["laptop", "--cron", "61 * * * *"]],
    ["one that is never due", 2, "bad_input", ["laptop", "--cron", "0 0 30 2 *"]],
    ["a zone that is none", 2, "bad_input", ["laptop", "--time-zone", "Europe/Atlantis"]],
    [
      "a limit for a prune that does not happen",
      2,
      "bad_input",
      ["laptop", "--no-prune", "--max-delete", "3"],
    ],
    ["a jitter of two days", 2, "bad_input", ["laptop", "--jitter", "2d"]],
    ["a name that could be a path", 2, "bad_input", ["laptop", "--cron", "@daily", "--name", "../x"]],
    ["a new one without a time", 2, "bad_input", ["nas", "--prune"]],
    ["on and off at once", 2, "bad_input", ["laptop", "--enable", "--disable"]],
    ["a host that there is not", 5, "not_found", ["nobody", "--cron", "@daily"]],
  ] as const)("is refused with %s, and nothing is changed", async (_, code, problem, args) => {
    const before = await listSchedules(site.db);
    const result = await site.pobsync.run("--json", "schedule", ...args);
    expect({ code: result.code, problem: result.json().problem.code }).toEqual({ code, problem });
    expect(await listSchedules(site.db)).toEqual(before);
  });
});

describe("the scheduler", () => {
  it("queues a due time once, with what the schedule asks for", async () => {
    await schedule("laptop", "--cron", YEARLY, "--prune", "--max-delete", "2", "--jitter", "0");
    expect(await queueDue()).toBe(0);
    const dueAt = ago(1);
    await site.makeDue("laptop", dueAt);
    const first = await site.ok("scheduler");
    const [run, ...others] = await site.runsOf("laptop");
    expect(others).toEqual([]);
    expect(first.stderr).toMatch(
      new RegExp(`^laptop: due at .+ \\(default\\), run ${run?.id} is queued\\.\n$`),
    );
    expect(run).toMatchObject({
      status: "queued",
      trigger: "scheduled",
      requestedBy: null,
      dueAt,
      availableAt: dueAt,
      options: {
        prune: true,
        maxDelete: 2,
        retry: true,
        acceptEmpty: false,
        overrideHold: false,
        task: null,
      },
    });
    expect(await queueDue()).toBe(0);
    expect(await site.runsOf("laptop")).toHaveLength(1);
    expect(await nextOf("laptop")).toBeGreaterThan(Date.now());
    await site.ok("cancel", `${run?.id}`);
    // A clock that was set back: the due time has its run.
    await site.makeDue("laptop", dueAt);
    expect(await queueDue()).toBe(0);
    expect(await nextOf("laptop")).toBeGreaterThan(Date.now());
  });

  it("skips a host with an open backup, and says so, as the schedule does until its next due time", async () => {
    await schedule("nas", "--cron", "0 * * * *");
    await site.makeDue("nas", ago(1));
    const open = await enqueue(site.db, manualBackup((await requireHost(site.db, "nas")).id), new Date());
    const { stderr } = await site.ok("scheduler");
    expect(stderr).toMatch(new RegExp(`^nas: due at .+, but run ${open} of the host is still open`));
    expect((await site.ok("schedules", "nas")).stdout).toContain(`! skipped for run ${open}`);
    const [item] = (await site.ok("--json", "schedules", "nas")).json().items;
    expect(item.lastSkip).toEqual({ run: open, dueAt: item.lastDueAt });
    expect(await nextOf("nas")).toBeGreaterThan(Date.now());
    expect(await site.runsOf("nas")).toHaveLength(1);
    await site.ok("cancel", `${open}`);
    await site.db.sql
      .updateTable("schedules")
      .set({ lastDueAt: ago(2), nextDueAt: ago(0.5) })
      .execute();
    await schedule("laptop", "--disable");
    expect(await queueDue()).toBe(1);
    expect((await site.ok("--json", "schedules", "nas")).json().items[0].lastSkip).toBeNull();
  });

  it("queues nothing for a disabled host or a schedule that is off, and makes nothing up later", async () => {
    await schedule("mail", "--cron", "0 * * * *");
    await site.ok("configure-host", "mail", "--disable");
    await site.makeDue("mail", ago(5));
    expect(await queueDue()).toBe(0);
    expect((await site.ok("schedules", "mail")).stdout).toContain("! host is disabled");
    await site.ok("configure-host", "mail", "--enable");
    expect(await queueDue()).toBe(0);
    expect(await nextOf("mail")).toBeGreaterThan(Date.now());
    await schedule("mail", "--disable");
    expect(await queueDue()).toBe(0);
    expect(await site.runsOf("mail")).toEqual([]);
  });

  it("makes up for days without a scheduler with one run, for the newest due time", async () => {
    await schedule("mail", "--enable");
    await site.makeDue("mail", ago(24 * 9));
    expect(await queueDue()).toBe(1);
    const runs = await site.runsOf("mail");
    expect(runs).toHaveLength(1);
    expect(Date.now() - (runs[0]?.dueAt?.getTime() ?? 0)).toBeLessThan(HOUR_MS + 60_000);
    expect(await nextOf("mail")).toBeGreaterThan(Date.now());
    await site.ok("cancel", `${runs[0]?.id}`);
  });

  it("puts a next due time right that a clock in the far future had made", async () => {
    const right = await nextOf("mail");
    await site.makeDue("mail", new Date(right + 24 * 365 * HOUR_MS));
    expect(await queueDue()).toBe(0);
    expect(Math.abs((await nextOf("mail")) - right)).toBeLessThanOrEqual(HOUR_MS);
    expect(await site.runsOf("mail")).toHaveLength(1);
  });

  it("queues each of twenty due schedules exactly once when three of it look at the same moment", async () => {
    const hosts = Array.from({ length: 20 }, (_, n) => `host-${n}`);
    const dueAt = ago(1);
    for (const host of hosts) {
      const hostId = await addHost(site.db, host);
      const facts = { cron: YEARLY, timeZone: null, prune: false, maxDelete: null, jitterSeconds: 0 };
      const due = { ...facts, enabled: true, nextDueAt: dueAt };
      await saveSchedule(site.db, hostId, "default", due, dueAt);
    }
    const schedulers = [1, 2, 3].map(() => site.pobsync.start("--json", "scheduler"));
    const results = await Promise.all(schedulers.map(({ ended }) => ended));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(results.reduce((sum, result) => sum + result.json().queued, 0)).toBe(20);
    for (const host of hosts)
      expect(await site.runsOf(host)).toMatchObject([{ status: "queued", trigger: "scheduled", dueAt }]);
  });

  it("goes on for ever with --loop, says that it lives, and ends with 0 when it is told to", async () => {
    await site.configureHost("loop", null, "--source", "/etc/hostname");
    await schedule("loop", "--cron", YEARLY);
    const loop = site.pobsync.start("scheduler", "--loop", "--interval", "1");
    const workers = async () => (await site.ok("--json", "status")).json().workers;
    await waitUntil(async () => (await workers()).length === 1, { what: "the scheduler to be seen" });
    expect(await workers()).toMatchObject([{ role: "scheduler" }]);
    await site.makeDue("loop", ago(1));
    await loop.waitForOutput(/loop: due at .+ is queued\./);
    expect(await stopped(loop)).toMatchObject({ code: 0, stdout: "1 run queued.\n" });
    expect(await workers()).toEqual([]);
  });
});

describe("scheduler and worker in one", () => {
  it("turn a due schedule into a snapshot, and end cleanly: nothing in SQL, no process", async () => {
    const ids = (await site.runs()).filter(({ status }) => status === "queued").map(({ id }) => id);
    for (const id of ids) await site.ok("cancel", `${id}`);
    await site.addHost("web", 1, "fast");
    await schedule("web", "--cron", YEARLY);
    await site.makeDue("web", ago(1));
    const up = site.pobsync.start("up", "--interval", "1");
    const runs = () => site.runsOf("web");
    const isDone = async () => (await runs())[0]?.status === "succeeded";
    await waitUntil(isDone, { what: "the scheduled backup", deadlineMs: 20_000 });
    const { workers } = (await site.ok("--json", "status")).json();
    expect(workers.map(({ role }: { role: string }) => role).sort()).toEqual(["scheduler", "worker"]);
    expect(await site.snapshots("web")).toMatchObject([{ kind: "scheduled", state: "complete" }]);
    expect((await site.ok("schedule", "web", "--jitter", "5m")).stderr).not.toContain("pobsync up");
    const { code, stdout, stderr } = await stopped(up);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Stopped.\n" });
    expect(stderr).toMatch(/web: due at [\s\S]*web: run \d+ begins \(backup, scheduled\)/);
    expect(await site.db.sql.selectFrom("workers").selectAll().execute()).toEqual([]);
    expect(await site.orphans()).toEqual([]);
  });
});
