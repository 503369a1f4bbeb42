// Schedules over the API: made, changed, listed in pages, and looked at while they are typed.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAudit } from "../../../src/store/audit.ts";
import { startConsole, type TestConsole } from "../../support/console.ts";

let site: TestConsole;
const now = new Date("2026-11-23T09:00:00Z");

beforeAll(async () => {
  site = await startConsole({ clock: () => now });
  for (const name of ["web1", "web2"])
    await site.request("admin", "POST", "/api/hosts", { name, address: "192.0.2.1" });
  await site.request("admin", "PATCH", "/api/hosts/web2", { timeZone: "Europe/Amsterdam" });
});
afterAll(() => site.close());

const create = (host: string, schedule: object) =>
  site.request("admin", "POST", `/api/hosts/${host}/schedules`, schedule);

describe("a schedule", () => {
  it("is made with what it means in words and the next due times, in the zone of its host", async () => {
    const made = await create("web2", { cron: "15 2 * * *", prune: true, maxDelete: 3, jitter: "10m" });
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...{ host: "web2", name: "default", words: "At 02:15", timeZone: "Europe/Amsterdam" },
        ...{ ownTimeZone: null, hostEnabled: true, prune: true, maxDelete: 3, jitterSeconds: 600 },
        nextDueAt: "2026-11-24T01:15:00.000Z",
      },
    });
    expect(made.body.next).toHaveLength(5);
    expect((await site.request("viewer", "GET", "/api/hosts/web2")).body.nextDueAt).toBe(made.body.nextDueAt);
  });

  it("is changed and removed by its number, and the audit has it", async () => {
    const { id } = (await create("web1", { name: "hourly", cron: "@hourly", timeZone: "Asia/Tokyo" })).body;
    const path = `/api/schedules/${id}`;
    const changed = await site.request("admin", "PATCH", path, {
      timeZone: null,
      enabled: false,
      jitter: 90,
    });
    expect(changed.body).toMatchObject({
      ...{ id, timeZone: "UTC", ownTimeZone: null, enabled: false, jitterSeconds: 90, next: [] },
      cron: "@hourly",
    });
    const removed = await site.request("admin", "DELETE", path);
    expect(removed).toMatchObject({ status: 200, body: { host: "web1", name: "hourly", removed: true } });
    for (const method of ["PATCH", "DELETE"] as const)
      expect((await site.request("admin", method, path, method === "PATCH" ? {} : undefined)).status).toBe(
        404,
      );
    const { items } = await listAudit(site.app.db, { subject: "web1/hourly" }, { limit: 9 });
    expect(items.map(({ action }) => action)).toEqual([
      ...["schedule.removed", "schedule.changed", "schedule.created"],
    ]);
  });

  it("does not replace another one of its name", async () => {
    expect((await create("web2", { cron: "@daily" })).body).toMatchObject({ status: 400, code: "bad_input" });
    const { body } = await site.request("viewer", "GET", "/api/schedules?host=web2");
    expect(body.items).toMatchObject([{ cron: "15 2 * * *" }]);
  });

  it.each([
    ["no cron expression", { name: "x" }],
    ["an impossible day", { name: "x", cron: "0 0 31 2 *" }],
    ["a field too many", { name: "x", cron: "0 0 0 1 1 *" }],
    ["a name that is a path", { name: "../x", cron: "@daily" }],
    ["an unknown time zone", { name: "x", cron: "@daily", timeZone: "Mars/Olympus" }],
    ["a limit without a prune", { name: "x", cron: "@daily", maxDelete: 3 }],
    ["a limit that is no count", { name: "x", cron: "@daily", prune: true, maxDelete: 1.5 }],
    ["more jitter than a day", { name: "x", cron: "@daily", jitter: 100_000 }],
    ["something unknown", { name: "x", cron: "@daily", when: "now" }],
  ])("is refused with %s", async (_, schedule) => {
    expect(await create("web1", schedule)).toMatchObject({ status: 400, body: { code: "bad_input" } });
    expect((await site.request("viewer", "GET", "/api/schedules?host=web1")).body.items).toEqual([]);
  });
});

it("schedules come in pages, by host and name", async () => {
  for (const name of ["b", "a"]) await create("web1", { name, cron: "@daily" });
  const seen: string[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const more: string = after === "" ? "" : `&after=${encodeURIComponent(after)}`;
    const { body } = await site.request("viewer", "GET", `/api/schedules?limit=2${more}`);
    seen.push(...body.items.map((item: { host: string; name: string }) => `${item.host}/${item.name}`));
    after = body.next;
  }
  expect(seen).toEqual(["web1/a", "web1/b", "web2/default"]);
  for (const query of ["host=nobody", "after=x"])
    expect((await site.request("viewer", "GET", `/api/schedules?${query}`)).status).toBeGreaterThanOrEqual(
      400,
    );
});

it("an expression is explained while it is typed, in any zone, and refused with the reason", async () => {
  const preview = (given: object) => site.request("viewer", "POST", "/api/schedules/preview", given);
  const spring = await preview({ cron: "30 6 * * 1-5", timeZone: "America/New_York" });
  expect(spring.body).toMatchObject({
    timeZone: "America/New_York",
    next: { 0: "2026-11-23T11:30:00.000Z" },
  });
  expect(spring.body.words).toMatch(/Monday through Friday/);
  expect((await preview({ cron: "@daily", host: "web2" })).body.timeZone).toBe("Europe/Amsterdam");
  expect((await preview({ cron: "@daily" })).body.timeZone).toBe("UTC");
  const refused = await preview({ cron: "61 * * * *" });
  expect(refused).toMatchObject({ status: 400, body: { message: expect.stringMatching(/minute/) } });
});

it("every fault is the caller's, none the server's", () => {
  expect(site.logged).toEqual([]);
});
