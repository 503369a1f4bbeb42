// Hosts of a console under test: this machine under several names, backed up when a test wants it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startConsole, type TestConsole } from "./console.ts";

export type ConsoleHosts = TestConsole & {
  /** "2026-11-23T09:00:00Z" and the like; it stands still there. */
  setClock(text: string): void;
  /** Makes a host with a folder of its own, which holds the file "a". Returns the folder. */
  addLocal(name: string, settings?: object): Promise<string>;
  /** Queues a backup and works it off, at a time; returns the run as the API shows it then. */
  // biome-ignore lint/suspicious/noExplicitAny: a run, of which each test looks at something else
  backUp(name: string, at: string): Promise<any>;
  /** What a viewer is answered. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
  see(path: string): Promise<any>;
};

/** Signed in by tokens, which last whatever the clock says. */
export async function startConsoleHosts(start: string): Promise<ConsoleHosts> {
  let now = new Date(start);
  const site = await startConsole({ clock: () => now, by: "token" });
  const see = async (path: string) => (await site.request("viewer", "GET", path)).body;
  return {
    ...site,
    see,
    setClock(text) {
      now = new Date(text);
    },
    async addLocal(name, settings = {}) {
      const source = join(site.world.hostDir, name);
      mkdirSync(source, { recursive: true });
      writeFileSync(join(source, "a"), name);
      const host = { name, transport: "local", sources: [source], ...settings };
      const { status, body } = await site.request("admin", "POST", "/api/hosts", host);
      if (status !== 201) throw new Error(`${name} was not made: ${JSON.stringify(body)}`);
      return source;
    },
    async backUp(name, at) {
      now = new Date(at);
      const { status, body } = await site.request("operator", "POST", `/api/hosts/${name}/backup`, {});
      if (status !== 202) throw new Error(`${name} was not queued: ${JSON.stringify(body)}`);
      await site.workOff();
      return see(`/api/runs/${body.id}`);
    },
  };
}
