// One ssh connection a run: probe, hooks and rsync share it, so that there is one handshake and one place that says why.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { roundTripIn } from "../domain/far-away.ts";
import type { HostKey } from "../domain/host.ts";
import { Problem } from "../domain/problem.ts";
import type { KeyPair } from "./key-pair.ts";
import { makePrivateFolder } from "./private-folder.ts";
import { type ProgramResult, type RunningProgram, runProgramWithin, startProgram } from "./program.ts";
import { type Agent, startAgent } from "./ssh-agent.ts";
import {
  knownHostsText,
  masterArgs,
  remoteWord,
  type SshCredentials,
  type SshPlace,
  sharedArgs,
} from "./ssh-args.ts";
import { sshProblem } from "./ssh-failure.ts";
import { waitForSocket } from "./wait-for-socket.ts";

/**
 * For each piece that comes, however small, ssh makes room for the largest one and gives it up again, as its page faults suggest,
 * and glibc returns so much to the kernel each time, which then clears new pages. Told to keep 32 MiB (mallopt(3), bytes),
 * ssh takes less than half of the processor: 1.5 in place of 3.5 s for 400 MB, 0.3 in place of 1.3 s for 1,500 small files.
 */
const SSH_MEMORY = { MALLOC_MMAP_THRESHOLD_: "16777216", MALLOC_TRIM_THRESHOLD_: "33554432" };

/** ssh gives up connecting after 15 s; the rest is for name look-ups, slow key exchanges and authentication. */
const CONNECT_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 5000;
const CLOSE_GRACE_MS = 500;

export interface SshConnection {
  /** The words with which rsync or anybody else starts a command over this connection. */
  readonly remoteShell: readonly string[];
  readonly alias: string;
  /** Runs a program of the host; its words reach the host's shell quoted. */
  readonly run: (
    words: readonly string[],
    timeoutMs: number,
    stop?: AbortSignal,
  ) => Promise<ProgramResult & { timedOut: boolean }>;
  /** How long a packet takes there and back, in milliseconds; null: it is not known. */
  readonly roundTripMs: () => Promise<number | null>;
  /** Why the connection ended, or null while it is up. */
  readonly broken: () => Problem | null;
  readonly close: () => Promise<void>;
}

/**
 * What to sign in with: the keys that ssh looks for by itself, the private key in a file, or those that are given, in the
 * order in which they are tried.
 */
export type SignIn =
  | { readonly with: "usual" }
  | { readonly with: "file"; readonly path: string }
  | { readonly with: "keys"; readonly keys: readonly KeyPair[] };

/** Connects and authenticates. Refuses with a Problem that says what ssh said. */
export async function openSshConnection(
  place: SshPlace,
  signIn: SignIn,
  keys: readonly HostKey[],
  stop: AbortSignal,
): Promise<SshConnection> {
  const folder = await makePrivateFolder();
  let agent: Agent | null = null;
  let master: RunningProgram | null = null;
  try {
    const knownHosts = join(folder.path, "known_hosts");
    const socket = join(folder.path, "ssh");
    await writeFile(knownHosts, knownHostsText(place.alias, keys), { mode: 0o600 });
    agent = signIn.with === "keys" ? await startAgent(folder.path, signIn.keys, place, knownHosts) : null;
    const target = { ...place, credentials: agent?.credentials ?? fromDisk(signIn) };
    stop.throwIfAborted();
    const started = startProgram(masterArgs(target, knownHosts, socket), { environment: SSH_MEMORY });
    master = started;
    const giveUp = (): void => started.kill();
    stop.addEventListener("abort", giveUp, { once: true });
    let ended: ProgramResult | null = null;
    const done = started.done.then((result) => {
      ended = result;
    });
    const broken = (): Problem | null => (ended === null ? null : masterProblem(ended, target));
    const close = async (): Promise<void> => {
      started.end(CLOSE_GRACE_MS);
      await done;
      await folder.remove();
    };
    await waitForSocket(socket, CONNECT_WITHIN_MS, { isOver: () => ended !== null, giveUp });
    // Whoever is let in is not asked again.
    await agent?.end();
    stop.removeEventListener("abort", giveUp);
    stop.throwIfAborted();
    const refused = broken();
    if (refused !== null) throw refused;
    const remoteShell = sharedArgs(target, knownHosts, socket);
    return {
      remoteShell,
      alias: target.alias,
      run: (words, timeoutMs, stopRun) =>
        runProgramWithin(
          timeoutMs,
          [...remoteShell, target.alias, words.map(remoteWord).join(" ")],
          stopRun === undefined ? {} : { stop: stopRun },
        ),
      roundTripMs: () => roundTripOf(started.pid),
      broken,
      close,
    };
  } catch (error) {
    master?.kill();
    await master?.done;
    await agent?.end();
    await folder.remove();
    throw error;
  }
}

const fromDisk = (signIn: SignIn): SshCredentials =>
  signIn.with === "file" ? { from: "file", path: signIn.path } : { from: "usual" };

/** As the kernel has measured it. Without `ss` (iproute2) nobody knows. */
async function roundTripOf(pid: number | undefined): Promise<number | null> {
  if (pid === undefined) return null;
  const { output } = await runProgramWithin(ANSWER_WITHIN_MS, ["ss", "-tinpH"]);
  return roundTripIn(output.toString("latin1"), pid);
}

function masterProblem(result: ProgramResult, target: SshPlace): Problem {
  if (result.code === 127 && /\bssh\b.*not found/.test(result.stderr))
    return new Problem("rsync_missing", "ssh cannot be started on this server.", {
      detail: result.stderr.trim(),
    });
  return sshProblem(result.stderr, target.address);
}
