// Key pairs for tests, in the form that OpenSSH reads, and their fingerprints.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `publicKey` is `ssh-ed25519 AAAA…` without comment and line end; `privateKey` is a whole file. */
export type KeyPair = { privateKey: string; publicKey: string };

/** A new ed25519 pair without a passphrase. */
export function makeKeyPair(): KeyPair {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-key-"));
  const file = join(folder, "key");
  try {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
    return {
      privateKey: readFileSync(file, "utf8"),
      publicKey: readFileSync(`${file}.pub`, "utf8").trim(),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
export function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replaceAll("=", "")}`;
}
