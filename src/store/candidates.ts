// Choosing from the queue: who is next, and whether there is a place. Only looks; claiming decides.
import type { ExpressionBuilder } from "kysely";
import { ownsHost, PROOF_KINDS, RUN_KINDS, type RunKind, type Trigger } from "../domain/run.ts";
import type { Database } from "./database.ts";
import { firstSlot, SLOTS_MAX } from "./site.ts";
import type { Tables } from "./tables.ts";

/** A queued run that could be claimed. */
export interface Candidate {
  readonly id: number;
  readonly hostId: number;
  readonly host: string;
  readonly kind: RunKind;
  readonly trigger: Trigger;
  readonly retryOf: number | null;
}

/** All, only what takes a place of the site, or only what is done beside it. */
export type Pressing = "all" | "pressing" | "spare";

const CLASSES: Readonly<Record<Pressing, readonly ("manual" | "usual" | "spare")[]>> = {
  all: ["manual", "usual", "spare"],
  pressing: ["manual", "usual"],
  spare: ["spare"],
};

const OWNING_KINDS = RUN_KINDS.filter(ownsHost);

/** Rows that are looked at for hosts that are free; more than one worker can want at once. */
const LOOK_AT_MAX = 64;

/** That a window is open at an instant for a run that waits for one; where nothing bounds its host, it always is. */
export const mayBeginAt = ({ or, and, eb }: ExpressionBuilder<Tables, "runs" | "hosts">, at: Date) =>
  or([
    eb("runs.inWindow", "=", false),
    eb("hosts.windowFrom", "is", null),
    and([eb("hosts.windowFrom", "<=", at), eb("hosts.windowUntil", ">", at)]),
  ]);

/**
 * Who is next: what a person asked for first, proof on a schedule last, otherwise by the time since which it may run. At most one run a host of those that
 * own it, and only while the host is free; those that only read it wait for nobody.
 *
 * Only a look, outside of any transaction: claiming decides. Backups of disabled hosts wait; what they have can be looked after.
 *
 * @param node of hosts that this backup server keeps
 */
export async function nextCandidates(
  db: Database,
  node: string,
  now: Date,
  limit: number,
  which: Pressing = "all",
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const owned = new Set<number>();
  for (const part of CLASSES[which]) {
    if (found.length >= limit) break;
    const rows = await db.sql
      .selectFrom("runs")
      .innerJoin("hosts", "hosts.id", "runs.hostId")
      .select(["runs.id", "runs.hostId", "hosts.name as host", "runs.kind", "runs.trigger", "runs.retryOf"])
      .where("runs.status", "=", "queued")
      .where("hosts.node", "=", node)
      // What a newer version queued is left to its workers.
      .where("runs.kind", "in", RUN_KINDS)
      .where("runs.availableAt", "<=", now)
      .where("runs.byHand", "=", part === "manual")
      .$if(part === "spare", (query) =>
        query.where("runs.trigger", "=", "scheduled").where("runs.kind", "in", PROOF_KINDS),
      )
      .$if(part === "usual", (query) =>
        query.where(({ or, eb }) =>
          or([eb("runs.trigger", "!=", "scheduled"), eb("runs.kind", "not in", PROOF_KINDS)]),
        ),
      )
      .where(({ or, eb }) => or([eb("hosts.enabled", "=", true), eb("runs.kind", "!=", "backup")]))
      .where((eb) => mayBeginAt(eb, now))
      .where(({ or, eb, not, exists, selectFrom }) =>
        or([
          eb("runs.kind", "not in", OWNING_KINDS),
          not(
            exists(
              selectFrom("hostLocks")
                .select("hostLocks.hostId")
                .whereRef("hostLocks.hostId", "=", "runs.hostId"),
            ),
          ),
        ]),
      )
      .orderBy("runs.availableAt")
      .orderBy("runs.id")
      .limit(LOOK_AT_MAX)
      .execute();
    for (const row of rows as Candidate[]) {
      if (found.length >= limit) break;
      if (ownsHost(row.kind)) {
        if (owned.has(row.hostId)) continue;
        owned.add(row.hostId);
      }
      found.push(row);
    }
  }
  return found;
}

/** Places that are free among the `limit` runs that the site allows at the same time on this backup server. */
export async function freeSlots(db: Database, node: string, limit: number): Promise<number[]> {
  const first = await firstSlot(db, node);
  const rows = await db.sql
    .selectFrom("runLeases")
    .select("slot")
    .where("slot", ">", first)
    .where("slot", "<=", first + SLOTS_MAX)
    .execute();
  const taken = new Set(rows.map((row) => row.slot));
  // After the limit was lowered, runs on higher places count as well.
  if (taken.size >= limit) return [];
  return Array.from({ length: limit }, (_, index) => first + index + 1).filter((slot) => !taken.has(slot));
}

/**
 * The place for proof on a schedule on a backup server, of which there is one: below all others, so that it is none of theirs.
 * Whoever claims it second loses, as with any other place.
 */
export async function proofSlot(db: Database, node: string): Promise<number> {
  return -1 - (await firstSlot(db, node)) / SLOTS_MAX;
}

/** Whether proof on a schedule is under way on a backup server. Only a look: claiming its place decides. */
export async function isProving(db: Database, node: string): Promise<boolean> {
  const row = await db.sql
    .selectFrom("runs")
    .innerJoin("hosts", "hosts.id", "runs.hostId")
    .select("runs.id")
    .where("runs.status", "=", "running")
    .where("runs.trigger", "=", "scheduled")
    .where("runs.kind", "in", PROOF_KINDS)
    .where("hosts.node", "=", node)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
