// Sealing secrets that the database keeps: whoever gets hold of it, or of a copy, cannot read them without this server's key.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { link, mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./durable.ts";
import { readSmallFile } from "./read-small-file.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = "v1";

/**
 * Seals a text with AES-256-GCM, with the key in the file; that is made when it is not there. `about` says what the text is
 * of: sealed for one thing, it does not open as another.
 */
export async function seal(keyFile: string, about: string, text: string): Promise<string> {
  const key = (await readKey(keyFile)) ?? (await makeKey(keyFile));
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(about));
  const content = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const sealed = Buffer.concat([nonce, content, cipher.getAuthTag()]);
  return [FORM, nameOf(key), sealed.toString("base64url")].join(":");
}

export type Unsealed =
  | { readonly text: string }
  /** `missing`: there is no such key file; `other-key`: it was sealed with another one; `damaged`: neither. */
  | { readonly why: "missing" | "other-key" | "damaged" };

export async function unseal(keyFile: string, about: string, sealed: string): Promise<Unsealed> {
  const key = await readKey(keyFile);
  if (key === null) return { why: "missing" };
  const [form, name, content = ""] = sealed.split(":");
  if (form !== FORM) return { why: "damaged" };
  if (name !== nameOf(key)) return { why: "other-key" };
  const bytes = Buffer.from(content, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(about));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return { text: text.toString("utf8") };
  } catch {
    return { why: "damaged" };
  }
}

/** Tells one key from another and nothing about it. */
const nameOf = (key: Buffer): string =>
  createHash("sha256").update("pobsync secret key").update(key).digest("hex").slice(0, 8);

/** Null: there is none, or what is there is no key. */
async function readKey(path: string): Promise<Buffer | null> {
  const text = await readSmallFile(path);
  const key = Buffer.from(text?.trim() ?? "", "base64url");
  return key.length === KEY_BYTES ? key : null;
}

/** Of two processes that make it at once one wins, and both use that one's. */
async function makeKey(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.new`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(`${randomBytes(KEY_BYTES).toString("base64url")}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    await syncFolder(dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
  const key = await readKey(path);
  if (key === null) throw new Error(`What lies at ${path} is no key of pobsync.`);
  return key;
}
