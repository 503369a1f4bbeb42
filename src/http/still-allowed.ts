// Whether whoever opened a stream may still read it: meanwhile sessions end, tokens are revoked, and people leave.
import { whileDatabaseIsAway } from "../actions/patience.ts";
import { findApiToken } from "../store/api-tokens.ts";
import { findSession } from "../store/sessions.ts";
import { findUser } from "../store/users.ts";
import { type Caller, callerOf, type RequestContext } from "./request.ts";

/**
 * Asks for it anew each time. Nothing is renewed by it: a page that is left open does not keep somebody signed in.
 *
 * A database that is away has nothing to tell that somebody could read meanwhile.
 */
export const stillAllowed = (context: RequestContext) => async (): Promise<boolean> =>
  (await isKnown(context, callerOf(context)).catch(whileDatabaseIsAway)) ?? true;

async function isKnown({ app }: RequestContext, caller: Caller): Promise<boolean> {
  const now = app.clock();
  switch (caller.by) {
    case "session":
      return (await findSession(app.db, caller.holder.session.idHash, now)) !== null;
    case "token": {
      const token = await findApiToken(app.db, caller.bearer.token.id);
      if (token === null || (token.expiresAt !== null && token.expiresAt <= now)) return false;
      return (await findUser(app.db, token.username))?.enabled === true;
    }
    default:
      return caller satisfies never;
  }
}
