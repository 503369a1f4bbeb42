// A pobsync of our own for one benchmark: its folder, its environment, and the program that users run.
import { join } from "node:path";
import { type Pobsync, pobsyncIn, pobsyncProgram } from "../tests/support/pobsync.ts";
import { makeWorld, type World } from "../tests/support/world.ts";
import type { Cost } from "./statistics.ts";
import { timed } from "./timing.ts";

export type Site = {
  /** Holds everything of the benchmark. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs commands that are not measured. */
  readonly pobsync: Pobsync;
  /** Runs a command that must succeed, and returns what its `--json` said. */
  readonly set: (...args: string[]) => Promise<unknown>;
  /** Runs a command from start to end. @throws Error with its output when its exit code isn't one of `expected` */
  readonly timed: (args: readonly string[], expected?: readonly number[]) => Promise<Cost>;
  readonly dispose: () => Promise<void>;
};

const AN_HOUR_MS = 3_600_000;

export function makeSite(): Site {
  const world: World = makeWorld();
  // A home of its own: the compile cache begins empty, is warm after the first command, and nobody's is touched.
  const env = {
    PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: world.dir,
    XDG_CACHE_HOME: "",
    LC_ALL: "C.UTF-8",
    ...world.environment,
  };
  const pobsync = pobsyncIn(world, { environment: env, timeoutMs: AN_HOUR_MS });
  const output = join(world.dir, "output");
  return {
    dir: world.dir,
    env,
    pobsync,
    async set(...args) {
      const { code, stdout, stderr } = await pobsync.run(...args, "--json");
      if (code !== 0) throw new Error(`pobsync ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`);
      return stdout.trim() === "" ? null : JSON.parse(stdout);
    },
    timed: (args, expected = [0]) =>
      timed({ argv: [pobsyncProgram, ...args], env, cwd: world.dir, output, expected }),
    dispose: world.dispose,
  };
}
