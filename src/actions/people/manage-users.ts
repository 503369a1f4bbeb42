// Making, changing and removing users. Whoever calls has looked that the actor is an admin.

import { parseNewPassword } from "../../domain/password.ts";
import type { User } from "../../domain/people.ts";
import { parseDisplayName, parseEnabled, parseRole, parseUsername } from "../../domain/people-input.ts";
import { clearTotp, savePassword } from "../../store/credentials.ts";
import { forgiveAttempts } from "../../store/login-throttles.ts";
import { deleteSessionsOf } from "../../store/sessions.ts";
import { deleteUser, insertUser, type NewUser, requireUser, updateUser } from "../../store/users.ts";
import { hashPassword } from "../../system/passwords.ts";
import type { App } from "../app.ts";
import { asOne, changedFields, recordAudit } from "../audit.ts";
import { userKey } from "./guessing.ts";

export interface NewUserWish {
  readonly username: unknown;
  readonly password: unknown;
  readonly role: unknown;
  readonly displayName?: unknown;
}

/** What is left out stays as it is. */
export interface UserChanges {
  readonly role?: unknown;
  /** Null: none. */
  readonly displayName?: unknown;
  readonly enabled?: unknown;
}

/** Checks it all and hashes the password. Refuses with `bad_input`. */
export async function newUser(wish: NewUserWish): Promise<NewUser> {
  const username = parseUsername(wish.username);
  const role = parseRole(wish.role);
  const displayName = parseDisplayName(wish.displayName);
  const passwordHash = await hashPassword(parseNewPassword(wish.password, username));
  return { username, displayName, role, passwordHash };
}

const auditUser = (app: App, action: string, { username }: User, detail: Record<string, unknown> = {}) =>
  recordAudit(app, { action, subjectKind: "user", subject: username, detail });

export const auditNewUser = (app: App, user: User): Promise<void> =>
  auditUser(app, "user.created", user, { role: user.role, displayName: user.displayName });

/** Refuses with `bad_input` or `username_taken`. */
export async function createUser(app: App, wish: NewUserWish): Promise<User> {
  const wanted = await newUser(wish);
  return asOne(app, async (tx) => {
    const user = await insertUser(tx.db, wanted, tx.clock());
    await auditNewUser(tx, user);
    return user;
  });
}

/**
 * Refuses with `not_found`, `bad_input`, or `last_admin`. A new role holds from the next request on; disabling ends all
 * sessions of the user, and their tokens do not count until they are enabled again.
 */
export async function changeUser(app: App, username: string, changes: UserChanges): Promise<User> {
  return asOne(app, async (tx) => {
    const user = await requireUser(tx.db, username);
    const before = { displayName: user.displayName, role: user.role, enabled: user.enabled };
    const after = {
      displayName:
        changes.displayName === undefined ? before.displayName : parseDisplayName(changes.displayName),
      role: changes.role === undefined ? before.role : parseRole(changes.role),
      enabled: changes.enabled === undefined ? before.enabled : parseEnabled(changes.enabled),
    };
    const changed = changedFields(before, after);
    if (Object.keys(changed).length === 0) return user;
    await updateUser(tx.db, user, after, tx.clock());
    if (!after.enabled) await deleteSessionsOf(tx.db, user.id);
    await auditUser(tx, "user.changed", user, changed);
    return { ...user, ...after };
  });
}

/** With all sessions and tokens. Refuses with `not_found` or `last_admin`. */
export async function removeUser(app: App, username: string): Promise<void> {
  await asOne(app, async (tx) => {
    const user = await requireUser(tx.db, username);
    await deleteUser(tx.db, user);
    await auditUser(tx, "user.removed", user, { role: user.role });
  });
}

/**
 * For somebody who forgot theirs, or must be kept out. Refuses with `not_found` or `bad_input`. Ends all sessions of the
 * user; tokens stay.
 */
export async function setPassword(app: App, username: string, password: unknown): Promise<User> {
  const { username: name } = await requireUser(app.db, username);
  const passwordHash = await hashPassword(parseNewPassword(password, name));
  return asOne(app, async (tx) => {
    const user = await requireUser(tx.db, name);
    await savePassword(tx.db, user.id, passwordHash, tx.clock());
    const sessionsEnded = await deleteSessionsOf(tx.db, user.id);
    await forgiveAttempts(tx.db, [userKey(name)]);
    await auditUser(tx, "user.password_set", user, { sessionsEnded });
    return { ...user, passwordChangedAt: tx.clock() };
  });
}

/** For somebody whose phone is gone: the next login takes the password alone. Refuses with `not_found`. */
export async function resetTotp(app: App, username: string): Promise<User> {
  return asOne(app, async (tx) => {
    const user = await requireUser(tx.db, username);
    await clearTotp(tx.db, user.id, tx.clock());
    await auditUser(tx, "user.totp_reset", user);
    return { ...user, hasTotp: false };
  });
}
