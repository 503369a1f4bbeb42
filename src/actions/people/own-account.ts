// What a person does with their own account: the password, and the app that shows codes.
import { parseNewPassword } from "../../domain/password.ts";
import { Problem } from "../../domain/problem.ts";
import * as credentials from "../../store/credentials.ts";
import { forgiveAttempts } from "../../store/login-throttles.ts";
import { deleteSessionsOf } from "../../store/sessions.ts";
import { hashPassword } from "../../system/passwords.ts";
import { hashOf, newRecoveryCodes } from "../../system/secrets.ts";
import { newTotpSecret, totpStep, totpUri } from "../../system/totp.ts";
import type { App } from "../app.ts";
import { asOne, recordAudit } from "../audit.ts";
import { proveOwnPassword } from "./guessing.ts";
import { type OpenedSession, openSession } from "./open-session.ts";
import type { SessionHolder } from "./who-asks.ts";

const auditOwn = (app: App, action: string, { user }: SessionHolder, detail = {}): Promise<void> =>
  recordAudit(app, { action, subjectKind: "user", subject: user.username, detail });

/**
 * Ends all sessions of the user and opens this one anew, under a new token.
 *
 * Refuses with `login_failed` (the current one is not right), `too_many_attempts` or `bad_input` (the next one will not do).
 */
export async function changeOwnPassword(
  app: App,
  holder: SessionHolder,
  wish: { readonly current: unknown; readonly next: unknown },
): Promise<OpenedSession> {
  const { username } = holder.user;
  const next = parseNewPassword(wish.next, username);
  const { credentials: proved, keys } = await proveOwnPassword(app, username, wish.current);
  const passwordHash = await hashPassword(next);
  return asOne(app, async (tx) => {
    const now = tx.clock();
    await credentials.savePassword(tx.db, proved.user.id, passwordHash, now);
    const sessionsEnded = await deleteSessionsOf(tx.db, proved.user.id);
    await forgiveAttempts(tx.db, keys);
    await auditOwn(tx, "user.password_changed", holder, {
      otherSessionsEnded: Math.max(0, sessionsEnded - 1),
    });
    return openSession(tx, { ...proved.user, passwordChangedAt: now }, holder.session);
  });
}

/** A new secret, which holds once it is confirmed. `uri` is what an app reads from a QR code. Refuses with `bad_input`. */
export async function startTotp(app: App, { user }: SessionHolder): Promise<{ secret: string; uri: string }> {
  const secret = newTotpSecret();
  if (!(await credentials.proposeTotp(app.db, user.id, secret))) throw alreadyOn();
  return { secret, uri: totpUri(secret, user.username) };
}

const alreadyOn = (): Problem =>
  new Problem("bad_input", "Codes are asked for already.", {
    hint: "To use another app, switch the codes off first.",
  });

/** Codes are asked for from now on. The recovery codes are shown this once. Refuses with `bad_input`. */
export async function confirmTotp(
  app: App,
  holder: SessionHolder,
  code: unknown,
): Promise<{ recoveryCodes: readonly string[] }> {
  const found = await credentials.findCredentials(app.db, holder.user.username);
  if (found?.user.hasTotp === true) throw alreadyOn();
  const secret = found?.totpSecret ?? null;
  if (secret === null) throw new Problem("bad_input", "There is no secret yet that a code could be of.");
  const typed = typeof code === "string" ? code.replace(/\s/g, "") : "";
  const step = totpStep(secret, typed, app.clock());
  if (step === null)
    throw new Problem("bad_input", "That is not the code that the app should show now.", {
      hint: "Nothing was changed. Is the phone's clock right? The codes depend on it.",
    });
  const recoveryCodes = newRecoveryCodes();
  await asOne(app, async (tx) => {
    const proof = { step, recoveryCodes: recoveryCodes.map(hashOf), now: tx.clock() };
    if (!(await credentials.confirmTotp(tx.db, holder.user.id, secret, proof))) throw alreadyOn();
    await auditOwn(tx, "user.totp_confirmed", holder);
  });
  return { recoveryCodes };
}

/** From now on the password alone is enough. Refuses with `login_failed` or `too_many_attempts`. */
export async function stopTotp(app: App, holder: SessionHolder, password: unknown): Promise<void> {
  const { keys } = await proveOwnPassword(app, holder.user.username, password);
  await asOne(app, async (tx) => {
    await credentials.clearTotp(tx.db, holder.user.id, tx.clock());
    await forgiveAttempts(tx.db, keys);
    await auditOwn(tx, "user.totp_stopped", holder);
  });
}
