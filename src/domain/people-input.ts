// What may be typed about people: usernames, names, roles, tokens. Passwords have a file of their own.
import { parseLine } from "./one-line.ts";
import { ROLES, type Role, TOKEN_ROLES, type TokenRole } from "./people.ts";
import { parseMoment } from "./pin-input.ts";
import { badInput } from "./problem.ts";
import { parseDuration } from "./quantity.ts";

/** Begins with a letter or a digit: what begins with a hyphen would be an option on the command line. */
const USERNAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/;

/** Somebody's username as it is stored, from what was typed to sign in; null for what can be nobody's. */
export function usernameFrom(given: unknown): string | null {
  const name = typeof given === "string" && given.length <= 64 ? given.trim().toLowerCase() : "";
  return USERNAME.test(name) ? name : null;
}

/** Refuses with `bad_input`. */
export function parseUsername(given: unknown): string {
  const name = usernameFrom(given);
  if (name !== null) return name;
  throw badInput(
    "The username",
    given ?? "",
    "must have 1 to 64 of: letters a to z, digits, dot, underscore, @ and hyphen; the first is a letter or a digit.",
  );
}

/** Null and blanks alone are none. */
export function parseDisplayName(given: unknown): string | null {
  if (given === null || given === undefined || (typeof given === "string" && given.trim() === ""))
    return null;
  return parseLine("The name", given, 100);
}

export function parseRole(given: unknown): Role {
  const role = ROLES.find((known) => known === given);
  if (role !== undefined) return role;
  throw badInput("The role", given ?? "", `must be one of: ${ROLES.join(", ")}.`);
}

export function parseTokenRole(given: unknown): TokenRole {
  const role = TOKEN_ROLES.find((known) => known === given);
  if (role !== undefined) return role;
  throw badInput("The role of the token", given ?? "", `must be one of: ${TOKEN_ROLES.join(", ")}.`);
}

export function parseEnabled(given: unknown): boolean {
  if (typeof given === "boolean") return given;
  throw badInput("The switch", given, "must be true or false.");
}

export const parseTokenName = (given: unknown): string => parseLine("The name of the token", given, 64);

const EXPIRY_DAYS_MAX = 3650;
const DAY_SECONDS = 86_400;

/**
 * When a token ends: a day (to its end, UTC), a moment, or a duration from now such as `90d`; null for never.
 *
 * Refuses with `bad_input` what is over, or more than ten years away.
 */
export function parseTokenExpiry(given: unknown, now: Date): Date | null {
  if (given === null || given === undefined) return null;
  const what = "The expiry";
  const text = typeof given === "string" ? given : "";
  if (/^\d+\s*[a-z]$/i.test(text)) {
    const seconds = parseDuration(what, text, 60, EXPIRY_DAYS_MAX * DAY_SECONDS);
    return new Date(now.getTime() + seconds * 1000);
  }
  const moment = parseMoment(what, text, "UTC");
  if (moment === null)
    throw badInput(what, given, "is none of: a day such as 2027-01-31, a moment, a duration such as 90d.");
  if (moment <= now) throw badInput(what, given, "is in the past.");
  if (moment.getTime() - now.getTime() > EXPIRY_DAYS_MAX * DAY_SECONDS * 1000)
    throw badInput(what, given, "is more than ten years away.");
  return moment;
}
