// A console over a database that nobody is in yet, at whatever time a test wants it to be.
import { serveConsole } from "../../src/http/server.ts";
import type { Pages } from "../../src/http/site.ts";
import type { Database } from "../../src/store/database.ts";
import type { Answer } from "./console.ts";
import { type PeopleApp, peopleApp } from "./people.ts";

/** What a browser keeps of a session. */
type Signed = { cookie: string; csrfToken: string };

export type BareConsole = {
  url: string;
  app: PeopleApp;
  /** What the server showed for whoever makes the first account. */
  setupCode: string | null;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(method: string, path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  logIn(username: string, password: string, totp?: string): Promise<Answer>;
  close(): Promise<void>;
};

export async function startBareConsole(
  db: Database,
  { publicUrl = null, pages = null }: { publicUrl?: URL | null; pages?: Pages | null } = {},
): Promise<BareConsole> {
  const app = peopleApp(db);
  const logged: string[] = [];
  const served = await serveConsole(app, {
    ...{ host: "127.0.0.1", port: 0, publicUrl, pages },
    log: ({ message, detail }) => logged.push(`${message}\n${detail ?? ""}`),
  });
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(new URL(path, served.url), { redirect: "manual", ...init });
    const { status, headers } = response;
    const text = await response.text();
    const isJson = headers.get("content-type")?.includes("json") === true;
    return { status, headers, body: isJson ? JSON.parse(text) : text };
  };
  const send: BareConsole["send"] = (method, path, body, headers = {}) =>
    ask(path, {
      ...{ method, body: JSON.stringify(body) },
      headers: { "content-type": "application/json", ...headers },
    });
  return {
    url: served.url,
    app,
    setupCode: served.setupCode,
    get: (path, headers = {}) => ask(path, { headers }),
    send,
    logIn: (username, password, totp) =>
      send("POST", "/api/login", { username, password, ...(totp === undefined ? {} : { totp }) }),
    async close() {
      await served.close();
      if (logged.length > 0) throw new Error(`the server told its log of a fault:\n${logged.join("\n")}`);
    },
  };
}

/** What a browser sends from now on, after an answer that opened a session. */
export function signedBy({ headers, body }: Answer): Signed {
  const [cookie = ""] = headers.getSetCookie().map((text) => text.split(";")[0]);
  return { cookie, csrfToken: body.csrfToken };
}

export const papers = ({ cookie, csrfToken }: Signed): Record<string, string> => ({
  cookie,
  "x-csrf-token": csrfToken,
});
