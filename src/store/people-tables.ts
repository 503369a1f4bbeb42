// The tables of people: who may sign in, and how.
import { generated, nullable, required } from "./columns.ts";

export const PEOPLE_TABLES = {
  /** People who may sign in. */
  users: {
    id: generated<number>("int"),
    /** Lower case. */
    username: required<string>("text"),
    displayName: nullable<string>("text"),
    role: required<string>("text"),
    /** Argon2id, as a PHC string. */
    passwordHash: required<string>("text"),
    totpSecret: nullable<string>("text"),
    /** Codes are asked for since then. */
    totpConfirmedAt: nullable<Date>("time"),
    /** The time step of the newest code that was accepted: neither it nor an older one counts again. */
    totpLastStep: nullable<number>("int"),
    /** SHA-256 of those that were not used yet. */
    recoveryCodes: required<unknown>("json"),
    enabled: required<boolean>("bool"),
    createdAt: required<Date>("time"),
    updatedAt: required<Date>("time"),
    lastLoginAt: nullable<Date>("time"),
    passwordChangedAt: required<Date>("time"),
    /** Counts decisions that were made on how many admins there are, so that two at once collide on any database. */
    revision: generated<number>("int"),
  },
  sessions: {
    /** SHA-256 of the token in the cookie. */
    idHash: required<string>("text"),
    userId: required<number>("int"),
    csrfToken: required<string>("text"),
    createdAt: required<Date>("time"),
    seenAt: required<Date>("time"),
    /** Moves on while it is used, up to a limit. */
    expiresAt: required<Date>("time"),
    address: nullable<string>("text"),
    userAgent: nullable<string>("text"),
  },
  apiTokens: {
    id: generated<number>("int"),
    userId: required<number>("int"),
    name: required<string>("text"),
    tokenHash: required<string>("text"),
    role: required<string>("text"),
    createdAt: required<Date>("time"),
    expiresAt: nullable<Date>("time"),
    lastUsedAt: nullable<Date>("time"),
  },
  /** Failed attempts to sign in, by username and by address. */
  loginThrottles: {
    key: required<string>("text"),
    failures: required<number>("int"),
    firstFailureAt: required<Date>("time"),
    blockedUntil: nullable<Date>("time"),
    updatedAt: required<Date>("time"),
  },
} as const;
