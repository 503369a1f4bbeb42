// Roles in words, from the least to the most.
import type { RoleName } from "../api/session.tsx";

export const ROLE_WORDS: Readonly<Record<RoleName, string>> = {
  viewer: "reads",
  operator: "also runs, restores and pins",
  admin: "also changes configuration and people",
};

export const ROLES = Object.keys(ROLE_WORDS) as RoleName[];

/** For a choice; `upTo` is the highest that may be given. */
export const roleChoices = (upTo: RoleName = "admin") =>
  ROLES.slice(0, ROLES.indexOf(upTo) + 1).map((value) => ({
    value,
    label: `${value}: ${ROLE_WORDS[value]}`,
  }));

const METRICS = "metrics";

/** For a token: it may do less than anybody. */
export const tokenRoleChoices = (upTo: RoleName) => [
  { value: METRICS, label: `${METRICS}: reads /metrics and nothing else` },
  ...roleChoices(upTo),
];

export const tokenRoleFrom = (text: string): RoleName | typeof METRICS =>
  text === METRICS ? METRICS : roleFrom(text);

export const roleFrom = (text: string | null): RoleName => ROLES.find((role) => role === text) ?? "viewer";
