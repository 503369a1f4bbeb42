// One ssh connection a run: probe, hooks and rsync share it, so that there is one handshake and one place that says why.
import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HostKey } from "../domain/host.ts";
import { Problem } from "../domain/problem.ts";
import { makePrivateFolder } from "./private-folder.ts";
import { type ProgramResult, runProgramWithin, startProgram } from "./program.ts";
import { knownHostsText, masterArgs, remoteWord, type SshTarget, sharedArgs } from "./ssh-args.ts";
import { sshProblem } from "./ssh-failure.ts";

/** ssh gives up connecting after 15 s; the rest is for name look-ups, slow key exchanges and authentication. */
const CONNECT_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 4;
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
  /** Why the connection ended, or null while it is up. */
  readonly broken: () => Problem | null;
  readonly close: () => Promise<void>;
}

/** Connects and authenticates. Refuses with a Problem that says what ssh said. */
export async function openSshConnection(
  target: SshTarget,
  keys: readonly HostKey[],
  stop: AbortSignal,
): Promise<SshConnection> {
  const folder = await makePrivateFolder();
  try {
    const knownHosts = join(folder.path, "known_hosts");
    const socket = join(folder.path, "ssh");
    await writeFile(knownHosts, knownHostsText(target.alias, keys), { mode: 0o600 });
    const master = startProgram(masterArgs(target, knownHosts, socket));
    const giveUp = (): void => master.kill();
    stop.addEventListener("abort", giveUp, { once: true });
    let ended: ProgramResult | null = null;
    const done = master.done.then((result) => {
      ended = result;
    });
    const broken = (): Problem | null => (ended === null ? null : masterProblem(ended, target));
    const close = async (): Promise<void> => {
      master.end(CLOSE_GRACE_MS);
      await done;
      await folder.remove();
    };
    await waitForSocket(socket, () => ended !== null, giveUp);
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
      broken,
      close,
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

function masterProblem(result: ProgramResult, target: SshTarget): Problem {
  if (result.code === 127 && /\bssh\b.*not found/.test(result.stderr))
    return new Problem("rsync_missing", "ssh cannot be started on this server.", {
      detail: result.stderr.trim(),
    });
  return sshProblem(result.stderr, target.address);
}

/** ssh makes its socket when the host has let us in. There is no event for that, so it is looked for. */
async function waitForSocket(socket: string, isOver: () => boolean, giveUp: () => void): Promise<void> {
  const deadline = performance.now() + CONNECT_WITHIN_MS;
  while (!isOver()) {
    if (
      await access(socket).then(
        () => true,
        () => false,
      )
    )
      return;
    if (performance.now() > deadline) giveUp();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
