// Proving a password, no faster than the throttle allows, and with the same effort whoever is asked for.
import { TooManyAttempts, throttledAddress } from "../../domain/login-throttle.ts";
import { preparedPassword } from "../../domain/password.ts";
import { Problem } from "../../domain/problem.ts";
import { type Credentials, findCredentials } from "../../store/credentials.ts";
import { countAttempt } from "../../store/login-throttles.ts";
import { isPassword, NOBODYS_HASH } from "../../system/passwords.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../audit.ts";

/** Under this key attempts to sign in as somebody are counted. What can be nobody's name has one key for all. */
export const userKey = (username: string | null): string => `user:${username ?? "?"}`;

/** Attempts of one who is signed in already are counted apart: they must not keep others out, nor be forgiven by a login. */
const ownKey = (username: string): string => `own:${username}`;

const KEY_CHARACTERS_MAX = 190;

export const addressKeys = (address: string | null): string[] =>
  address === null ? [] : [`address:${throttledAddress(address)}`.slice(0, KEY_CHARACTERS_MAX)];

/** Counts an attempt as a failure until it is forgiven. Refuses with `too_many_attempts`. */
export async function startAttempt(app: App, keys: readonly string[]): Promise<void> {
  const seconds = await countAttempt(app.db, keys, app.clock());
  if (seconds > 0) throw new TooManyAttempts(seconds);
}

/** Whether this is the password; where nobody is asked for, that takes as long to find out. */
export async function isPasswordOf(credentials: Credentials | null, given: unknown): Promise<boolean> {
  const password = preparedPassword(given);
  const isRight = await isPassword(password ?? "", credentials?.passwordHash ?? NOBODYS_HASH);
  return isRight && password !== null && credentials !== null;
}

/**
 * The credentials of somebody who is signed in and has just typed their password again.
 *
 * Refuses with `login_failed` or `too_many_attempts`. The keys are for whoever forgives the attempt.
 */
export async function proveOwnPassword(
  app: App,
  username: string,
  given: unknown,
): Promise<{ credentials: Credentials; keys: readonly string[] }> {
  const keys = [ownKey(username)];
  await startAttempt(app, keys);
  const credentials = await findCredentials(app.db, username);
  if ((await isPasswordOf(credentials, given)) && credentials !== null) return { credentials, keys };
  await recordAudit(app, {
    ...{ action: "login.failed", subjectKind: "user", subject: username, detail: { at: "own password" } },
  });
  throw new Problem("login_failed", "That is not your password.");
}
