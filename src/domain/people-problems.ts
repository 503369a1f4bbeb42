// What can go wrong with people: signing in, what they may do, and their accounts. Part of the catalogue.
import { failed, type ProblemKind, refused, transient } from "./problem-kind.ts";

export const PEOPLE_PROBLEMS = {
  login_failed: failed(
    "Check the spelling and the keyboard. An admin can set a new password: pobsync set-password USER",
    401,
  ),
  totp_required: failed(
    "Type the six digits that the app on your phone shows now, or one of your recovery codes.",
    401,
  ),
  too_many_attempts: transient(
    "Wait, then try again. Each failure makes the next wait longer, up to a quarter of an hour; a right password ends it.",
    429,
  ),
  not_signed_in: failed(
    "Sign in. Scripts send a token that is still valid: Authorization: Bearer TOKEN",
    401,
  ),
  not_allowed: failed("Ask an admin for it: your role, or that of the token, does not allow it.", 403),
  csrf_failed: failed("Load the page anew and try again. A script sends a token rather than a cookie.", 403),
  last_admin: refused(
    "Nothing was changed. Make somebody else an admin first: pobsync createsuperuser --username USER",
  ),
  username_taken: refused("Nothing was changed. Take another name, or change the one that is there."),
} as const satisfies Record<string, ProblemKind>;
