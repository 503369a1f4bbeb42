// Users in SQL. What proves who they are is asked for by name, in credentials.ts, and is never part of a list.

import { ROLES, type Role, TOKEN_ROLES, type TokenRole, type User } from "../domain/people.ts";
import { Problem, quoted } from "../domain/problem.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey } from "./database-problem.ts";
import { storedOneOf } from "./stored.ts";

/** What of a row may be shown; also what a session or a token is joined with. */
export const USER_COLUMNS = [
  ...(["users.id", "users.username", "users.displayName", "users.role", "users.enabled"] as const),
  ...(["users.totpConfirmedAt", "users.createdAt", "users.lastLoginAt", "users.passwordChangedAt"] as const),
] as const;

interface UserRow {
  readonly id: number;
  readonly username: string;
  readonly displayName: string | null;
  readonly role: string;
  readonly enabled: boolean;
  readonly totpConfirmedAt: Date | null;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
  readonly passwordChangedAt: Date;
}

const storedRole = (value: string): Role => storedOneOf(ROLES, value, "role");

export const storedTokenRole = (value: string): TokenRole => storedOneOf(TOKEN_ROLES, value, "role");

export const asUser = (row: UserRow): User => ({
  id: row.id,
  username: row.username,
  displayName: row.displayName,
  role: storedRole(row.role),
  enabled: row.enabled,
  hasTotp: row.totpConfirmedAt !== null,
  createdAt: row.createdAt,
  lastLoginAt: row.lastLoginAt,
  passwordChangedAt: row.passwordChangedAt,
});

/** All users, by name. */
export async function listUsers(db: Database): Promise<User[]> {
  const rows = await db.sql.selectFrom("users").select(USER_COLUMNS).orderBy("username").execute();
  return rows.map(asUser);
}

export async function findUser(db: Database, username: string): Promise<User | null> {
  const row = await db.sql
    .selectFrom("users")
    .select(USER_COLUMNS)
    .where("username", "=", username)
    .executeTakeFirst();
  return row === undefined ? null : asUser(row);
}

/** The user of that name; refuses with `not_found`. */
export async function requireUser(db: Database, username: string): Promise<User> {
  const user = await findUser(db, username.toLowerCase());
  if (user !== null) return user;
  throw new Problem("not_found", `There is no user ${quoted(username)}.`, {
    hint: "pobsync users lists them; pobsync createsuperuser makes a new one.",
  });
}

export async function hasUsers(db: Database): Promise<boolean> {
  return (await db.sql.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined;
}

export interface NewUser {
  readonly username: string;
  readonly displayName: string | null;
  readonly role: Role;
  readonly passwordHash: string;
}

const rowOf = (user: NewUser, now: Date) => ({
  ...user,
  recoveryCodes: JSON.stringify([]),
  enabled: true,
  ...{ createdAt: now, updatedAt: now, passwordChangedAt: now },
});

/** Refuses with `username_taken`. */
export async function insertUser(db: Database, user: NewUser, now: Date): Promise<User> {
  try {
    await db.sql.insertInto("users").values(rowOf(user, now)).execute();
  } catch (error) {
    if (isDuplicateKey(error))
      throw new Problem("username_taken", `There is a user ${quoted(user.username)} already.`);
    throw error;
  }
  return requireUser(db, user.username);
}

/** The first user of all has this number, so that of two at the same moment the second one finds it taken. */
const FIRST_ID = 1;

/** Null when there is a user already, or somebody else's became the first at this very moment. In the caller's transaction. */
export async function insertFirstUser(db: Database, user: NewUser, now: Date): Promise<User | null> {
  if (await hasUsers(db)) return null;
  try {
    await db.sql
      .insertInto("users")
      .values({ id: FIRST_ID, ...rowOf(user, now) })
      .execute();
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
  return requireUser(db, user.username);
}

export type UserFacts = Pick<User, "displayName" | "role" | "enabled">;

/** In the caller's transaction. Refuses with `last_admin` when no enabled admin would be left. */
export async function updateUser(db: Database, user: User, facts: UserFacts, now: Date): Promise<void> {
  const isAdmin = user.role === "admin" && user.enabled;
  if (isAdmin && !(facts.role === "admin" && facts.enabled)) await requireAnotherAdmin(db, user);
  const result = await db.sql
    .updateTable("users")
    .set({ displayName: facts.displayName, role: facts.role, enabled: facts.enabled, updatedAt: now })
    .where("id", "=", user.id)
    // Whoever decided on something else than what is there now decided on too little.
    .where("role", "=", user.role)
    .where("enabled", "=", user.enabled)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw changedMeanwhile(user);
}

/** In the caller's transaction, with all sessions and tokens. Refuses as `updateUser` does. */
export async function deleteUser(db: Database, user: User): Promise<void> {
  if (user.role === "admin" && user.enabled) await requireAnotherAdmin(db, user);
  const result = await db.sql
    .deleteFrom("users")
    .where("id", "=", user.id)
    .where("role", "=", user.role)
    .where("enabled", "=", user.enabled)
    .executeTakeFirst();
  if (result.numDeletedRows !== 1n) throw changedMeanwhile(user);
}

const changedMeanwhile = (user: User): Problem =>
  new Problem("bad_input", `Somebody else changed ${user.username} at this moment.`, {
    hint: "Nothing was changed. Look again: pobsync users",
  });

/**
 * Two who demote each other at the same moment would each still see the other. So whoever wants one admin less writes to the
 * rows of all: the second waits for the first, or collides with it at commit, and counts what is left then.
 */
async function requireAnotherAdmin(db: Database, user: User): Promise<void> {
  await db.sql
    .updateTable("users")
    .set(({ eb }) => ({ revision: eb("revision", "+", 1) }))
    .where("role", "=", "admin")
    .where("enabled", "=", true)
    .execute();
  const other = await db.sql
    .selectFrom("users")
    .select("id")
    .where("role", "=", "admin")
    .where("enabled", "=", true)
    .where("id", "!=", user.id)
    .limit(1)
    .executeTakeFirst();
  if (other === undefined)
    throw new Problem("last_admin", `${user.username} is the last admin who can sign in.`);
}
