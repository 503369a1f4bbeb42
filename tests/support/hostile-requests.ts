// Thousands of hostile requests, made from the OpenAPI document, and what a server must never answer to one.
import { Agent } from "node:http";
import fc from "fast-check";
import { type Document, type Known, type Operation, operationsOf } from "./api-operations.ts";
import type { TestConsole } from "./console.ts";
import { CALLERS, type Caller, nameOf, papersOf } from "./console-people.ts";
import { hostileQuery, hostileSegment } from "./hostile-addresses.ts";
import { hostileBody } from "./hostile-values.ts";
import { type RawAnswer, type RawRequest, sendRaw } from "./raw-request.ts";

type Planned = { id: string; caller: Caller; request: RawRequest };

/** Headers that a server may stumble over, each with a plausible purpose. */
const MORE_HEADERS: Record<string, string>[] = [
  { "content-type": "application/json; charset=utf-16" },
  { "content-type": "APPLICATION/JSON" },
  { "content-disposition": 'attachment; filename="a.json"' },
  { "content-encoding": "gzip" },
  { accept: "text/html", "accept-encoding": "*;q=0", "accept-language": "x".repeat(2000) },
  { "x-forwarded-for": "x".repeat(3000), "x-forwarded-proto": "https", forwarded: "for=_x" },
  { "x-http-method-override": "DELETE", "x-original-url": "/api/users" },
  { "last-event-id": "-1", range: "bytes=0-,0-,0-", "if-none-match": "*" },
  { "user-agent": "\x80\xff".repeat(500) },
  { cookie: "pobsync=; pobsync=%00; __proto__=x; =; ;;" },
  { authorization: "Bearer \t" },
];

function plan(document: Document, operation: Operation, known: Known): fc.Arbitrary<Planned> {
  const { id, method, path, parameters, body } = operation;
  const inPath = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  const segment = (name: string): fc.Arbitrary<string> => {
    const there = fc.constant(encodeURIComponent(String(known[name] ?? "x")));
    return fc.oneof({ weight: 3, arbitrary: there }, { weight: 2, arbitrary: hostileSegment });
  };
  const query = parameters
    .filter((parameter) => parameter.in === "query")
    .map(({ name, schema }) => {
      const there = known[name];
      const real = there === undefined ? [] : [fc.constant(`${name}=${encodeURIComponent(String(there))}`)];
      return fc.option(fc.oneof(...real, hostileQuery(document, name, schema)), { nil: null });
    });
  const deep = CALLERS.filter((caller) => caller.by !== "nothing" && caller.role === "admin");
  return fc
    .record({
      segments: fc.tuple(...inPath.map(segment)),
      query: fc.tuple(...query),
      caller: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...deep) }, fc.constantFrom(...CALLERS)),
      text: body === null ? fc.constant(null) : fc.option(hostileBody(document, body), { freq: 20 }),
      more: fc.option(fc.constantFrom(...MORE_HEADERS), { freq: 1, nil: {} }),
      isStranger: fc.boolean(),
    })
    .map(({ segments, query: pairs, caller, text, more, isStranger }) => {
      const target = inPath.reduce((so, name, at) => so.replace(`{${name}}`, () => segments[at] ?? ""), path);
      const search = pairs.filter((pair) => pair !== null).join("&");
      const json = text === null ? {} : { "content-type": "application/json" };
      return {
        ...{ id, caller },
        request: {
          method,
          path: `/api${target}${search === "" ? "" : `?${search}`}`.slice(0, 12_000),
          headers: { ...json, ...(isStranger ? more : {}) },
          ...(text === null ? {} : { body: text }),
        },
      };
    });
}

/** Stack traces, places in the program, and the folders of this machine that are nobody's business. */
const INSIDE =
  /\n\s+at |node_modules|file:\/\/\/|\/src\/[a-z]+\/|\.[cm]?[jt]s:\d+|node:internal|SQLITE|sqlite3|ER_[A-Z]{3,}/;

function violations(answer: RawAnswer, secrets: readonly string[]): string[] {
  const { status, headers, text } = answer;
  const found: string[] = [];
  const type = String(headers["content-type"] ?? "");
  if (status >= 500 || status === 0) found.push(`answered ${status}: ${text.slice(0, 300)}`);
  if (status >= 400 && INSIDE.test(text)) found.push(`told of the inside: ${INSIDE.exec(text)?.[0]}`);
  for (const secret of secrets) if (text.includes(secret)) found.push(`told of ${secret}`);
  if (status >= 400 && !(type === "application/problem+json" && typeof JSON.parse(text).hint === "string"))
    found.push(`answered ${status} as ${type}`);
  if (type.startsWith("text/html")) found.push("answered with markup");
  if (headers["x-content-type-options"] !== "nosniff") found.push("lacked the headers of every answer");
  if (({} as Record<string, unknown>).polluted !== undefined) found.push("changed what all objects are");
  return found;
}

type Hostility = {
  /** Sentences about what went wrong, each with the request. */
  violations: string[];
  /** How many answers there were of each status. */
  statuses: Record<number, number>;
};

const AT_ONCE = 200;

/** Sends so many requests, spread evenly over all operations. The same seed sends the same ones. */
export async function sendHostile(
  site: TestConsole,
  known: Known,
  { requests, seed }: { requests: number; seed: number },
): Promise<Hostility> {
  const document: Document = (await site.request("admin", "GET", "/api/openapi.json")).body;
  const planned = operationsOf(document).map((operation) => plan(document, operation, known));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const secrets = [process.cwd(), site.world.stateDir];
  const found: Hostility = { violations: [], statuses: {} };
  try {
    for (let sent = 0; sent < requests; ) {
      const options = { seed: seed + sent, numRuns: Math.ceil(AT_ONCE / planned.length) };
      for (const request of planned.flatMap((operation) => fc.sample(operation, options))) {
        if (sent >= requests) break;
        await sendOne(request);
        sent += 1;
      }
    }
  } finally {
    agent.destroy();
  }
  if (site.logged.length > 0) found.violations.push(`faults in the log: ${site.logged.join("\n")}`);
  return found;

  async function sendOne({ id, caller, request }: Planned): Promise<void> {
    const headers = { ...(await papersOf(site, caller)), ...request.headers };
    const what = `${id} as ${nameOf(caller)}: ${JSON.stringify(request).slice(0, 600)}`;
    try {
      const answer = await sendRaw(site.url, { ...request, headers }, agent);
      found.statuses[answer.status] = (found.statuses[answer.status] ?? 0) + 1;
      found.violations.push(...violations(answer, secrets).map((line) => `${line}\n  ${what}`));
    } catch (error) {
      found.violations.push(`no answer: ${error}\n  ${what}`);
    }
  }
}
