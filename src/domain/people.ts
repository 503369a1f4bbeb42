// People: who may sign in to the console, with what, and what each role may do.

/** Each may do what those before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** What a token may do: the least reads metrics and nothing else, and is no role of a person. */
export const TOKEN_ROLES = ["metrics", ...ROLES] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

/** A person who may sign in. What proves who they are is not part of it, so it may be shown and sent. */
export interface User {
  readonly id: number;
  /** Lower case; the name by which the history knows them. */
  readonly username: string;
  readonly displayName: string | null;
  readonly role: Role;
  /** False: may not sign in, and their tokens do not count. */
  readonly enabled: boolean;
  /** Whether signing in also takes a code from an app. */
  readonly hasTotp: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
  readonly passwordChangedAt: Date;
}

/** A browser that somebody signed in with. */
export interface Session {
  /** SHA-256 of its token in hexadecimal digits: it names the session and does not open it. */
  readonly idHash: string;
  readonly createdAt: Date;
  readonly seenAt: Date;
  /** It ends then unless somebody comes by before. */
  readonly expiresAt: Date;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** What a script signs in with. */
export interface ApiToken {
  readonly id: number;
  /** Whose it is: it may never do more than they may. */
  readonly username: string;
  readonly name: string;
  readonly role: TokenRole;
  readonly createdAt: Date;
  /** Null: it does not end by itself. */
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** Whether somebody of that role may do what needs this one. */
export const mayDo = (role: TokenRole, needed: TokenRole): boolean =>
  TOKEN_ROLES.indexOf(role) >= TOKEN_ROLES.indexOf(needed);

export const lesserRole = (one: TokenRole, other: TokenRole): TokenRole => (mayDo(one, other) ? other : one);

/** A working day with its breaks: whoever does not come by for so long has left the browser alone. */
const SESSION_IDLE_MS = 12 * 3_600_000;
/** However busy it is: a stolen cookie is worth nothing after a week. A cookie may live for so long. */
export const SESSION_SECONDS_MAX = 7 * 86_400;
/** Coming by is written down at most so often, because a console asks for something every second. */
export const SEEN_EVERY_MS = 60_000;

/** When a session ends that began then and is used now, if nobody comes by any more. */
export const sessionEnd = (createdAt: Date, now: Date): Date =>
  new Date(Math.min(now.getTime() + SESSION_IDLE_MS, createdAt.getTime() + SESSION_SECONDS_MAX * 1000));
