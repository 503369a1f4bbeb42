// Requests that somebody else made a browser send, or that are none of ours: refused before anything happens.
import { Agent } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Document, type Operation, operationsOf, validRequest } from "../../support/api-operations.ts";
import { startConsole, type TestConsole } from "../../support/console.ts";
import { papersOf } from "../../support/console-people.ts";
import { sendRaw } from "../../support/raw-request.ts";

let site: TestConsole;
let document: Document;
/** All that may change something. */
let changing: Operation[];
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  site = await startConsole();
  document = (await site.request("admin", "GET", "/api/openapi.json")).body;
  changing = operationsOf(document).filter(({ changes }) => changes);
});
afterAll(async () => {
  agent.destroy();
  await site.close();
});

const admin = () => papersOf(site, { by: "session", role: "admin" });

/** What each route that changes something answers an admin whose headers are changed like that. */
async function refusals(
  operations: readonly Operation[],
  change: (headers: Record<string, string>) => Record<string, string>,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const operation of operations) {
    const { path, body = {} } = validRequest(document, operation, {});
    const headers = change({ ...(await admin()), "content-type": "application/json" });
    const init = { method: operation.method, headers, body: JSON.stringify(body) };
    const response = await site.fetch("nobody", path, init);
    found[operation.id] = `${response.status} ${await codeOf(response)}`;
  }
  return found;
}

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

const all = (operations: readonly Operation[], answer: string): Record<string, string> =>
  Object.fromEntries(operations.map(({ id }) => [id, answer]));

describe("every route that changes something refuses", () => {
  it.each([
    ["none", (headers: Record<string, string>) => without(headers, "x-csrf-token")],
    ["an empty one", (headers: Record<string, string>) => ({ ...headers, "x-csrf-token": "" })],
    ["a wrong one", (headers: Record<string, string>) => ({ ...headers, "x-csrf-token": "x".repeat(43) })],
    ["one that is no text", (headers: Record<string, string>) => ({ ...headers, "x-csrf-token": "é\xff" })],
  ])("a session's cookie when its CSRF token is %s", async (_what, change) => {
    const protectedOnes = changing.filter(({ access }) => access !== "anyone");
    expect(await refusals(protectedOnes, change)).toEqual(all(protectedOnes, "403 csrf_failed"));
  });

  it("the CSRF token of another session", async () => {
    const other = (await admin())["x-csrf-token"] ?? "";
    const [first] = changing.filter(({ access }) => access === "admin");
    const answers = await refusals(first === undefined ? [] : [first], (headers) => ({
      ...headers,
      "x-csrf-token": other,
    }));
    expect(Object.values(answers)).toEqual(["403 csrf_failed"]);
  });

  it.each([
    ["an Origin elsewhere", { origin: "https://evil.example" }],
    ["an Origin that hides", { origin: "null" }],
    ["the same host on another port", { origin: "http://127.0.0.1:1" }],
    ["another site, says the browser", { "sec-fetch-site": "cross-site" }],
    ["a sister site, says the browser", { "sec-fetch-site": "same-site" }],
  ])("a page of %s, login included", async (_what, more) => {
    const answers = await refusals(changing, (headers) => ({ ...headers, ...more }));
    expect(answers).toEqual(all(changing, "403 csrf_failed"));
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
    "text/event-stream",
  ])("a body of type %s, which a form could send", async (type) => {
    const answers = await refusals(changing, (headers) => ({ ...headers, "content-type": type }));
    expect(answers).toEqual(all(changing, "400 bad_input"));
  });
});

const without = (headers: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));

describe("what is asked for from our own pages", () => {
  it("is let through with our Origin and the session's token", async () => {
    const headers = { ...(await admin()), origin: site.url.slice(0, -1), "sec-fetch-site": "same-origin" };
    const response = await site.fetch("nobody", "/api/logout", { method: "POST", headers });
    expect(response.status).toBe(200);
  });

  it("and what a script sends with a token needs no CSRF token", async () => {
    const headers = await papersOf(site, { by: "token", role: "admin" });
    const path = "/api/users/viewer";
    const init = { method: "PATCH", headers: { ...headers, "content-type": "application/json" } };
    const response = await site.fetch("nobody", path, { ...init, body: `{"displayName":"Vera"}` });
    expect([response.status, ((await response.json()) as { displayName: string }).displayName]).toEqual([
      200,
      "Vera",
    ]);
  });
});

describe("a body", () => {
  const send = async (body: string, headers: Record<string, string> = {}) =>
    sendRaw(
      site.url,
      {
        ...{ method: "POST", path: "/api/users", body },
        headers: { ...(await admin()), "content-type": "application/json", ...headers },
      },
      agent,
    );
  const filler = JSON.stringify({ username: "x".repeat(1024 * 1024) });

  it.each([
    ["over 1 MiB", filler, {}],
    ["over 1 MiB in pieces of unsaid length", filler, { "transfer-encoding": "chunked" }],
    ["that ends in the middle", `{"username":`, {}],
    ["that is no object", `"admin"`, {}],
    ["that is a list", "[]", {}],
    ["that is nothing", "", {}],
    ["that calls itself a file", "{}", { "content-disposition": 'attachment; filename="x.json"' }],
    ["in another encoding", "{}", { "content-encoding": "gzip" }],
  ])("%s is refused in our words, and the next request is answered", async (_what, body, headers) => {
    const { status, text } = await send(body, headers);
    expect([status, JSON.parse(text).code]).toEqual([400, "bad_input"]);
    expect(JSON.parse(text).hint).not.toBe("");
    expect((await send("{}")).status).toBe(400);
  });

  it("that nobody reads, because of who sent it, does not get in the way of the next request", async () => {
    const nobody = { cookie: "", "x-csrf-token": "" };
    for (let round = 0; round < 5; round += 1)
      expect((await send(filler.slice(0, 1_000_000), nobody)).status).toBe(401);
  });

  it("is not made a program's by a name that all objects know", async () => {
    const { status } = await send(
      `{"__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}},"username":"eve","password":"a long one, this"}`,
    );
    expect(status).toBe(400);
    expect(({} as Record<string, unknown>).role).toBeUndefined();
  });
});
