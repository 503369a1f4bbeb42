// Host keys: asking a host for the one it shows, and its fingerprint.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type HostKey, parseHostKey } from "../domain/host.ts";
import { makePrivateFolder } from "./private-folder.ts";
import { runProgramWithin } from "./program.ts";
import { keyRequestArgs, type SshPlace } from "./ssh-args.ts";
import { sshProblem } from "./ssh-failure.ts";

const ANSWER_WITHIN_MS = 30_000;

/** `SHA256:` and the base64 digest without padding, as ssh-keygen -l prints it. */
export const fingerprintOf = (key: HostKey): string =>
  `SHA256:${createHash("sha256").update(Buffer.from(key.key, "base64")).digest("base64").replace(/=+$/, "")}`;

/** The key that the host shows now. Nothing is sent that a false host could use. Refuses with the reason of ssh. */
export async function askHostKey(target: SshPlace, stop?: AbortSignal): Promise<HostKey> {
  const folder = await makePrivateFolder();
  try {
    const knownHosts = join(folder.path, "known_hosts");
    const { stderr } = await runProgramWithin(
      ANSWER_WITHIN_MS,
      keyRequestArgs(target, knownHosts),
      stop === undefined ? {} : { stop },
    );
    stop?.throwIfAborted();
    // Authentication fails by design; what counts is whether ssh wrote down a key before it did.
    const text = await readFile(knownHosts, "utf8").catch(() => "");
    const key = parseHostKey(text);
    if (key === null) throw sshProblem(stderr, target.address);
    return key;
  } finally {
    await folder.remove();
  }
}
