// What happens on the site, told to all who listen: nothing missed, one look for all, and an end when it is time for it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configureHost } from "../../../src/actions/configure-host.ts";
import { type Changes, watchChanges } from "../../../src/actions/watch-changes.ts";
import type { ProblemFacts } from "../../../src/domain/problem.ts";
import { type Live, liveLook } from "../../../src/http/live.ts";
import { type LiveEvent, liveEvents, type Stream } from "../../../src/http/live-events.ts";
import { requireHost } from "../../../src/store/hosts.ts";
import { insertRun } from "../../../src/store/run-queue.ts";
import { inTransaction } from "../../../src/store/transaction.ts";
import { startConsole, type TestConsole, type Who } from "../../support/console.ts";
import { type EventStream, listen } from "../../support/event-stream.ts";
import { addLocalHost } from "../../support/local-host.ts";
import { manualBackup } from "../../support/queue-people.ts";
import { waitUntil } from "../../support/wait-until.ts";

let site: TestConsole;
beforeAll(async () => {
  site = await startConsole();
  await addLocalHost(site, "laptop", 8, "slow");
});
afterAll(() => site.close());

const open = (who: Who = "viewer", headers = {}) => listen<LiveEvent>(site, who, "/api/events", headers);
const queue = async (host: string): Promise<number> =>
  (await site.request("operator", "POST", "/api/runs", { kind: "backup", host })).body.id;
const hasRun = (id: number, status: string) => (event: LiveEvent) =>
  event.type === "runs" && event.items.some((run) => run.id === id && run.status === status);
const tells = (part: string) => (event: LiveEvent) =>
  event.type === "changed" && (event.what as string[]).includes(part);

describe("whoever listens", () => {
  it("hears at first what is open, then each run from the queue to its end, as do all others", async () => {
    const waiting = await queue("laptop");
    const ada = await open();
    expect(ada.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(ada.headers.get("x-accel-buffering")).toBe("no");
    await ada.until(hasRun(waiting, "queued"), "what is open already");
    const bob = await open("admin");
    await bob.until(hasRun(waiting, "queued"), "what is open already");
    const working = site.workOff();
    const isTransferring = (event: LiveEvent) =>
      event.type === "runs" && event.items.some(({ id, progress }) => id === waiting && progress !== null);
    await Promise.all([ada, bob].map((one) => one.until(isTransferring, "progress")));
    await working;
    await Promise.all([ada, bob].map((one) => one.until(hasRun(waiting, "succeeded"), "the end")));
    await ada.until(tells("snapshots"), "that there are snapshots to look at");
    for (const one of [ada, bob]) one.leave();
  });

  it("hears of a run that was over before anybody could see it, and of one that was cancelled", async () => {
    const ada = await open();
    await ada.until((event) => event.type === "runs", "the beginning");
    const id = await queue("laptop");
    await site.request("operator", "POST", `/api/runs/${id}/cancel`);
    await ada.until(hasRun(id, "cancelled"), "the run that was cancelled");
    ada.leave();
  });

  it("hears what else is to be looked at anew, whoever has changed it", async () => {
    const ada = await open();
    await ada.until((event) => event.type === "runs", "the beginning");
    await addLocalHost(site, "nas", 0);
    await ada.until(tells("hosts"), "a new host");
    const { app } = site;
    await configureHost(app, "nas", { enabled: false, settings: {}, unset: [] });
    await ada.until(tells("hosts"), "that it was changed");
    await site.request("admin", "POST", "/api/tokens", { name: "script", role: "viewer", expiresAt: null });
    await ada.until(tells("tokens"), "a new token");
    ada.leave();
  });

  it("hears nothing any more when the session is over", async () => {
    const signedIn = await fetch(new URL("/api/login", site.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: "viewer", password: site.passwordOf("viewer") }),
    });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const { csrfToken } = (await signedIn.json()) as { csrfToken: string };
    const ada = await open("viewer", { cookie });
    await ada.until((event) => event.type === "runs", "the beginning");
    const headers = { cookie, "x-csrf-token": csrfToken };
    await site.fetch("viewer", "/api/logout", { method: "POST", headers });
    await ada.ended();
  });

  it("without a session hears nothing at all", async () => {
    expect(await site.request("nobody", "GET", "/api/events")).toMatchObject({ status: 401 });
  });
});

/** A server's look, at a pace of its own, with a count of the looks. */
function counted(everyMs = 5): Live & { looks: () => number; logged: string[] } {
  let looks = 0;
  const logged: string[] = [];
  const live = liveLook({
    ...{ everyMs, log: ({ message }) => logged.push(message) },
    startWatch: () => {
      const watch = watchChanges(site.app);
      return {
        look: () => {
          looks += 1;
          return watch.look();
        },
      };
    },
  });
  return { ...live, looks: () => looks, logged };
}

const stream = (options: Partial<Stream> = {}): Stream & { leave: () => void } => {
  const gone = new AbortController();
  return {
    ...{ gone: gone.signal, isAllowed: async () => true, stillEveryMs: 60_000, leave: () => gone.abort() },
    ...options,
  };
};

describe("the server", () => {
  it("looks once for all who listen, and not at all when nobody does", async () => {
    const live = counted();
    const [ada, bob] = [stream(), stream()];
    const [hears, alsoHears] = [liveEvents(live, ada), liveEvents(live, bob)];
    expect(live.looks()).toBe(0);
    await Promise.all([hears.next(), alsoHears.next()]);
    const before = live.looks();
    const more = hears.next();
    await waitUntil(() => live.looks() >= before + 20, { what: "looks" });
    ada.leave();
    expect(await more).toMatchObject({ done: true });
    const second = live.looks();
    const others = alsoHears.next();
    await waitUntil(() => live.looks() > second + 2, { what: "looks for who is left" });
    bob.leave();
    expect(await others).toMatchObject({ done: true });
    await live.silence();
    const after = live.looks();
    // Whatever were still to look would do it within this.
    const carol = stream();
    const again = liveEvents(live, carol);
    expect(live.looks()).toBe(after);
    expect((await again.next()).value).toMatchObject({ type: "runs" });
    expect(live.looks()).toBe(after + 1);
    carol.leave();
    await again.return();
    await live.silence();
    expect(live.logged).toEqual([]);
  });

  it("says that it is still there when nothing happens, and asks whether the listener may go on", async () => {
    const live = counted();
    let asked = 0;
    const isAllowed = async () => {
      asked += 1;
      return asked < 3;
    };
    const ada = stream({ stillEveryMs: 10, isAllowed });
    const events: LiveEvent[] = [];
    for await (const event of liveEvents(live, ada)) events.push(event);
    expect(events[0]).toMatchObject({ type: "runs" });
    expect(new Set(events.slice(1).map(({ type }) => type))).toEqual(new Set(["still"]));
    expect(asked).toBe(3);
    await live.silence();
  });

  it("keeps for a reader who does not read only the newest state of each run, and lets go of one far behind", async () => {
    let listener: { hear: (changes: Changes) => void } | null = null;
    const live: Live = {
      join: (joined) => {
        listener = joined;
        return () => {};
      },
      silence: async () => {},
    };
    const id = await queue("laptop");
    const { items } = (await site.request("viewer", "GET", "/api/runs?status=queued")).body;
    expect(items).toHaveLength(1);
    const watch = watchChanges(site.app);
    const [run] = (await watch.look()).runs;
    if (run === undefined) throw new Error("no run is open");
    const hear = (runs: Changes["runs"]) => listener?.hear({ runs, parts: new Set(), open: new Map() });
    const events = liveEvents(live, stream());
    const first = events.next();
    hear([run]);
    expect((await first).value).toMatchObject({ type: "runs", items: [{ id }] });
    for (let files = 1; files <= 1000; files += 1)
      hear([{ ...run, progress: { percent: 1, bytes: 1, files, bytesPerSecond: 1, secondsLeft: null } }]);
    expect((await events.next()).value).toMatchObject({ items: [{ id, progress: { files: 1000 } }] });
    for (let n = 1; n <= 6000; n += 1) hear([{ ...run, id: n }]);
    expect(await events.next()).toEqual({ done: true, value: undefined });
    await site.request("operator", "POST", `/api/runs/${id}/cancel`);
  });

  it("ends what it tells, and says so, when the looking itself fails", async () => {
    const logged: string[] = [];
    const live = liveLook({
      ...{ everyMs: 5, log: ({ message }: ProblemFacts) => logged.push(message) },
      startWatch: () => ({ look: () => Promise.reject(new Error("a bug")) }),
    });
    const events: LiveEvent[] = [];
    for await (const event of liveEvents(live, stream())) events.push(event);
    expect(events).toEqual([]);
    expect(logged.join()).toContain("a bug");
  });

  it("notices a run whose number appears after a larger one", async () => {
    const { db } = site.app;
    const { id: hostId } = await requireHost(db, "laptop");
    const watch = watchChanges(site.app);
    await watch.look();
    const queueAs = (id: number) =>
      inTransaction(db, async (tx) => {
        const given = await insertRun(tx, manualBackup(hostId), new Date());
        await tx.updateTable("runs").set({ id, status: "cancelled" }).where("id", "=", given).execute();
      });
    await queueAs(90_002);
    expect((await watch.look()).runs.map(({ id }) => id)).toEqual([90_002]);
    await queueAs(90_001);
    expect((await watch.look()).runs.map(({ id }) => id)).toEqual([90_001]);
    expect((await watch.look()).runs).toEqual([]);
  });
});

it("A server that closes ends all that it tells", async () => {
  const other = await startConsole();
  const streams: EventStream<LiveEvent>[] = [];
  for (let n = 0; n < 3; n += 1) streams.push(await listen<LiveEvent>(other, "viewer", "/api/events"));
  await Promise.all(streams.map((one) => one.until((event) => event.type === "runs", "the beginning")));
  await other.close();
  await Promise.all(streams.map((one) => one.ended()));
  expect(other.logged).toEqual([]);
});

it("The server had nothing to say of all that", () => {
  expect(site.logged).toEqual([]);
});
