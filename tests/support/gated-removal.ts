// A command line whose removals wait at a gate, so that a test can act in the middle of one. Root only: it needs a mount
// namespace of its own, in which a `find` that waits lies before the real one.
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Pobsync, pobsyncIn, pobsyncProgram } from "./pobsync.ts";
import { waitUntil } from "./wait-until.ts";
import type { World } from "./world.ts";

export type Gate = {
  pobsync: Pobsync;
  /** How many removals have come to the gate in all. */
  came(): number;
  /** Waits until so many removals have come to the gate in all; the last of them stands there. */
  untilCame(count: number): Promise<void>;
  /** Lets the next one through, or from now on all of them. */
  open(how: "once" | "for good"): void;
};

/** A removal of a small tree comes to the gate once. @param environment more variables for the command line */
export function makeGate(world: World, environment: Record<string, string> = {}, name = "gate"): Gate {
  const dir = join(world.dir, name);
  const at = (name: string): string => join(dir, name);
  for (const folder of [dir, at("bin"), at("came")]) mkdirSync(folder);
  const program = (path: string, ...lines: string[]): void => {
    writeFileSync(path, `#!/bin/sh\n${lines.join("\n")}\n`);
    chmodSync(path, 0o755);
  };
  program(
    at("bin/find"),
    // Every backup removes something of its own attempt; only what is pruned waits.
    `case "$*" in */incomplete/*) exec /usr/bin/find "$@" ;; *-delete*) ;; *) exec /usr/bin/find "$@" ;; esac`,
    `: >"${at("came")}/$$"`,
    `until [ -e "${at("open")}" ] || mv "${at("once")}" "${at("used")}" 2>/dev/null; do sleep 0.02; done`,
    `exec /usr/bin/find "$@"`,
  );
  // pobsync looks there first.
  const bind = `mount --bind "${at("bin")}" /usr/local/sbin && exec "${pobsyncProgram}" "$@"`;
  program(at("pobsync"), `exec unshare --mount -- /bin/sh -c '${bind}' sh "$@"`);
  const came = (): number => readdirSync(at("came")).length;
  return {
    pobsync: pobsyncIn(world, { environment, program: at("pobsync") }),
    came,
    async untilCame(count) {
      await waitUntil(() => came() >= count, { what: `removal ${count} to come to the gate`, everyMs: 5 });
    },
    open(how) {
      writeFileSync(at(how === "once" ? "once" : "open"), "");
    },
  };
}
