// Tokens for scripts: shown once, kept as a hash.
import { type ApiToken, mayDo, type TokenRole, type User } from "../../domain/people.ts";
import { parseTokenExpiry, parseTokenName, parseTokenRole } from "../../domain/people-input.ts";
import { Problem } from "../../domain/problem.ts";
import { deleteApiToken, findApiToken, insertApiToken, listApiTokens } from "../../store/api-tokens.ts";
import { hashOf, newApiToken } from "../../system/secrets.ts";
import type { App } from "../app.ts";
import { asOne, recordAudit } from "../audit.ts";

export interface TokenWish {
  readonly name: unknown;
  /** At most the maker's own. */
  readonly role: unknown;
  /** ISO 8601, a day, or a duration such as 90d; null or left out: it does not end by itself. */
  readonly expiresAt?: unknown;
}

type Somebody = { readonly user: User; readonly role: TokenRole };

const TOKENS_MAX = 100;

/**
 * Makes a token of the maker's own. `secret` is shown this once.
 *
 * Refuses with `bad_input`, or `not_allowed` for a role above the maker's. Whoever calls lets only people make tokens: a
 * token could outlive its own end by another one.
 */
export async function createApiToken(
  app: App,
  { user, role: own }: Somebody,
  wish: TokenWish,
): Promise<{ token: ApiToken; secret: string }> {
  const name = parseTokenName(wish.name);
  const role = parseTokenRole(wish.role);
  const expiresAt = parseTokenExpiry(wish.expiresAt, app.clock());
  if (!mayDo(own, role))
    throw new Problem("not_allowed", `A token may do at most what you may, and you are ${own}.`);
  if ((await listApiTokens(app.db, user.id)).length >= TOKENS_MAX)
    throw new Problem("bad_input", `You have ${TOKENS_MAX} tokens, and more are not allowed.`, {
      hint: "Revoke those that nobody needs any more.",
    });
  const secret = newApiToken();
  const facts = { userId: user.id, name, role, expiresAt, tokenHash: hashOf(secret) };
  const token = await asOne(app, async (tx) => {
    const made = await findApiToken(tx.db, await insertApiToken(tx.db, facts, tx.clock()));
    if (made === null) throw new Error("a token was gone before it was read");
    await auditToken(tx, "token.created", made);
    return made;
  });
  return { token, secret };
}

const auditToken = (app: App, action: string, { id, name, username, role, expiresAt }: ApiToken) =>
  recordAudit(app, {
    ...{ action, subjectKind: "token", subject: name },
    detail: { id, owner: username, role, expiresAt: expiresAt?.toISOString() ?? null },
  });

/** Refuses with `not_found`, also when it is somebody else's and the actor is no admin. */
export async function revokeApiToken(app: App, actor: Somebody, id: number): Promise<void> {
  await asOne(app, async (tx) => {
    const token = await findApiToken(tx.db, id);
    const isTheirs = token?.username === actor.user.username || actor.role === "admin";
    if (token === null || !isTheirs || !(await deleteApiToken(tx.db, id)))
      throw new Problem("not_found", `There is no token ${id} of yours.`, {
        hint: "Look at the list of tokens.",
      });
    await auditToken(tx, "token.revoked", token);
  });
}
