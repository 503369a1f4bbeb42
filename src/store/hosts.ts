// Hosts in SQL.

import type { Selectable } from "kysely";
import { type Host, type HostKey, TRANSPORTS, type Trust } from "../domain/host.ts";
import { MAIN_NODE } from "../domain/node.ts";
import { Problem, quoted } from "../domain/problem.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey } from "./database-problem.ts";
import type { OnNode } from "./site.ts";
import { storedHostKeys, storedLayer, storedOneOf, storedTags } from "./stored.ts";
import type { Tables } from "./tables.ts";

const asHost = (row: Selectable<Tables["hosts"]>): Host => ({
  id: row.id,
  name: row.name,
  node: row.node,
  address: row.address,
  transport: storedOneOf(TRANSPORTS, row.transport, "hosts.transport"),
  enabled: row.enabled,
  tags: storedTags(row.tags),
  hostKeys: storedHostKeys(row.hostKeys),
  settings: storedLayer(row.own),
  createdAt: row.createdAt,
  trust:
    row.trustedAt === null || row.trustedSnapshotId === null
      ? null
      : { at: row.trustedAt, snapshotId: row.trustedSnapshotId },
});

/** All hosts, by name. */
export async function listHosts(db: Database): Promise<Host[]> {
  const rows = await db.sql.selectFrom("hosts").selectAll().orderBy("name").execute();
  return rows.map(asHost);
}

/** Those that this backup server keeps, by name. */
export async function listHostsHere({ db, node }: OnNode): Promise<Host[]> {
  return (await listHosts(db)).filter((host) => host.node === node);
}

/** Those of these hosts that are still there, in no order. */
export async function findHosts(db: Database, ids: readonly number[]): Promise<Host[]> {
  if (ids.length === 0) return [];
  const rows = await db.sql.selectFrom("hosts").selectAll().where("id", "in", ids).execute();
  return rows.map(asHost);
}

export async function findHost(db: Database, name: string): Promise<Host | null> {
  const row = await db.sql.selectFrom("hosts").selectAll().where("name", "=", name).executeTakeFirst();
  return row === undefined ? null : asHost(row);
}

/** The host of that name; refuses with `not_found`. */
export async function requireHost(db: Database, name: string): Promise<Host> {
  const host = await findHost(db, name);
  if (host !== null) return host;
  throw new Problem("not_found", `There is no host ${quoted(name)}.`, {
    hint: "pobsync hosts lists them; configure-host makes a new one.",
  });
}

/** Tags that are left out stay as they are. */
type HostFacts = Pick<Host, "node" | "address" | "transport" | "enabled" | "settings"> &
  Partial<Pick<Host, "tags">>;

const columnsOf = (facts: HostFacts) => ({
  node: facts.node,
  address: facts.address,
  transport: facts.transport,
  enabled: facts.enabled,
  own: facts.settings,
  ...(facts.tags === undefined ? {} : { tags: facts.tags }),
});

/** Refuses with `bad_input` when somebody else made a host of that name first. */
export async function insertHost(
  db: Database,
  name: string,
  facts: Omit<HostFacts, "node"> & Partial<Pick<Host, "node" | "hostKeys">>,
  now: Date,
): Promise<void> {
  const { node = MAIN_NODE, hostKeys = [] } = facts;
  try {
    await db.sql
      .insertInto("hosts")
      .values({ name, ...columnsOf({ ...facts, node }), hostKeys, createdAt: now, updatedAt: now })
      .execute();
  } catch (error) {
    if (isDuplicateKey(error)) throw new Problem("bad_input", `There is a host "${name}" already.`);
    throw error;
  }
}

/** False: its backup server would change, and some of its runs is under way at this moment; nothing is changed then. */
export async function updateHost(db: Database, id: number, facts: HostFacts, now: Date): Promise<boolean> {
  const result = await db.sql
    .updateTable("hosts")
    .set({ ...columnsOf(facts), updatedAt: now })
    .where("id", "=", id)
    .where(({ or, eb, not, exists, selectFrom }) =>
      or([
        eb("node", "=", facts.node),
        not(
          exists(
            selectFrom("runs")
              .select("runs.id")
              .whereRef("runs.hostId", "=", "hosts.id")
              .where("runs.status", "=", "running"),
          ),
        ),
      ]),
    )
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function saveHostKeys(
  db: Database,
  id: number,
  hostKeys: readonly HostKey[],
  now: Date,
): Promise<void> {
  await db.sql.updateTable("hosts").set({ hostKeys, updatedAt: now }).where("id", "=", id).execute();
}

/** Notes a person's word about what stood in the way of pruning. One about more than that stays. */
export async function saveTrust(db: Database, id: number, { at, snapshotId }: Trust): Promise<void> {
  await db.sql
    .updateTable("hosts")
    .set({ trustedAt: at, trustedSnapshotId: snapshotId })
    .where("id", "=", id)
    .where(({ eb, or }) =>
      or([eb("trustedSnapshotId", "is", null), eb("trustedSnapshotId", "<=", snapshotId)]),
    )
    .execute();
}

/**
 * Takes a host and everything recorded about it out of SQL.
 *
 * Returns false when a run owns the host at that moment; nothing is changed then.
 */
export async function deleteHost(db: Database, id: number): Promise<boolean> {
  const result = await db.sql
    .deleteFrom("hosts")
    .where("id", "=", id)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("hostLocks").select("hostLocks.hostId").whereRef("hostLocks.hostId", "=", "hosts.id"),
        ),
      ),
    )
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}
