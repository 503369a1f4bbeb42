// The real program serving a console on a site of its own: asked over HTTP, stopped, and started again on the same port.
import type { Role } from "../../src/domain/people.ts";
import { PASSWORD } from "./people.ts";
import { type Pobsync, pobsyncIn, type RunningCommand } from "./pobsync.ts";
import { freePort } from "./ports.ts";
import { waitUntil } from "./wait-until.ts";
import { makeWorld, type World } from "./world.ts";

/** Who may sign in there, all with the same password. */
export const PEOPLE = { ada: "admin", bob: "operator", charlie: "viewer" } as const satisfies Record<
  string,
  Role
>;
export type Person = keyof typeof PEOPLE;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type ServedSite = {
  world: World;
  pobsync: Pobsync;
  /** With a slash at its end. */
  url: string;
  /** What the terminal showed for whoever makes the first account. */
  setupCode: string;
  /** What the API answers Ada, who is an admin. @throws Error with the whole answer unless it is a 2xx */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for, and says what it expects
  ask(method: Method, path: string, body?: unknown): Promise<any>;
  /** Makes the first account, Ada's, and those of Bob and Charlie. */
  makePeople(): Promise<void>;
  /** Adds a host that is this very machine. */
  addHost(name: string, sources: readonly string[], settings?: Record<string, unknown>): Promise<void>;
  /** Queues a backup, waits until it has ended, and returns its run. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  backUp(host: string): Promise<any>;
  stop(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
};

/** `bare`: nobody has an account yet, and nothing is configured. */
export async function serveSite(options: { bare?: boolean } = {}): Promise<ServedSite> {
  const world = makeWorld();
  try {
    return await serveIn(world, options.bare === true);
  } catch (error) {
    await world.dispose();
    throw error;
  }
}

async function serveIn(world: World, isBare: boolean): Promise<ServedSite> {
  const pobsync = pobsyncIn(world);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const migrated = await pobsync.run("migrate");
  if (migrated.code !== 0) throw new Error(`migrate: ${migrated.stderr}`);
  const up = async (): Promise<RunningCommand> => {
    const command = pobsync.start("up", "--port", `${port}`, "--interval", "1");
    await command.waitForOutput(/The console is at/, 30_000);
    return command;
  };
  let running = await up();
  const [, setupCode = ""] = await running.waitForOutput(/with this code: (\S+)/);
  let papers: Record<string, string> = {};
  const ask: ServedSite["ask"] = async (method, path, body) => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { "content-type": "application/json", ...papers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
    const said = text === "" ? null : JSON.parse(text);
    if (cookie !== undefined) papers = { cookie, "x-csrf-token": said.csrfToken };
    return said;
  };
  const makePeople = async (): Promise<void> => {
    await ask("POST", "/api/setup", { code: setupCode, username: "ada", password: PASSWORD });
    for (const username of ["bob", "charlie"] as const)
      await ask("POST", "/api/users", { username, password: PASSWORD, role: PEOPLE[username] });
  };
  if (!isBare) {
    await makePeople();
    await ask("PATCH", "/api/settings", { backupRoot: world.backupRoot, minFreePercent: 0 });
  }
  return {
    ...{ world, pobsync, url, setupCode, ask, makePeople },
    async addHost(name, sources, settings = {}) {
      await ask("POST", "/api/hosts", {
        name,
        transport: "local",
        address: "localhost",
        sources,
        ...settings,
      });
    },
    async backUp(host) {
      const { id } = await ask("POST", `/api/hosts/${host}/backup`, {});
      const hasEnded = async () => {
        const run = await ask("GET", `/api/runs/${id}`);
        return run.finishedAt !== null && run;
      };
      return waitUntil(hasEnded, { what: `run ${id} of ${host} to end`, deadlineMs: 60_000 });
    },
    async stop() {
      running.child.kill("SIGTERM");
      await running.ended;
    },
    async start() {
      running = await up();
    },
    dispose: () => world.dispose(),
  };
}
