// Making a key pair in memory, in the form that OpenSSH reads (its PROTOCOL.key). ssh-keygen would write it to a disk first.
import { generateKeyPairSync, randomBytes } from "node:crypto";

export interface KeyPair {
  /** `ssh-ed25519` and the base64 blob. */
  readonly publicKey: string;
  /** The text of a private key file without a passphrase. */
  readonly privateKey: string;
}

const TYPE = "ssh-ed25519";
const BLOCK_BYTES = 8;
const LINE = 70;

export function makeKeyPair(comment: string): KeyPair {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const [seed, point] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const publicBlob = Buffer.concat([field(TYPE), field(point)]);
  // Twice the same number: with a passphrase it would tell whether that was right.
  const check = randomBytes(4);
  const secret = padded(
    Buffer.concat([
      ...[check, check, field(TYPE), field(point)],
      ...[field(Buffer.concat([seed, point])), field(comment)],
    ]),
  );
  const file = Buffer.concat([
    ...[Buffer.from("openssh-key-v1\0"), field("none"), field("none"), field("")],
    ...[number(1), field(publicBlob), field(secret)],
  ]);
  return { publicKey: `${TYPE} ${publicBlob.toString("base64")}`, privateKey: asText(file) };
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const field = (content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([number(bytes.length), bytes]);
};

/** Filled up with 1, 2, 3 … to whole blocks. */
function padded(bytes: Buffer): Buffer {
  const missing = (BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}

function asText(file: Buffer): string {
  const lines = file.toString("base64").match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join(
    "\n",
  );
}
