// Runs over HTTP: asked for, looked at, and their logs, as pages, as a file and as they grow.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunDetailShape, RunShape } from "../../../src/contract/runs.ts";
import type { RunEvent } from "../../../src/http/run-events.ts";
import { hostFolder, startConsole, type TestConsole } from "../../support/console.ts";
import { listen } from "../../support/event-stream.ts";
import { addLocalHost, backUp } from "../../support/local-host.ts";
import { runTool } from "../../support/tool.ts";

let site: TestConsole;
beforeAll(async () => {
  site = await startConsole();
});
afterAll(() => site.close());

const create = (body: unknown) => site.request("operator", "POST", "/api/runs", body);
const logOf = async (id: number, query = "") =>
  (await site.request("viewer", "GET", `/api/runs/${id}/log${query}`)).body;
const logText = async (host: string, id: number) =>
  (await runTool("zcat", [hostFolder(site, host, "logs", `${id}.log.gz`)])).toString();

describe("a run that is asked for", () => {
  it("is queued with what was said, and answers with the run", async () => {
    await addLocalHost(site, "asked", 1);
    const answer = await create({ kind: "backup", host: "asked", prune: true, maxDelete: 3, junk: 1 });
    expect(answer).toMatchObject({
      status: 202,
      body: { kind: "backup", host: "asked", status: "queued", requestedBy: "operator", prune: true },
    });
    expect(RunShape.strict().parse(answer.body)).toEqual(answer.body);
    expect(await create({ kind: "discover", host: "asked" })).toMatchObject({
      status: 202,
      body: { kind: "discover", trigger: "manual" },
    });
    const verify = { kind: "verify", host: "asked", percent: 5, olderThanSeconds: 3600, repair: true };
    expect(await create(verify)).toMatchObject({ status: 202, body: { kind: "verify" } });
    await site.workOff();
    const { items } = (await site.request("viewer", "GET", "/api/runs?host=asked")).body;
    expect(items.map(({ kind, status }: { kind: string; status: string }) => [kind, status])).toEqual(
      expect.arrayContaining([["discover", "succeeded"]]),
    );
  });

  it("is refused when it makes no sense, and nothing is queued", async () => {
    await addLocalHost(site, "refused", 1);
    for (const [body, status, code] of [
      [{ kind: "backup", host: "nobody" }, 404, "not_found"],
      [{ kind: "prune", host: "refused" }, 409, "no_policy"],
      [{ kind: "verify", host: "refused", snapshot: "latest" }, 404, "not_found"],
      [{ kind: "verify", host: "refused", snapshot: "../../etc" }, 404, "not_found"],
      [{ kind: "verify", host: "refused", percent: 0 }, 400, "bad_input"],
      [{ kind: "verify", host: "refused", olderThanSeconds: 1e300 }, 400, "bad_input"],
      [{ kind: "backup", host: "refused", maxDelete: -1 }, 400, "bad_input"],
      [{ kind: "backup", host: { $gt: "" } }, 400, "bad_input"],
      [{ kind: "restore", host: "refused" }, 400, "bad_input"],
      [{ kind: "constructor", host: "refused" }, 400, "bad_input"],
      [[], 400, "bad_input"],
    ] as const)
      expect(await create(body)).toMatchObject({ status, body: { code, hint: expect.any(String) } });
    const viewer = await site.request("viewer", "POST", "/api/runs", { kind: "backup", host: "refused" });
    expect(viewer).toMatchObject({ status: 403, body: { code: "not_allowed" } });
    expect((await site.request("viewer", "GET", "/api/runs?host=refused")).body.items).toEqual([]);
  });

  it("says in the end what its snapshot changed", async () => {
    const { source } = await addLocalHost(site, "changing", 2);
    await backUp(site, "changing");
    writeFileSync(join(source, "new"), "12345");
    const run = await backUp(site, "changing");
    expect(RunDetailShape.strict().parse(run)).toEqual(run);
    expect(run.changes).toMatchObject({ added: 1, removed: 0 });
    expect(run.changes.largest).toContainEqual({ path: join(source, "new"), change: "added", size: 5 });
  });
});

describe("the log of a run", () => {
  it("comes in pages whose lines are all of it, and nothing twice", async () => {
    await addLocalHost(site, "paged", 12);
    const { id } = await backUp(site, "paged");
    const whole = await logOf(id);
    expect(whole).toMatchObject({ next: null, ended: true, exists: true });
    expect(`${whole.lines.join("\n")}\n`).toBe(await logText("paged", id));
    const gathered: string[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const page = await logOf(id, `?from=${from}&limit=5`);
      expect(page.lines.length).toBeLessThanOrEqual(5);
      gathered.push(...page.lines);
      expect(page.next === null || page.next === from + 5).toBe(true);
      from = page.next;
    }
    expect(gathered).toEqual(whole.lines);
    expect(await logOf(id, "?from=100000")).toMatchObject({ lines: [], next: null });
  });

  it("has nothing in it that moves a terminal's cursor or is markup of its own accord", async () => {
    const { source } = await addLocalHost(site, "names", 0);
    for (const name of [
      "café",
      "red\u001b[31m",
      "shift\u009b1m",
      "<script>alert(1)</script>".replace("/", "_"),
    ])
      writeFileSync(join(source, name), "x");
    const { id } = await backUp(site, "names");
    const text = (await logOf(id)).lines.join("\n");
    expect(text).toContain("names/<script>");
    const file = await site.fetch("viewer", `/api/runs/${id}/log.txt`);
    expect(file.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(file.headers.get("content-disposition")).toBe(
      `attachment; filename="pobsync-names-run-${id}.log.txt"`,
    );
    expect(file.headers.get("content-security-policy")).toBe("sandbox");
    expect(file.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await file.text()).toBe(`${text}\n`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it("is not there before the run begins, and the answer says so", async () => {
    await addLocalHost(site, "waiting", 1);
    const { id } = (await create({ kind: "backup", host: "waiting" })).body;
    expect(await logOf(id)).toEqual({ lines: [], next: 0, ended: false, exists: false });
    await site.request("operator", "POST", `/api/runs/${id}/cancel`);
    expect(await logOf(id)).toEqual({ lines: [], next: null, ended: true, exists: false });
    const file = await site.request("viewer", "GET", `/api/runs/${id}/log.txt`);
    expect(file).toMatchObject({ status: 404, body: { code: "not_found" } });
    for (const path of ["log", "log.txt", "events"])
      expect(await site.request("viewer", "GET", `/api/runs/987654/${path}`)).toMatchObject({ status: 404 });
    for (const query of ["?from=-1", "?limit=0", "?limit=99999", "?from=x", "?from=1&from=2"])
      expect(await site.request("viewer", "GET", `/api/runs/${id}/log${query}`)).toMatchObject({
        status: 400,
      });
  });
});

describe("the events of a run", () => {
  it("tell it from the queue to its end, with all of its log, to each of two who listen", async () => {
    await addLocalHost(site, "live", 12, "slow");
    const { id } = (await create({ kind: "backup", host: "live" })).body;
    const path = `/api/runs/${id}/events`;
    const [ada, bob] = [
      await listen<RunEvent>(site, "viewer", path),
      await listen<RunEvent>(site, "admin", path),
    ];
    expect(ada.headers.get("content-type")).toMatch(/^text\/event-stream/);
    await ada.until((event) => event.type === "run" && event.run.status === "queued", "the run that waits");
    const working = site.workOff();
    await ada.until((event) => event.type === "run" && event.run.phase === "transferring", "the transfer");
    await ada.until(
      (event) => event.type === "run" && event.run.progress !== null && event.run.progress.bytes > 0,
      "progress",
    );
    await working;
    const [seen, alsoSeen] = [await ada.ended(), await bob.ended()];
    const linesOf = (events: readonly RunEvent[]) =>
      events.flatMap((event) => (event.type === "log" ? event.lines : []));
    expect(`${linesOf(seen).join("\n")}\n`).toBe(await logText("live", id));
    expect(linesOf(alsoSeen)).toEqual(linesOf(seen));
    // Its log came while it went on.
    const isMoving = (event: RunEvent) => event.type === "run" && event.run.status === "running";
    expect(seen.findIndex(({ type }) => type === "log")).toBeLessThan(seen.findLastIndex(isMoving));
    expect(seen.at(-1)).toMatchObject({ type: "run", run: { id, status: "succeeded", phase: null } });
    expect(seen.filter((event) => event.type === "run" && event.run.status === "succeeded")).toHaveLength(1);
  });

  it("of one that is over are the rest of its log and its end, at once", async () => {
    await addLocalHost(site, "over", 3);
    const { id } = await backUp(site, "over");
    const { lines } = await logOf(id);
    const stream = await listen<RunEvent>(site, "viewer", `/api/runs/${id}/events?from=4`);
    expect(await stream.ended()).toEqual([
      { type: "log", from: 4, lines: lines.slice(4) },
      { type: "run", run: expect.objectContaining({ id, status: "succeeded" }) },
    ]);
  });

  it("show at once that somebody cancels it", async () => {
    await addLocalHost(site, "endless", 60, "slow");
    const { id } = (await create({ kind: "backup", host: "endless" })).body;
    const stream = await listen<RunEvent>(site, "viewer", `/api/runs/${id}/events`);
    const working = site.workOff();
    await stream.until((event) => event.type === "run" && event.run.phase === "transferring", "the transfer");
    expect(await site.request("operator", "POST", `/api/runs/${id}/cancel`)).toMatchObject({ status: 200 });
    await working;
    expect((await stream.ended()).at(-1)).toMatchObject({
      run: { status: "cancelled", problem: { code: "cancelled" } },
    });
  });

  it("of one that is cancelled before it began end without a log", async () => {
    await addLocalHost(site, "never", 1);
    const { id } = (await create({ kind: "backup", host: "never" })).body;
    const stream = await listen<RunEvent>(site, "viewer", `/api/runs/${id}/events`);
    await stream.until(
      (event) => event.type === "run" && event.run.status === "queued",
      "the run that waits",
    );
    await site.request("operator", "POST", `/api/runs/${id}/cancel`);
    expect((await stream.ended()).map((event) => event.type)).toEqual(["run", "run"]);
  });
});

it("The server had nothing to say of all that", () => {
  expect(site.logged).toEqual([]);
});
