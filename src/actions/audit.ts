// The audit: what people do is written down, where possible in the same transaction.
import { isDeepStrictEqual } from "node:util";
import type { AuditFacts } from "../domain/audit.ts";
import { insertAuditEntry, type NewAuditEntry } from "../store/audit.ts";
import { together } from "../store/transaction.ts";
import type { App } from "./app.ts";

type Detail = AuditFacts["detail"];

/** A detail that is longer says only how long it is: the audit is kept for ever. */
const DETAIL_CHARACTERS_MAX = 64 * 1024;

/** What was done, on behalf of whom the app acts, at this moment. */
export const auditEntry = (
  { actor, clock }: Pick<App, "actor" | "clock">,
  facts: AuditFacts,
): NewAuditEntry => ({
  ...facts,
  detail: bounded(facts.detail),
  actor,
  at: clock(),
});

function bounded(detail: Detail): Detail {
  const { length } = JSON.stringify(detail);
  return length <= DETAIL_CHARACTERS_MAX ? detail : { tooLongCharacters: length };
}

/** Writes an entry, in the caller's transaction where the app is of one (see `asOne`). */
export const recordAudit = (app: App, facts: AuditFacts): Promise<void> =>
  insertAuditEntry(app.db, auditEntry(app, facts));

/**
 * A change and its entry in the audit: both or neither. Inside, only the app that `work` gets may be used, and nothing but
 * the database may be touched (see `together`).
 */
export const asOne = <T>(app: App, work: (app: App) => Promise<T>): Promise<T> =>
  together(app.db, (db) => work({ ...app, db }));

/** Those fields that are not what they were, each with both values. What was not there before was null. */
export function changedFields(
  before: object | null,
  after: object,
): Record<string, { before: unknown; after: unknown }> {
  const old = (before ?? {}) as Record<string, unknown>;
  const now = after as Record<string, unknown>;
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return Object.fromEntries(
    names
      .filter((name) => !isDeepStrictEqual(old[name], now[name]))
      .map((name) => [name, { before: old[name] ?? null, after: now[name] ?? null }]),
  );
}
