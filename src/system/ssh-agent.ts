// An agent of our own for one connection: it holds private keys in memory, so that none is ever written to a disk in the clear.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import type { KeyPair } from "./key-pair.ts";
import { type ProgramResult, runProgramWithin, startProgram } from "./program.ts";
import type { SshCredentials, SshPlace } from "./ssh-args.ts";
import { waitForSocket } from "./wait-for-socket.ts";

const ANSWER_WITHIN_MS = 10_000;

const END_GRACE_MS = 500;

/** Longer than a connection takes. After that the agent forgets its keys even if nobody ends it. */
const KEYS_KEPT_SECONDS = 120;

export interface Agent {
  readonly credentials: SshCredentials;
  readonly end: () => Promise<void>;
}

/**
 * Starts it and gives it the keys, in the order in which ssh is to try them. They sign for nothing but this user at a host
 * with a key from the file of known ones, where the local OpenSSH can promise that (8.9 and later).
 *
 * @param folder private, and there until the end
 */
export async function startAgent(
  folder: string,
  keys: readonly KeyPair[],
  place: SshPlace,
  knownHosts: string,
): Promise<Agent> {
  const socket = join(folder, "agent");
  const program = startProgram(["ssh-agent", "-D", "-a", socket]);
  let ended: ProgramResult | null = null;
  const done = program.done.then((result) => {
    ended = result;
  });
  const end = async (): Promise<void> => {
    program.end(END_GRACE_MS);
    await done;
  };
  try {
    await waitForSocket(socket, ANSWER_WITHIN_MS, { isOver: () => ended !== null, giveUp: program.kill });
    if (ended !== null) throw unusable("ssh-agent", ended);
    const only = ["-H", knownHosts, "-h", `${place.user}@${place.alias}`];
    for (const { privateKey } of keys) {
      const first = await addKey(socket, only, privateKey);
      const added = isUnknownOption(first.stderr) ? await addKey(socket, [], privateKey) : first;
      if (added.code !== 0) throw unusable("ssh-add", added);
    }
    const publicKeyFiles = keys.map((_, index) => join(folder, `key${index}.pub`));
    for (const [index, file] of publicKeyFiles.entries())
      await writeFile(file, `${keys[index]?.publicKey}\n`, { mode: 0o600 });
    return { credentials: { from: "agent", socket, publicKeyFiles }, end };
  } catch (error) {
    await end();
    throw error;
  }
}

const addKey = (socket: string, only: readonly string[], privateKey: string): Promise<ProgramResult> =>
  runProgramWithin(
    ANSWER_WITHIN_MS,
    ["env", `SSH_AUTH_SOCK=${socket}`, "ssh-add", "-q", "-t", `${KEYS_KEPT_SECONDS}`, ...only, "-"],
    { input: privateKey },
  );

/** What an ssh-add says that does not know how to bind a key to a host. */
export const isUnknownOption = (stderr: string): boolean => /(unknown|invalid|illegal) option/.test(stderr);

const unusable = (program: string, { stderr, startError }: ProgramResult): Problem =>
  new Problem("agent_unusable", `${program} of this server did not take the host's key.`, {
    detail: stderr.trim() || (startError?.message ?? null),
  });
