// API tokens in SQL, by the hash of what a script sends.
import { type ApiToken, SEEN_EVERY_MS, type TokenRole, type User } from "../domain/people.ts";
import type { Database } from "./database.ts";
import { asUser, storedTokenRole, USER_COLUMNS } from "./users.ts";

export interface NewApiToken {
  readonly userId: number;
  readonly name: string;
  readonly tokenHash: string;
  readonly role: TokenRole;
  readonly expiresAt: Date | null;
}

/** Returns its number. */
export async function insertApiToken(db: Database, token: NewApiToken, now: Date): Promise<number> {
  const result = await db.sql
    .insertInto("apiTokens")
    .values({ ...token, createdAt: now })
    .executeTakeFirstOrThrow();
  return Number(result.insertId);
}

const tokensWithOwners = (db: Database) =>
  db.sql
    .selectFrom("apiTokens")
    .innerJoin("users", "users.id", "apiTokens.userId")
    .select(USER_COLUMNS)
    .select(["apiTokens.id as tokenId", "apiTokens.name", "apiTokens.role as tokenRole"])
    // Under a name that is that of another instant, because values are read by the name alone.
    .select(["apiTokens.createdAt as startedAt", "apiTokens.expiresAt", "apiTokens.lastUsedAt"]);

type TokenRow = Awaited<ReturnType<ReturnType<typeof tokensWithOwners>["execute"]>>[number];

const asToken = (row: TokenRow): ApiToken => ({
  id: Number(row.tokenId),
  username: row.username,
  name: row.name,
  role: storedTokenRole(row.tokenRole),
  createdAt: row.startedAt,
  expiresAt: row.expiresAt,
  lastUsedAt: row.lastUsedAt,
});

/** One read. Null: there is none, it has expired, or its owner may not sign in any more. */
export async function findBearer(
  db: Database,
  tokenHash: string,
  now: Date,
): Promise<{ token: ApiToken; user: User } | null> {
  const row = await tokensWithOwners(db)
    .where("apiTokens.tokenHash", "=", tokenHash)
    .where("users.enabled", "=", true)
    .where(({ eb, or }) => or([eb("apiTokens.expiresAt", "is", null), eb("apiTokens.expiresAt", ">", now)]))
    .executeTakeFirst();
  return row === undefined ? null : { token: asToken(row), user: asUser(row) };
}

/** Notes that it was used, unless that was noted less than a minute ago. */
export async function noteUse(db: Database, { id, lastUsedAt }: ApiToken, now: Date): Promise<void> {
  if (lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() < SEEN_EVERY_MS) return;
  await db.sql
    .updateTable("apiTokens")
    .set({ lastUsedAt: now })
    .where("id", "=", id)
    // Of a hundred requests that come at the same moment, one writes.
    .where("lastUsedAt", lastUsedAt === null ? "is" : "=", lastUsedAt)
    .execute();
}

/** All tokens, or somebody's, newest first; expired ones as well. */
export async function listApiTokens(db: Database, userId?: number): Promise<ApiToken[]> {
  let query = tokensWithOwners(db).orderBy("apiTokens.id", "desc");
  if (userId !== undefined) query = query.where("apiTokens.userId", "=", userId);
  return (await query.execute()).map(asToken);
}

export async function findApiToken(db: Database, id: number): Promise<ApiToken | null> {
  const row = await tokensWithOwners(db).where("apiTokens.id", "=", id).executeTakeFirst();
  return row === undefined ? null : asToken(row);
}

/** False: there was none. */
export async function deleteApiToken(db: Database, id: number): Promise<boolean> {
  const result = await db.sql.deleteFrom("apiTokens").where("id", "=", id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}
