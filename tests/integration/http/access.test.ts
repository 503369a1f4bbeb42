// Who may do what, route by route: the OpenAPI document names the routes, so a new one cannot be forgotten here.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Access } from "../../../src/contract/api/route.ts";
import { mayDo } from "../../../src/domain/people.ts";
import { listRows } from "../../../src/store/admin-tables.ts";
import {
  type Document,
  type Known,
  type Operation,
  operationsOf,
  validRequest,
} from "../../support/api-operations.ts";
import type { TestConsole } from "../../support/console.ts";
import { CALLERS, type Caller, nameOf, papersOf } from "../../support/console-people.ts";
import { startFurnished } from "../../support/furnished-console.ts";

let site: TestConsole;
let known: Known;
let document: Document;
let operations: Operation[];

beforeAll(async () => {
  ({ site, known } = await startFurnished());
  document = (await site.request("admin", "GET", "/api/openapi.json")).body;
  operations = operationsOf(document);
});
afterAll(() => site.close());

type Outcome = "let in" | "401 not_signed_in" | "403 not_allowed" | "403 csrf_failed";

/** What became of a request. Only how it was refused is told apart: everything else is whoever was let in. */
async function outcomeOf(response: Response): Promise<Outcome> {
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const text = isStream ? "" : await response.text();
  if (isStream) await response.body?.cancel();
  const code = response.status >= 400 ? JSON.parse(text).code : null;
  if (response.status >= 500) throw new Error(`${response.url}: ${response.status} ${text}`);
  const refused = ["not_signed_in", "not_allowed", "csrf_failed"].includes(code);
  return refused ? (`${response.status} ${code}` as Outcome) : "let in";
}

async function ask(operation: Operation, headers: Record<string, string>): Promise<Response> {
  const { path, body } = validRequest(document, operation, known);
  const json = { body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
  return site.fetch("nobody", path, {
    method: operation.method,
    ...(body === undefined ? { headers } : json),
  });
}

function promised(access: Access, caller: Caller): Outcome {
  if (access === "anyone") return "let in";
  if (caller.by === "nothing") return "401 not_signed_in";
  if (access === "signed-in") return caller.by === "session" ? "let in" : "403 not_allowed";
  return mayDo(caller.role, access) ? "let in" : "403 not_allowed";
}

async function outcomes(caller: Caller): Promise<Record<string, Outcome>> {
  const found: Record<string, Outcome> = {};
  for (const operation of operations)
    found[operation.id] = await outcomeOf(await ask(operation, await papersOf(site, caller)));
  return found;
}

/** All that people without a say must not change; the own account is each one's own. */
async function contents(...tables: string[]): Promise<unknown> {
  const rows = tables.map((table) => listRows(site.app.db, table, { limit: 500, order: "asc" }));
  return (await Promise.all(rows)).map(({ items }) => items);
}

describe("the document", () => {
  it("names the access of every route, and nothing is open but login and set-up", () => {
    const open = operations.filter(({ access }) => access === "anyone").map(({ id }) => id);
    expect(open.sort()).toEqual(["session.login", "session.setup.create", "session.setup.state"]);
    const known = ["anyone", "signed-in", "viewer", "operator", "admin"];
    expect(operations.filter(({ access }) => !known.includes(access))).toEqual([]);
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  });

  it("lets viewers send nothing that changes something but questions", () => {
    const sent = operations.filter(({ access, changes }) => access === "viewer" && changes);
    expect(sent.map(({ id }) => id).sort()).toEqual(
      QUESTIONS.filter((id) => sent.some((one) => one.id === id)),
    );
  });
});

/** They carry more than fits into an address, and change nothing: the test below holds them to it. */
const QUESTIONS = ["hosts.tryRetention", "schedules.preview"];

describe.each(CALLERS.map((caller) => ({ caller, who: nameOf(caller) })))("$who", ({ caller }) => {
  it("is let in exactly where the document says so", async () => {
    const expected = operations.map(({ id, access }) => [id, promised(access, caller)]);
    expect(await outcomes(caller)).toEqual(Object.fromEntries(expected));
  });
});

describe("what a role does not allow", () => {
  const everything = ["settings", "hosts", "schedules", "runs", "snapshots", "snapshot_holds", "host_locks"];

  it("a viewer changes nothing, by session or token", async () => {
    const before = await contents(...everything, "run_leases");
    await outcomes({ by: "session", role: "viewer" });
    await outcomes({ by: "token", role: "viewer" });
    expect(await contents(...everything, "run_leases")).toEqual(before);
  });

  it("an operator changes no configuration and no people", async () => {
    const tables = ["settings", "hosts", "schedules"];
    const people = () => site.request("admin", "GET", "/api/users?q=mallory");
    const before = [await contents(...tables), (await people()).body];
    await outcomes({ by: "session", role: "operator" });
    await outcomes({ by: "token", role: "operator" });
    expect([await contents(...tables), (await people()).body]).toEqual(before);
  });
});

describe("nobody", () => {
  it.each([
    ["GET", "/api/nothing-like-it"],
    ["POST", "/api/nothing-like-it"],
    ["DELETE", "/api/runs"],
    ["HEAD", "/api/runs"],
    ["OPTIONS", "/api/runs"],
    ["GET", "/api/"],
    ["GET", "/api"],
    ["GET", "/api/%72uns"],
    ["GET", "/api//runs"],
    ["GET", "/api/x/../runs"],
  ])("%s %s: is not told whether there is such a route", async (method, path) => {
    const { status } = await site.fetch("nobody", path, { method });
    expect(status).toBe(401);
  });

  it("is not told what is wrong with the body of a request that nobody may send", async () => {
    const headers = { "content-type": "application/json" };
    const response = await site.fetch("nobody", "/api/users", { method: "POST", headers, body: "{" });
    expect(await outcomeOf(response)).toBe("401 not_signed_in");
  });

  it("is told whether the server is well", async () => {
    const { status, body } = await site.request("nobody", "GET", "/healthz");
    expect([status, body]).toEqual([200, { status: "ok" }]);
  });

  it("is not somebody with a cookie or token that nobody has given out", async () => {
    const wrong = [
      { cookie: "pobsync=nobody" },
      { cookie: `pobsync=${"x".repeat(5000)}` },
      { authorization: "Bearer nobody" },
      { authorization: `Bearer ${"x".repeat(5000)}` },
      { authorization: "Basic YWRtaW46YWRtaW4=" },
      { authorization: "Bearer" },
    ];
    const answers = wrong.map((headers) => site.fetch("nobody", "/api/runs", { headers }));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(wrong.map(() => 401));
  });

  it("cannot hide a token that does not count behind the cookie of a session", async () => {
    const papers = await papersOf(site, { by: "session", role: "admin" });
    const headers = { ...papers, authorization: "Bearer nobody" };
    expect((await site.fetch("nobody", "/api/runs", { headers })).status).toBe(401);
  });
});
