// Secrets that we make: tokens for programs, codes for people. What we keep of them is a hash.
import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

const TOKEN_BYTES = 32;
/** So that whoever finds one, in a log or a repository, knows what it is; scanners look for such prefixes. */
const API_TOKEN_PREFIX = "pob_";

/** 32 random bytes as base64url (43 characters): nobody guesses that, so its hash needs neither salt nor cost. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString("base64url");

export const newApiToken = (): string => `${API_TOKEN_PREFIX}${newToken()}`;

/** SHA-256 in hexadecimal digits. */
export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** Eight hexadecimal digits that stand for something and tell nothing about it. */
export const markOf = (text: string): string => hashOf(text).slice(0, 8);

/** Compares without telling by its duration how much was right. */
export const isSameSecret = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(one)), Buffer.from(hashOf(other)));

/** Without 0, o, 1, l and i, which look alike on paper. */
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
const GROUP = 5;

const newCode = (groups: number): string =>
  Array.from({ length: groups }, () =>
    Array.from({ length: GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join(""),
  ).join("-");

const RECOVERY_CODES = 10;

/**
 * Ten of the form `xxxxx-xxxxx`, each good for one login. With 49 bits each a hash without cost is enough: whoever has the
 * database has the secret of the code app as well.
 */
export const newRecoveryCodes = (): string[] => Array.from({ length: RECOVERY_CODES }, () => newCode(2));

/** A code of the form `xxxxx-xxxxx-xxxxx-xxxxx` for the first set-up: 99 bits. */
export const newSetupCode = (): string => newCode(4);

/** A code as it was made, from what a person typed: with other blanks and hyphens, or in capitals. */
export const typedCode = (given: string): string =>
  (
    given
      .toLowerCase()
      .replace(/[\s-]+/g, "")
      .match(/.{1,5}/gs) ?? []
  ).join("-");
