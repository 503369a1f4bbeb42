// Who may call which route: one rule for all of them, held against what the contract says of the route.

import { requireCsrf } from "../actions/people/who-asks.ts";
import type { Access } from "../contract/api/route.ts";
import { mayDo, type TokenRole } from "../domain/people.ts";
import { Problem } from "../domain/problem.ts";
import { type Caller, roleOf } from "./request.ts";

/**
 * Refuses with `not_signed_in`, `not_allowed` or `csrf_failed`.
 *
 * @param changes whether the request may change something; a page of somebody else can make a browser send it, but cannot
 *   read the session's token that must come with it
 */
export function requireAccess(
  caller: Caller | null,
  access: Access | TokenRole,
  changes: boolean,
  csrfToken: string | undefined,
): void {
  if (access === "anyone") return;
  if (caller === null) throw new Problem("not_signed_in", "Nobody is signed in.");
  if (changes && caller.by === "session") requireCsrf(caller.holder, csrfToken);
  if (access === "signed-in") {
    if (caller.by === "session") return;
    throw new Problem("not_allowed", "That is for people who are signed in, not for tokens.");
  }
  if (!mayDo(roleOf(caller), access))
    throw new Problem("not_allowed", `That takes the role ${access}, and yours is ${roleOf(caller)}.`);
}
