// Passwords as they are kept: argon2id, in the PHC string format that every other argon2 program writes.
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { TooManyAttempts } from "../domain/login-throttle.ts";

const compute = promisify(argon2);

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. A tenth of a second or two on a small server. */
const COST = { memory: 19 * 1024, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** What a stored hash may ask of us: far beyond what is usual, and no more than this server can give. */
const COST_MAX = { memory: 256 * 1024, passes: 16, parallelism: 16 } as const;

interface Phc {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** Our own writes are checked, so anything else means a damaged or hand-edited row: it throws. */
function parsed(phc: string): Phc {
  const [, memory = "", passes = "", parallelism = "", salt = "", hash = ""] = PHC.exec(phc) ?? [];
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const isBearable =
    cost.memory <= COST_MAX.memory &&
    cost.passes <= COST_MAX.passes &&
    cost.parallelism <= COST_MAX.parallelism;
  if (hash === "" || !isBearable)
    throw new Error("A stored password is no argon2id hash that this version can compute.");
  return { ...cost, salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") };
}

const base64 = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");

/** The hash of a new password, with its salt and its parameters. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const { memory, passes, parallelism } = COST;
  const hash = await inTurn(() =>
    compute("argon2id", { message: password, nonce: salt, tagLength: HASH_BYTES, ...COST }),
  );
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}

/** Whether the password is the one that the hash was made of. Takes as long for a wrong one as for the right one. */
export async function isPassword(password: string, phc: string): Promise<boolean> {
  const { salt, hash, ...cost } = parsed(phc);
  const found = await inTurn(() =>
    compute("argon2id", { message: password, nonce: salt, tagLength: hash.length, ...cost }),
  );
  return timingSafeEqual(found, hash);
}

/** Whether it was made more cheaply, or otherwise, than passwords are hashed by now. */
export function needsRehash(phc: string): boolean {
  const { memory, passes, parallelism, salt, hash } = parsed(phc);
  const isOfNow = memory === COST.memory && passes === COST.passes && parallelism === COST.parallelism;
  return !isOfNow || salt.length < SALT_BYTES || hash.length < HASH_BYTES;
}

/** No password has this hash, but finding that out takes as long as for any other: for users who do not exist. */
export const NOBODYS_HASH = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Each takes 19 MiB and a core. Without a limit, whoever sends a hundred logins at once takes all of both. */
const AT_ONCE = 2;
/** So many wait for about ten seconds; who comes then is sent away. */
const WAITING_MAX = 100;
const BUSY_SECONDS = 10;

/** Of this process, because its memory is one. */
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING_MAX) throw new TooManyAttempts(BUSY_SECONDS);
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    // Whoever waited longest takes over the place, so that nobody slips in between.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
