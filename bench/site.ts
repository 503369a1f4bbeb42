// A pobsync of our own for one benchmark: its folder, its environment, and the program that users run.
import { join } from "node:path";
import { type Pobsync, pobsyncIn, pobsyncProgram } from "../tests/support/pobsync.ts";
import type { TestSshd } from "../tests/support/sshd.ts";
import { makeWorld, type World } from "../tests/support/world.ts";
import type { Cost } from "./statistics.ts";
import { timed } from "./timing.ts";

export type Site = {
  /** Holds everything of the benchmark. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** A folder for backups that need no disk of their own; it is there, and is not configured. */
  readonly backupRoot: string;
  readonly databaseUrl: string;
  /** Runs commands that are not measured. */
  readonly pobsync: Pobsync;
  /** Runs a command that must succeed, and returns what its `--json` said. */
  readonly set: (...args: string[]) => Promise<unknown>;
  /** Configures a host that is this very machine. */
  readonly addLocalHost: (host: string, ...sources: string[]) => Promise<void>;
  /** Configures a host behind this sshd. The first contact is made as well: it pins the host key. */
  readonly addSshHost: (host: string, sshd: TestSshd, ...sources: string[]) => Promise<void>;
  /** Runs a command from start to end. @throws Error with its output when its exit code isn't one of `expected` */
  readonly timed: (args: readonly string[], expected?: readonly number[]) => Promise<Cost>;
  /** The file that has what the last timed command printed on stdout. */
  readonly output: string;
  readonly dispose: () => Promise<void>;
};

type SiteOptions = { readonly program?: string; readonly databaseUrl?: string };

const AN_HOUR_MS = 3_600_000;

/**
 * @param options.program what is started as pobsync, when it isn't the one that users run
 * @param options.databaseUrl where its configuration is; default: an SQLite file of its own
 */
export function makeSite({ program = pobsyncProgram, databaseUrl }: SiteOptions = {}): Site {
  const world: World = makeWorld(databaseUrl === undefined ? {} : { databaseUrl });
  // A home of its own: the compile cache begins empty, is warm after the first command, and nobody's is touched.
  const env = {
    PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: world.dir,
    XDG_CACHE_HOME: "",
    LC_ALL: "C.UTF-8",
    ...world.environment,
  };
  const pobsync = pobsyncIn(world, { environment: env, timeoutMs: AN_HOUR_MS, program });
  const [output, errors] = [join(world.dir, "output"), join(world.dir, "errors")];
  const set: Site["set"] = async (...args) => {
    const { code, stdout, stderr } = await pobsync.run(...args, "--json");
    if (code !== 0) throw new Error(`pobsync ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`);
    return stdout.trim() === "" ? null : JSON.parse(stdout);
  };
  const sourceWords = (sources: readonly string[]) => sources.flatMap((source) => ["--source", source]);
  return {
    dir: world.dir,
    env,
    backupRoot: world.backupRoot,
    databaseUrl: world.environment.POBSYNC_DATABASE_URL ?? "",
    pobsync,
    set,
    async addLocalHost(host, ...sources) {
      const reach = ["--address", "localhost", "--transport", "local"];
      await set("configure-host", host, ...reach, ...sourceWords(sources));
    },
    async addSshHost(host, { address, port, user, identityFile }, ...sources) {
      const where = ["--address", address, "--port", String(port)];
      const who = ["--user", user, "--identity-file", identityFile];
      await set("configure-host", host, ...where, ...who, ...sourceWords(sources));
      await set("check-host", host);
    },
    timed: (args, expected = [0]) =>
      timed({ argv: [program, ...args], env, cwd: world.dir, output, errors, expected }),
    output,
    dispose: world.dispose,
  };
}
