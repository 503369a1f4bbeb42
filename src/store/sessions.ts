// Sessions in SQL, by the hash of what the cookie holds.
import { SEEN_EVERY_MS, type Session, sessionEnd, type User } from "../domain/people.ts";
import type { Database } from "./database.ts";
import { asUser, USER_COLUMNS } from "./users.ts";

export interface NewSession {
  readonly idHash: string;
  readonly userId: number;
  readonly csrfToken: string;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** A session with its user, and the token against forged requests that goes with it. */
export interface HeldSession {
  readonly session: Session & { readonly csrfToken: string };
  readonly user: User;
}

/** Returns when it ends, if nobody comes by. */
export async function insertSession(db: Database, session: NewSession, now: Date): Promise<Date> {
  const expiresAt = sessionEnd(now, now);
  await db.sql
    .insertInto("sessions")
    .values({ ...session, createdAt: now, seenAt: now, expiresAt })
    .execute();
  return expiresAt;
}

/** One read. Null: there is none, it is over, or its user may not sign in any more. */
export async function findSession(db: Database, idHash: string, now: Date): Promise<HeldSession | null> {
  const row = await db.sql
    .selectFrom("sessions")
    .innerJoin("users", "users.id", "sessions.userId")
    .select(USER_COLUMNS)
    .select(["sessions.idHash", "sessions.csrfToken", "sessions.seenAt", "sessions.expiresAt"])
    // Under a name that is that of another instant, because values are read by the name alone.
    .select(["sessions.createdAt as startedAt", "sessions.address", "sessions.userAgent"])
    .where("sessions.idHash", "=", idHash)
    .where("sessions.expiresAt", ">", now)
    .where("users.enabled", "=", true)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { seenAt, expiresAt, startedAt: createdAt, address, userAgent, csrfToken } = row;
  return {
    session: { idHash, createdAt, seenAt, expiresAt, address, userAgent, csrfToken },
    user: asUser(row),
  };
}

/** Notes that somebody came by, unless that was noted less than a minute ago. Returns when it ends now. */
export async function renewSession(db: Database, session: Session, now: Date): Promise<Date> {
  if (now.getTime() - session.seenAt.getTime() < SEEN_EVERY_MS) return session.expiresAt;
  const expiresAt = sessionEnd(session.createdAt, now);
  await db.sql
    .updateTable("sessions")
    .set({ seenAt: now, expiresAt })
    .where("idHash", "=", session.idHash)
    // Of a hundred requests that come at the same moment, one writes.
    .where("seenAt", "=", session.seenAt)
    .execute();
  return expiresAt;
}

/** Somebody's sessions that are not over, newest use first. */
export async function listSessions(db: Database, userId: number, now: Date): Promise<Session[]> {
  return db.sql
    .selectFrom("sessions")
    .select(["idHash", "createdAt", "seenAt", "expiresAt", "address", "userAgent"])
    .where("userId", "=", userId)
    .where("expiresAt", ">", now)
    .orderBy("seenAt", "desc")
    .orderBy("idHash")
    .execute();
}

/** False: there was none. */
export async function deleteSession(db: Database, idHash: string): Promise<boolean> {
  const result = await db.sql.deleteFrom("sessions").where("idHash", "=", idHash).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** Signs somebody out everywhere; returns of how many sessions that was the end. */
export async function deleteSessionsOf(db: Database, userId: number): Promise<number> {
  const result = await db.sql.deleteFrom("sessions").where("userId", "=", userId).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** A script that signs in with a password instead of a token, each time anew, must not fill the table. */
const SESSIONS_MAX = 50;

/** Ends somebody's sessions beyond those that were used last. */
export async function trimSessions(db: Database, userId: number): Promise<void> {
  const surplus = await db.sql
    .selectFrom("sessions")
    .select("idHash")
    .where("userId", "=", userId)
    .orderBy("seenAt", "desc")
    .orderBy("idHash")
    .limit(SESSIONS_MAX)
    .offset(SESSIONS_MAX)
    .execute();
  if (surplus.length === 0) return;
  const hashes = surplus.map(({ idHash }) => idHash);
  await db.sql.deleteFrom("sessions").where("idHash", "in", hashes).execute();
}

export async function deleteEndedSessions(db: Database, now: Date): Promise<void> {
  await db.sql.deleteFrom("sessions").where("expiresAt", "<=", now).execute();
}
