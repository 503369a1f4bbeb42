// A command line for which one program of the system waits at a gate, so that a test can act in the middle of its work.
// Root only: it needs a mount namespace of its own, in which a program that waits lies before the real one.
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Pobsync, pobsyncIn, pobsyncProgram } from "./pobsync.ts";
import { waitUntil } from "./wait-until.ts";
import type { World } from "./world.ts";

export type ProgramGate = {
  pobsync: Pobsync;
  /** Waits until so many starts of the program have come to the gate in all; the last of them stands there. */
  untilCame(count: number): Promise<void>;
  /** Lets the next one through, or from now on all of them. */
  open(how: "once" | "for good"): void;
};

/** @param program its name in /usr/bin, and that of the gate's folder */
export function gateBefore(world: World, program: string): ProgramGate {
  const dir = join(world.dir, `gate-${program}`);
  const at = (name: string): string => join(dir, name);
  for (const folder of [dir, at("bin"), at("came")]) mkdirSync(folder);
  const script = (path: string, ...lines: string[]): void => {
    writeFileSync(path, `#!/bin/sh\n${lines.join("\n")}\n`);
    chmodSync(path, 0o755);
  };
  script(
    at(`bin/${program}`),
    `: >"${at("came")}/$$"`,
    `until [ -e "${at("open")}" ] || mv "${at("once")}" "${at("used")}" 2>/dev/null; do sleep 0.02; done`,
    `exec "/usr/bin/${program}" "$@"`,
  );
  // pobsync looks there first.
  const bind = `mount --bind "${at("bin")}" /usr/local/sbin && exec "${pobsyncProgram}" "$@"`;
  script(at("pobsync"), `exec unshare --mount -- /bin/sh -c '${bind}' sh "$@"`);
  return {
    pobsync: pobsyncIn(world, { program: at("pobsync") }),
    async untilCame(count) {
      const came = (): boolean => readdirSync(at("came")).length >= count;
      const what = `start ${count} of ${program} to come to the gate`;
      // A whole command begins before it: on a busy machine that takes a while.
      await waitUntil(came, { what, deadlineMs: 60_000, everyMs: 5 });
    },
    open(how) {
      writeFileSync(at(how === "once" ? "once" : "open"), "");
    },
  };
}
