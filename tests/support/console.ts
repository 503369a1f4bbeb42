// A console that answers real requests: a server in this process, on a site of its own, with a user of each role.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "../../src/actions/app.ts";
import { configureSite } from "../../src/actions/configure-site.ts";
import { migrateDatabase } from "../../src/actions/migrate-database.ts";
import { createApiToken } from "../../src/actions/people/api-tokens.ts";
import { createUser } from "../../src/actions/people/manage-users.ts";
import { ROLES, type Role, type User } from "../../src/domain/people.ts";
import { serveConsole } from "../../src/http/server.ts";
import { openDatabase } from "../../src/store/database.ts";
import { systemClock } from "../../src/system/clock.ts";
import { workOff } from "./work-off.ts";
import { makeWorld, type World } from "./world.ts";

/** Who asks: the user of that role, whose name is that of the role, or somebody who is not signed in. */
export type Who = Role | "nobody";
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type Answer = {
  status: number;
  headers: Headers;
  /** What the JSON says; the text itself when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for, and says what it expects
  body: any;
};

export type TestConsole = {
  /** With a slash at its end. */
  url: string;
  app: App;
  world: World;
  /** What the server told its log: its own faults, so usually nothing. */
  logged: readonly string[];
  /** Asks for a path such as "/api/hosts", with cookie and CSRF token of whoever asks. */
  request(who: Who, method: Method, path: string, body?: unknown): Promise<Answer>;
  /** The same as it comes, for downloads, events and headers of one's own. */
  fetch(who: Who, path: string, init?: RequestInit): Promise<Response>;
  /** The password of the user of that role. */
  passwordOf(role: Role): string;
  /** Executes here what is queued, until nothing is due. */
  workOff(): Promise<void>;
  /** Ends the server, and removes the world unless it was given. */
  close(): Promise<void>;
};

export type ConsoleOptions = {
  /** Where the site is; a new one, migrated and configured, when it is left out. One that is given is migrated already. */
  world?: World;
  /** False: leave a new site without configuration. */
  configured?: boolean;
  /** What the time is; default: what it is. */
  clock?: () => Date;
  publicUrl?: URL;
  /** With what `request` and `fetch` sign in: a session ends when the clock is set half a day ahead, a token of these never. */
  by?: "session" | "token";
};

/** Headers that say who asks. */
type Signed = Readonly<Record<string, string>>;

const passwordOf = (role: Role): string => `${role} of the lighthouse`;

export async function startConsole(options: ConsoleOptions = {}): Promise<TestConsole> {
  const world = options.world ?? makeWorld();
  const databaseUrl = world.environment.POBSYNC_DATABASE_URL ?? "";
  if (options.world === undefined) await migrateDatabase(databaseUrl);
  const app: App = {
    db: await openDatabase(databaseUrl),
    clock: options.clock ?? systemClock,
    version: "0.0.0",
    randomHex: (bytes) => randomBytes(bytes).toString("hex"),
    node: "main",
    leaseSeconds: 60,
    secretKeyFile: `${world.environment.POBSYNC_STATE_DIR}/secret.key`,
    hasher: [process.execPath, fileURLToPath(new URL("../../src/main/hasher.ts", import.meta.url))],
    requestedBy: "ada",
    actor: { name: "ada", kind: "cli", address: null },
  };
  if (options.world === undefined && options.configured !== false)
    await configureSite(app, {
      ...{ backupRoot: world.backupRoot, minFreePercent: 0, settings: {}, unset: [] },
    });
  const users = new Map<Role, User>();
  for (const role of ROLES)
    users.set(role, await createUser(app, { username: role, password: passwordOf(role), role }));
  const logged: string[] = [];
  const served = await serveConsole(app, {
    ...{ host: "127.0.0.1", port: 0, publicUrl: options.publicUrl ?? null, pages: null },
    log: ({ message, detail }) => logged.push(`${message}\n${detail ?? ""}`),
  });
  const signed = new Map<Role, Promise<Signed>>();
  const signedAs = (role: Role): Promise<Signed> => {
    const user = users.get(role);
    const known =
      signed.get(role) ??
      (options.by === "token" && user !== undefined ? tokenOf(app, user) : signIn(served.url, role));
    signed.set(role, known);
    return known;
  };
  const ask = async (who: Who, path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (who !== "nobody")
      for (const [name, value] of Object.entries(await signedAs(who)))
        if (!headers.has(name)) headers.set(name, value);
    return fetch(new URL(path, served.url), { redirect: "manual", ...init, headers });
  };
  return {
    url: served.url,
    app,
    world,
    logged,
    passwordOf,
    fetch: ask,
    async request(who, method, path, body) {
      const json = { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      return answered(await ask(who, path, { method, ...(body === undefined ? {} : json) }));
    },
    workOff: () => workOff(app),
    async close() {
      await served.close();
      await app.db.close();
      if (options.world === undefined) await world.dispose();
    },
  };
}

async function signIn(url: string, role: Role): Promise<Signed> {
  const answer = await fetch(new URL("/api/login", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: role, password: passwordOf(role) }),
  });
  if (answer.status !== 200) throw new Error(`${role} was not let in: ${await answer.text()}`);
  const [cookie = ""] = answer.headers.getSetCookie().map((text) => text.split(";")[0]);
  return { cookie, "x-csrf-token": ((await answer.json()) as { csrfToken: string }).csrfToken };
}

async function tokenOf(app: App, user: User): Promise<Signed> {
  const { secret } = await createApiToken(app, { user, role: user.role }, { name: "tests", role: user.role });
  return { authorization: `Bearer ${secret}` };
}

async function answered(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== "" ? JSON.parse(text) : text,
  };
}

/** A folder of the host below the backup root. */
export const hostFolder = ({ world }: TestConsole, host: string, ...parts: string[]): string =>
  join(world.backupRoot, host, ...parts);
