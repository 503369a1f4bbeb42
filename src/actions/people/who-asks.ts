// Who is behind a request: the holder of a session, or the bearer of a token.
import {
  type ApiToken,
  lesserRole,
  type Role,
  type Session,
  type TokenRole,
  type User,
} from "../../domain/people.ts";
import { Problem } from "../../domain/problem.ts";
import { findBearer, noteUse } from "../../store/api-tokens.ts";
import { deleteSession, findSession, renewSession } from "../../store/sessions.ts";
import { hashOf, isSameSecret } from "../../system/secrets.ts";
import type { App } from "../app.ts";
import { asOne, recordAudit } from "../audit.ts";

export interface SessionHolder {
  readonly user: User;
  readonly role: Role;
  readonly session: Session & { readonly csrfToken: string };
}

export interface TokenBearer {
  readonly user: User;
  /** The lesser of the token's and its owner's. */
  readonly role: TokenRole;
  readonly token: ApiToken;
}

/** Null: there is no such session, it is over, or its user is disabled. Renews it, with at most one write a minute. */
export async function whoHolds(app: App, sessionToken: string): Promise<SessionHolder | null> {
  const now = app.clock();
  const found = await findSession(app.db, hashOf(sessionToken), now);
  if (found === null) return null;
  const { user, session } = found;
  const expiresAt = await renewSession(app.db, session, now);
  return { user, role: user.role, session: { ...session, expiresAt } };
}

/** Null: there is no such token, it has expired, or its owner is disabled. Notes its use, at most once a minute. */
export async function whoBears(app: App, apiToken: string): Promise<TokenBearer | null> {
  const now = app.clock();
  const found = await findBearer(app.db, hashOf(apiToken), now);
  if (found === null) return null;
  const { user, token } = found;
  await noteUse(app.db, token, now);
  return { user, role: lesserRole(token.role, user.role), token };
}

/** Refuses with `csrf_failed` what does not carry the session's own token. */
export function requireCsrf({ session }: SessionHolder, given: string | undefined): void {
  if (given !== undefined && isSameSecret(given, session.csrfToken)) return;
  throw new Problem(
    "csrf_failed",
    given === undefined
      ? "The request lacks the header X-CSRF-Token."
      : "The request carries the token of another session.",
  );
}

/** Ends the session; nothing happens when it is over already. */
export async function logOut(app: App, sessionToken: string): Promise<void> {
  const idHash = hashOf(sessionToken);
  const found = await findSession(app.db, idHash, app.clock());
  await asOne(app, async (tx) => {
    if (!(await deleteSession(tx.db, idHash)) || found === null) return;
    await recordAudit(tx, {
      ...{ action: "session.ended", subjectKind: "user", subject: found.user.username, detail: {} },
    });
  });
}

/** The app as it acts for somebody: `requestedBy` and `actor` are theirs. */
export const actingFor = (app: App, who: SessionHolder | TokenBearer, address: string | null): App => ({
  ...app,
  requestedBy: who.user.username,
  actor: { name: who.user.username, kind: "token" in who ? "token" : "user", address },
});
