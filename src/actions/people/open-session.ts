// Opening a session, for whoever has just proved who they are.
import type { User } from "../../domain/people.ts";
import { insertSession, trimSessions } from "../../store/sessions.ts";
import { hashOf, newToken } from "../../system/secrets.ts";
import type { App } from "../app.ts";

/** A session that was just opened: the only time that its token is known. */
export interface OpenedSession {
  /** For the cookie. */
  readonly token: string;
  /** For the header of each request that changes something. */
  readonly csrfToken: string;
  readonly user: User;
  /** It ends then unless somebody comes by before; SESSION_SECONDS_MAX after its beginning at the latest. */
  readonly expiresAt: Date;
}

const USER_AGENT_CHARACTERS_MAX = 255;
const ADDRESS_CHARACTERS_MAX = 64;

/** In the caller's transaction. */
export async function openSession(
  app: App,
  user: User,
  { address, userAgent }: { readonly address: string | null; readonly userAgent: string | null },
): Promise<OpenedSession> {
  const token = newToken();
  const csrfToken = newToken();
  const session = {
    ...{ idHash: hashOf(token), userId: user.id, csrfToken },
    address: address?.slice(0, ADDRESS_CHARACTERS_MAX) ?? null,
    userAgent: userAgent?.toWellFormed().slice(0, USER_AGENT_CHARACTERS_MAX) ?? null,
  };
  const expiresAt = await insertSession(app.db, session, app.clock());
  await trimSessions(app.db, user.id);
  return { token, csrfToken, user, expiresAt };
}
