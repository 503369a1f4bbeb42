// Reading a private key that somebody else has made.
import { stat } from "node:fs/promises";
import { Problem } from "../domain/problem.ts";
import type { KeyPair } from "./key-pair.ts";
import { runProgramWithin } from "./program.ts";
import { readSmallFile } from "./read-small-file.ts";
import { printableLines } from "./ssh-failure.ts";

/** Whether its mode lets anybody but its owner read or change it. */
export const isOpenToOthers = async (path: string): Promise<boolean> =>
  ((await stat(path)).mode & 0o077) !== 0;

const ANSWER_WITHIN_MS = 10_000;

/** Refuses with `identity_file_unusable` what is no key, one that others may read, and one with a passphrase. */
export async function readPrivateKey(path: string): Promise<KeyPair> {
  const privateKey = await readSmallFile(path).catch(() => null);
  if (privateKey === null)
    throw new Problem("identity_file_unusable", `There is no private key at ${path} that can be read.`);
  const asked = await runProgramWithin(ANSWER_WITHIN_MS, ["ssh-keygen", "-y", "-P", "", "-f", path]);
  const [type, blob] = asked.output.toString("latin1").trim().split(" ");
  if (asked.code !== 0 || type === undefined || blob === undefined)
    throw new Problem("identity_file_unusable", `The private key at ${path} cannot be used.`, {
      detail: printableLines(asked.stderr.trim()) || null,
    });
  return { publicKey: `${type} ${blob}`, privateKey };
}
