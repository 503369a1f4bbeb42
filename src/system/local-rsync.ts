// The rsync on this server: is it there, and what can it do. Asked, not guessed from its version: distributions patch it.
import { statfs } from "node:fs/promises";
import { Problem } from "../domain/problem.ts";
import { runProgramWithin } from "./program.ts";
import type { RsyncAbilities } from "./rsync-abilities.ts";

const ANSWER_WITHIN_MS = 20_000;

/** Refuses with `rsync_missing` when there is none. */
export async function askLocalRsync(): Promise<RsyncAbilities> {
  // `--help` prints the version and the checksums as well as every option.
  const { code, output, stderr } = await runProgramWithin(ANSWER_WITHIN_MS, ["rsync", "--help"]);
  const abilities = code === 0 ? abilitiesIn(output.toString("latin1")) : null;
  if (abilities !== null) return abilities;
  throw new Problem("rsync_missing", "rsync cannot be started on this server.", {
    detail: stderr.trim() || null,
  });
}

/** What statfs(2) calls XFS. */
const XFS = 0x58465342;

/** The same, for a folder into which this rsync will receive. */
export const receivingInto = async (folder: string, abilities: RsyncAbilities): Promise<RsyncAbilities> => ({
  ...abilities,
  ontoXfs: process.getuid?.() === 0 && (await statfs(folder)).type === XFS,
});

/** What `rsync --help` tells; null when it is not rsync's. */
export function abilitiesIn(text: string): RsyncAbilities | null {
  const version = /^rsync +version (\S+)/m.exec(text)?.[1];
  if (version === undefined) return null;
  return {
    version,
    xxh128: /^Checksum list:\s*\n[^\n]*\bxxh128\b/m.test(text),
    confineRoot: text.includes("--confine-root="),
    insecureLinks: /^ *--insecure-links\b/m.test(text),
    ontoXfs: false,
    aclsAsAttributes: false,
  };
}
