// One `pobsync verify` of a host: what it cost and what it said.
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { VerifyJson } from "../src/contract/types.ts";
import type { Site } from "./site.ts";
import type { Cost } from "./statistics.ts";
import type { Volume } from "./volume.ts";

/** Reads a host's files again. @param exitCode what it must end with: 0 when all is well, 1 when something is damaged */
export async function readAgain(
  site: Site,
  host: string,
  exitCode: 0 | 1 = 0,
): Promise<{ cost: Cost; said: VerifyJson }> {
  const cost = await site.timed(["verify", host, "--json", "--quiet"], [exitCode]);
  return { cost, said: JSON.parse(readFileSync(site.output, "utf8")) };
}

/** Of the newest snapshot that a host has below this volume's backup root, by its own name. */
export const dataOf = (store: Volume, host: string): string =>
  join(realpathSync(join(store.path, "backups", host, "latest")), "data");
