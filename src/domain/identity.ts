// Identities: the key pairs with which pobsync signs in to a host, where it has made one for that host alone.
import { badInput } from "./problem.ts";

/**
 * What the host lets the key do.
 *
 * `sudo`: read everything, through an account of its own and a narrow sudo rule. `root`: the same through root's account.
 * `user`: read what an ordinary account may read. `full`: all that root may, which hooks need.
 */
export const ACCESSES = ["sudo", "root", "user", "full"] as const;
export type Access = (typeof ACCESSES)[number];

/**
 * `backup` is the one in use, `next` waits for the host to accept it, `restore` may write and is over soon. A host has at
 * most one of each.
 */
export const IDENTITY_ROLES = ["backup", "next", "restore"] as const;
export type IdentityRole = (typeof IDENTITY_ROLES)[number];

export interface Identity {
  readonly id: number;
  readonly hostId: number;
  readonly role: IdentityRole;
  readonly access: Access;
  /** The account on the host. */
  readonly user: string;
  /** `ssh-ed25519` and the base64 blob. */
  readonly publicKey: string;
  /** The private key as it is kept: sealed. */
  readonly sealedKey: string;
  readonly createdAt: Date;
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
}

/** The host has a command for this key that lets it read and nothing else. */
export const mayOnlyRead = (access: Access): boolean => access !== "full";

/** The account where none is named. */
export const usualUser = (access: Access): string =>
  access === "root" || access === "full" ? "root" : "pobsync";

export function parseAccess(given: unknown): Access {
  const found = ACCESSES.find((access) => access === given);
  if (found === undefined) throw badInput("The access", given, "must be sudo, root, user or full.");
  return found;
}

export const isAccount = (text: string): boolean => /^[a-z_][a-z0-9_-]{0,31}$/.test(text);

/** A short account name of the host itself: it is written into a script and into a sudo rule, which read signs into others. */
export function parseAccount(given: unknown): string {
  if (typeof given === "string" && isAccount(given)) return given;
  throw badInput(
    "The account",
    given,
    "must be a lower-case login name of up to 32 letters, digits, dashes and underscores.",
  );
}

export const isExpired = ({ expiresAt }: Pick<Identity, "expiresAt">, now: Date): boolean =>
  expiresAt !== null && expiresAt <= now;
