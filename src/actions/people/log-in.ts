// Signing in with a password, and with a code where the account asks for one.
import { preparedPassword } from "../../domain/password.ts";
import { usernameFrom } from "../../domain/people-input.ts";
import { Problem } from "../../domain/problem.ts";
import {
  type Credentials,
  findCredentials,
  noteLogin,
  saveRehashed,
  takeRecoveryCode,
  takeTotpStep,
} from "../../store/credentials.ts";
import { forgiveAttempts } from "../../store/login-throttles.ts";
import { hashPassword, needsRehash } from "../../system/passwords.ts";
import { hashOf, typedCode } from "../../system/secrets.ts";
import { totpStep } from "../../system/totp.ts";
import type { App } from "../app.ts";
import { asOne, recordAudit } from "../audit.ts";
import { addressKeys, isPasswordOf, startAttempt, userKey } from "./guessing.ts";
import { type OpenedSession, openSession } from "./open-session.ts";

export type { OpenedSession };

/** As it came over the wire. */
export interface LogInWish {
  readonly username: unknown;
  readonly password: unknown;
  /** Six digits from the app, or a recovery code; left out at first, and again when `totp_required` was the answer. */
  readonly code?: unknown;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/**
 * Opens a session for whoever proves who they are.
 *
 * Refuses with `login_failed` (unknown, disabled, wrong password: the same words after the same time), `totp_required`
 * (the password was right; the code is missing, wrong or used up) or `too_many_attempts` (a `TooManyAttempts`, which says
 * for how long; right passwords are not looked at either).
 */
export async function logIn(app: App, wish: LogInWish): Promise<OpenedSession> {
  const { address } = wish;
  const username = usernameFrom(wish.username);
  const guest: App = { ...app, actor: { name: null, kind: "user", address } };
  const keys = [userKey(username), ...addressKeys(address)];
  await startAttempt(app, keys);
  const credentials = username === null ? null : await findCredentials(app.db, username);
  const isRight = await isPasswordOf(credentials, wish.password);
  if (!isRight || credentials === null || !credentials.user.enabled)
    throw await failedLogin(guest, username, "password");
  const proof = await secondProof(guest, credentials, wish.code);
  const { user, passwordHash } = credentials;
  const session = await asOne({ ...guest, actor: { ...guest.actor, name: user.username } }, async (tx) => {
    // Whoever was disabled, or got another password, while this one was being proved stays outside.
    if (!(await noteLogin(tx.db, credentials, tx.clock()))) return null;
    await forgiveAttempts(tx.db, keys);
    await recordAudit(tx, {
      ...{ action: "login.succeeded", subjectKind: "user", subject: user.username },
      detail: proof,
    });
    return openSession(tx, { ...user, lastLoginAt: tx.clock() }, wish);
  });
  if (session === null) throw await failedLogin(guest, username, "password");
  const password = preparedPassword(wish.password);
  if (password !== null && needsRehash(passwordHash))
    await saveRehashed(app.db, user.id, passwordHash, await hashPassword(password));
  return session;
}

/** The same for everybody who is not let in; what was typed as a name is kept only where it can be one. */
async function failedLogin(guest: App, username: string | null, at: "password" | "code"): Promise<Problem> {
  await recordAudit(guest, {
    ...{ action: "login.failed", subjectKind: "user", subject: username ?? "?" },
    detail: { at },
  });
  return at === "password"
    ? new Problem("login_failed", "The username or the password is not right.")
    : new Problem("totp_required", "That code is not right, or it was used already.");
}

/** What proved it beside the password, for the audit. */
async function secondProof(
  guest: App,
  credentials: Credentials,
  given: unknown,
): Promise<{ readonly with: string; readonly recoveryCodesLeft?: number }> {
  const { user, totpSecret, recoveryCodes } = credentials;
  if (!user.hasTotp || totpSecret === null) return { with: "password" };
  const code = typeof given === "string" ? given.replace(/\s/g, "") : "";
  if (code === "") throw new Problem("totp_required", "This account also asks for a code.");
  if (/^\d{6}$/.test(code)) {
    const step = totpStep(totpSecret, code, guest.clock());
    if (step !== null && (await takeTotpStep(guest.db, user.id, totpSecret, step)))
      return { with: "password and code" };
  } else if (await takeRecoveryCode(guest.db, credentials, hashOf(typedCode(code))))
    return { with: "password and recovery code", recoveryCodesLeft: recoveryCodes.length - 1 };
  throw await failedLogin(guest, user.username, "code");
}
