// What proves who somebody is: the password's hash, the secret of the code app, recovery codes. For actions only, never shown.
import type { User } from "../domain/people.ts";
import type { Database } from "./database.ts";
import { asUser, USER_COLUMNS } from "./users.ts";

export interface Credentials {
  readonly user: User;
  /** A PHC string. */
  readonly passwordHash: string;
  /** Base32; while it is not confirmed it is only a proposal. Null: there is none. */
  readonly totpSecret: string | null;
  /** SHA-256 of those that were not used yet. */
  readonly recoveryCodes: readonly string[];
}

/** Null: there is no such user. */
export async function findCredentials(db: Database, username: string): Promise<Credentials | null> {
  const row = await db.sql
    .selectFrom("users")
    .select(USER_COLUMNS)
    .select(["users.passwordHash", "users.totpSecret", "users.recoveryCodes"])
    .where("username", "=", username)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { passwordHash, totpSecret, recoveryCodes } = row;
  const codes = Array.isArray(recoveryCodes) ? recoveryCodes.map(String) : [];
  return { user: asUser(row), passwordHash, totpSecret, recoveryCodes: codes };
}

/**
 * Notes that somebody signed in who has proved this password. False: it is another one by now, or the user may not any more.
 * In the transaction that opens the session, so that whoever ends all sessions comes before or after it.
 */
export async function noteLogin(
  db: Database,
  { user, passwordHash }: Credentials,
  now: Date,
): Promise<boolean> {
  const result = await db.sql
    .updateTable("users")
    .set({ lastLoginAt: now })
    .where("id", "=", user.id)
    .where("enabled", "=", true)
    .where("passwordHash", "=", passwordHash)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function savePassword(db: Database, id: number, passwordHash: string, now: Date): Promise<void> {
  await db.sql
    .updateTable("users")
    .set({ passwordHash, passwordChangedAt: now, updatedAt: now })
    .where("id", "=", id)
    .execute();
}

/** The same password, hashed as passwords are hashed by now; unless it is another one by now. */
export async function saveRehashed(db: Database, id: number, before: string, after: string): Promise<void> {
  await db.sql
    .updateTable("users")
    .set({ passwordHash: after })
    .where("id", "=", id)
    .where("passwordHash", "=", before)
    .execute();
}

/** Proposes a secret; it replaces a former proposal. False: codes are asked for already. */
export async function proposeTotp(db: Database, id: number, secret: string): Promise<boolean> {
  const result = await db.sql
    .updateTable("users")
    .set({ totpSecret: secret })
    .where("id", "=", id)
    .where("totpConfirmedAt", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Puts a proposed secret in force. False: it was confirmed, or replaced, at this moment. */
export async function confirmTotp(
  db: Database,
  id: number,
  secret: string,
  { step, recoveryCodes, now }: { step: number; recoveryCodes: readonly string[]; now: Date },
): Promise<boolean> {
  const result = await db.sql
    .updateTable("users")
    .set({
      ...{ totpConfirmedAt: now, totpLastStep: step, updatedAt: now },
      recoveryCodes: JSON.stringify(recoveryCodes),
    })
    .where("id", "=", id)
    .where("totpSecret", "=", secret)
    .where("totpConfirmedAt", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** From now on the password alone is enough. */
export async function clearTotp(db: Database, id: number, now: Date): Promise<void> {
  const none = { totpSecret: null, totpConfirmedAt: null, totpLastStep: null };
  await db.sql
    .updateTable("users")
    .set({ ...none, recoveryCodes: JSON.stringify([]), updatedAt: now })
    .where("id", "=", id)
    .execute();
}

/** Uses up the code of a time step of that secret. False: it, or a newer one, was used already. */
export async function takeTotpStep(db: Database, id: number, secret: string, step: number): Promise<boolean> {
  const result = await db.sql
    .updateTable("users")
    .set({ totpLastStep: step })
    .where("id", "=", id)
    .where("totpSecret", "=", secret)
    .where("totpConfirmedAt", "is not", null)
    .where(({ eb, or }) => or([eb("totpLastStep", "is", null), eb("totpLastStep", "<", step)]))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Uses up a recovery code. False: somebody was faster, with this one or with another. */
export async function takeRecoveryCode(
  db: Database,
  { user, recoveryCodes }: Credentials,
  codeHash: string,
): Promise<boolean> {
  if (!recoveryCodes.includes(codeHash)) return false;
  const left = recoveryCodes.filter((hash) => hash !== codeHash);
  const result = await db.sql
    .updateTable("users")
    .set({ recoveryCodes: JSON.stringify(left) })
    .where("id", "=", user.id)
    .where("recoveryCodes", "=", JSON.stringify(recoveryCodes))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
