// Identities in SQL.
import type { Selectable } from "kysely";
import { ACCESSES, IDENTITY_ROLES, type Identity, type IdentityRole } from "../domain/identity.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey } from "./database-problem.ts";
import { storedOneOf } from "./stored.ts";
import type { Tables } from "./tables.ts";

const asIdentity = (row: Selectable<Tables["identities"]>): Identity => ({
  ...row,
  role: storedOneOf(IDENTITY_ROLES, row.role, "identities.role"),
  access: storedOneOf(ACCESSES, row.access, "identities.access"),
});

/** Those of one host, or of all when none is named, oldest first. */
export async function listIdentities(db: Database, hostId?: number): Promise<Identity[]> {
  const all = db.sql.selectFrom("identities").selectAll().orderBy("id");
  const rows = await (hostId === undefined ? all : all.where("hostId", "=", hostId)).execute();
  return rows.map(asIdentity);
}

/** False: the host has one of that role by now. */
export async function insertIdentity(db: Database, identity: Omit<Identity, "id">): Promise<boolean> {
  try {
    await db.sql.insertInto("identities").values(identity).execute();
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** The one that waited is in use from now on, in place of the one before. False: it is not the one that waits. */
export async function promoteIdentity(db: Database, { id, hostId }: Identity): Promise<boolean> {
  const waits = db.sql.selectFrom("identities").select("id").where("id", "=", id).where("role", "=", "next");
  if ((await waits.executeTakeFirst()) === undefined) return false;
  await deleteIdentities(db, hostId, ["backup"]);
  const result = await db.sql
    .updateTable("identities")
    .set({ role: "backup" })
    .where("id", "=", id)
    .where("role", "=", "next")
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** How many there were. */
export async function deleteIdentities(
  db: Database,
  hostId: number,
  roles: readonly IdentityRole[] = IDENTITY_ROLES,
): Promise<number> {
  const result = await db.sql
    .deleteFrom("identities")
    .where("hostId", "=", hostId)
    .where("role", "in", roles)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Those that no host accepts any more. */
export async function deleteExpiredIdentities(db: Database, now: Date): Promise<void> {
  await db.sql.deleteFrom("identities").where("expiresAt", "<=", now).execute();
}
