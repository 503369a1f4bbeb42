// The public key that belongs to a private one, for the host's authorized_keys.
import { userInfo } from "node:os";
import { join } from "node:path";
import { parseHostKey } from "../domain/host.ts";
import { printable } from "../domain/problem.ts";
import { readSmallFile } from "./read-small-file.ts";

/** In the order in which ssh tries them. */
const USUAL_KEYS = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"];
const COMMENT_MAX = 200;

export interface PublicKey {
  /** As it belongs into authorized_keys. */
  readonly line: string;
  /** The file that holds it; null: it is on record. */
  readonly path: string | null;
}

/**
 * What lies beside the private key, or beside the first of those that ssh tries by itself; null when nothing does.
 *
 * Only what is a public key leaves here: type, key and comment, in one line.
 */
export async function findPublicKey(identityFile: string | null): Promise<PublicKey | null> {
  const privateKeys =
    identityFile === null ? USUAL_KEYS.map((name) => join(userInfo().homedir, ".ssh", name)) : [identityFile];
  for (const path of privateKeys.map((key) => `${key}.pub`)) {
    const text = await readSmallFile(path).catch(() => null);
    const line = text === null ? null : keyLine(text);
    if (line !== null) return { line, path };
  }
  return null;
}

function keyLine(text: string): string | null {
  const [first = ""] = text.split("\n");
  const key = parseHostKey(first);
  if (key === null) return null;
  const comment = printable(first.slice(first.indexOf(key.key) + key.key.length).trim()).slice(
    0,
    COMMENT_MAX,
  );
  return [key.type, key.key, comment].filter((part) => part !== "").join(" ");
}
