// The audit in SQL: rows are added and read, never changed.
import type { Selectable } from "kysely";
import { ACTOR_KINDS, type Actor, type AuditEntry, type AuditFacts } from "../domain/audit.ts";
import type { Database } from "./database.ts";
import { storedOneOf } from "./stored.ts";
import type { Sql, Tables } from "./tables.ts";

/** Something that was done, before it has a number. */
export interface NewAuditEntry extends AuditFacts {
  readonly actor: Actor;
  readonly at: Date;
}

/** Names of the tables' columns hold so many characters; what is longer is cut rather than refused. */
const LONGEST = { name: 190, address: 64, subject: 255 };

const cut = (text: string, max: number): string => [...text.toWellFormed()].slice(0, max).join("");

/** Adds an entry, in the caller's transaction where there is one. */
export async function insertAuditEntry({ sql }: { readonly sql: Sql }, entry: NewAuditEntry): Promise<void> {
  const { at, actor, action, subjectKind, subject, detail } = entry;
  await sql
    .insertInto("auditEntries")
    .values({
      at,
      actor: actor.name === null ? null : cut(actor.name, LONGEST.name),
      actorKind: actor.kind,
      address: actor.address === null ? null : cut(actor.address, LONGEST.address),
      ...{ action, subjectKind, subject: cut(subject, LONGEST.subject) },
      detail: JSON.stringify(detail),
    })
    .execute();
}

/** Every part that is left out lets everything through. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly subjectKind?: string | undefined;
  readonly subject?: string | undefined;
  /** From this moment on. */
  readonly since?: Date | undefined;
  /** Before this moment. */
  readonly until?: Date | undefined;
}

/** Where a page of the list begins, and how long it is. */
export interface AuditPage {
  /** Only entries with a smaller number: what came before the last one of the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. `next` goes into `before` for the next page; null when there is none. */
export async function listAudit(
  db: Database,
  filter: AuditFilter,
  { before, limit }: AuditPage,
): Promise<{ items: AuditEntry[]; next: number | null }> {
  let query = db.sql.selectFrom("auditEntries").selectAll().orderBy("id", "desc");
  for (const column of ["actor", "action", "subjectKind", "subject"] as const) {
    const wanted = filter[column];
    if (wanted !== undefined) query = query.where(column, "=", wanted);
  }
  if (filter.since !== undefined) query = query.where("at", ">=", filter.since);
  if (filter.until !== undefined) query = query.where("at", "<", filter.until);
  if (before !== undefined) query = query.where("id", "<", before);
  const rows = await query.limit(limit + 1).execute();
  const items = rows.slice(0, limit).map(asEntry);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const asEntry = (row: Selectable<Tables["auditEntries"]>): AuditEntry => ({
  id: row.id,
  at: row.at,
  actor: {
    name: row.actor,
    kind: storedOneOf(ACTOR_KINDS, row.actorKind, "auditEntries.actorKind"),
    address: row.address,
  },
  action: row.action,
  subjectKind: row.subjectKind,
  subject: row.subject,
  detail: (row.detail ?? {}) as AuditEntry["detail"],
});
