// What every answer tells the browser, whatever it is an answer to; and the files that are served without a login.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BareConsole, papers, signedBy, startBareConsole } from "../../support/bare-console.ts";
import { startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addUser, cheapHash, PASSWORD } from "../../support/people.ts";
import { type RawAnswer, sendRaw } from "../../support/raw-request.ts";

let databases: TestDatabases;
let site: BareConsole;
let safe: BareConsole;
let folder: string;
let signed: Record<string, string>;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  databases = await startDatabases("sqlite");
  folder = mkdtempSync(join(tmpdir(), "pobsync-pages-"));
  mkdirSync(join(folder, "pages", "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "a secret beside the pages");
  writeFileSync(join(folder, "pages", "index.html"), "never served as a file");
  writeFileSync(join(folder, "pages", "assets", "app-1a2b.js"), "true;");
  const pages = { folder: join(folder, "pages"), index: `<html><style nonce="NONCE"></style></html>` };
  const db = await databases.fresh();
  await addUser(db, "ada", "admin", cheapHash(PASSWORD));
  site = await startBareConsole(db, { pages });
  safe = await startBareConsole(db, { pages, publicUrl: new URL("https://backup.example.org/") });
  signed = papers(signedBy(await site.logIn("ada", PASSWORD)));
});
afterAll(async () => {
  agent.destroy();
  await site.close();
  await safe.close();
  await databases.stop();
  rmSync(folder, { recursive: true });
});

const raw = (
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
  url = site.url,
) => sendRaw(url, { method, path, headers, ...(body === undefined ? {} : { body }) }, agent);

const json = { "content-type": "application/json" };

/** One answer of each kind. */
const KINDS: readonly [what: string, status: number, ask: () => Promise<RawAnswer>][] = [
  ["what was asked for", 200, () => raw("GET", "/api/runs", signed)],
  ["nobody is signed in", 401, () => raw("GET", "/api/runs")],
  ["there is no such route", 404, () => raw("GET", "/api/nothing", signed)],
  ["there is no such run", 404, () => raw("GET", "/api/runs/4711", signed)],
  ["input that does not fit", 400, () => raw("GET", "/api/runs?limit=no", signed)],
  ["a body that is no JSON", 400, () => raw("POST", "/api/login", json, "{")],
  ["a forged request", 403, () => raw("POST", "/api/logout", { ...signed, origin: "https://evil.example" })],
  ["a body that is too large", 400, () => raw("POST", "/api/login", json, "x".repeat(1024 * 1024 + 1))],
  ["a path that is no text", 400, () => raw("GET", "/api/runs/%ff", signed)],
  ["an unusual method", 404, () => raw("TRACE", "/api/runs", signed)],
  ["health", 200, () => raw("GET", "/healthz")],
  ["a page", 200, () => raw("GET", "/hosts/web1")],
  ["a file", 200, () => raw("GET", "/assets/app-1a2b.js")],
  ["a file that is not there", 404, () => raw("GET", "/assets/nothing.js")],
  ["a host that is no name", 400, () => raw("GET", "/api/runs", { ...signed, host: "[" })],
];

const HEADERS = {
  "content-security-policy": expect.stringMatching(
    /^default-src 'none'; script-src 'self'; style-src 'self'( 'nonce-[0-9a-f]{32}')?; /,
  ),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": expect.stringContaining("camera=()"),
};

describe("every answer", () => {
  it.each(KINDS)(
    "to %s trusts nobody, names no program and allows no other site",
    async (_what, status, ask) => {
      const { headers, ...answer } = await ask();
      expect([answer.status, headers]).toMatchObject([status, HEADERS]);
      expect(headers).not.toHaveProperty("strict-transport-security");
      for (const name of ["server", "x-powered-by", "access-control-allow-origin"])
        expect(headers).not.toHaveProperty(name);
    },
  );

  it("of a site behind https keeps the browser there", async () => {
    for (const path of ["/", "/healthz", "/api/runs", "/assets/nothing.js"])
      expect((await raw("GET", path, {}, undefined, safe.url)).headers).toMatchObject({
        "strict-transport-security": "max-age=31536000",
      });
  });

  it("of the API is kept by nobody, and a refusal is a problem with a code and a hint", async () => {
    for (const [, status, ask] of KINDS.slice(0, 10)) {
      const { headers, text } = await ask();
      expect(headers["cache-control"]).toBe("no-store");
      if (status < 400) continue;
      expect(headers["content-type"]).toBe("application/problem+json");
      expect(JSON.parse(text)).toEqual({
        ...{ status, code: expect.any(String), title: expect.any(String), message: expect.any(String) },
        ...{ hint: expect.stringMatching(/./), detail: null },
      });
    }
  });
});

describe("pages", () => {
  it("allow the style of this very answer and no script but files of ours", async () => {
    const [one, other] = [await raw("GET", "/"), await raw("GET", "/")];
    const nonces = [one, other].map(({ headers, text }) => {
      const [, nonce = ""] = /'nonce-([0-9a-f]+)'/.exec(String(headers["content-security-policy"])) ?? [];
      expect(text).toContain(`nonce="${nonce}"`);
      expect(headers["content-security-policy"]).not.toMatch(/unsafe|\*/);
      return nonce;
    });
    expect(new Set(nonces).size).toBe(2);
    expect(one.headers["cache-control"]).toBe("no-store");
  });

  it.each([
    "/assets/../../secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets/%2e%2e/%2e%2e/secret.txt",
    "/assets/....//....//secret.txt",
    "/assets/..%5c..%5csecret.txt",
    "/assets/%00/../../secret.txt",
    "/assets//etc/passwd",
    "//etc/passwd",
    "/%2e%2e/secret.txt",
    "/assets/",
    "/assets",
  ])("do not lead out of their folder: %s", async (path) => {
    const { status, text } = await raw("GET", path);
    expect(status).toBeOneOf([200, 400, 404]);
    expect(text).toMatch(/^(There is nothing here\.\n|<html>.*<\/html>|)$/);
  });
});
