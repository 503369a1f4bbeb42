// The window of each host that is open or opens next: what a claim looks at, so that no worker begins a backup outside of it.
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { Opening, Windows } from "../domain/timetable.ts";
import type { Database } from "./database.ts";
import { globalLayer } from "./site.ts";
import { storedLayer } from "./stored.ts";

/** A host's windows as its settings say, and the one that is written down. */
export interface PlacedWindows extends Windows {
  readonly hostId: number;
  readonly placed: Opening | null;
}

/** Of which hosts: the one of that name, those with these ids, or those that are written down to have windows. */
export interface WhichWindows {
  readonly host?: string | undefined;
  readonly hostIds?: readonly number[];
  readonly placed?: boolean;
}

/** Of all hosts, or of some of them. */
export async function listWindows(db: Database, which: WhichWindows = {}): Promise<PlacedWindows[]> {
  const global = await globalLayer(db);
  const rows = await db.sql
    .selectFrom("hosts")
    .select(["id", "own", "windowFrom", "windowUntil"])
    .where(({ and, eb }) =>
      and([
        ...(which.placed === true ? [eb("windowFrom", "is not", null)] : []),
        ...(which.host === undefined ? [] : [eb("name", "=", which.host)]),
        ...(which.hostIds === undefined ? [] : [eb("id", "in", which.hostIds)]),
      ]),
    )
    .execute();
  return rows.map(({ id, own, windowFrom, windowUntil }) => {
    const { windows, timeZone } = effectiveSettings(global, storedLayer(own)).values;
    const placed =
      windowFrom === null || windowUntil === null ? null : { from: windowFrom, until: windowUntil };
    return { hostId: id, windows, timeZone, placed };
  });
}

export async function placeWindow(db: Database, hostId: number, window: Opening | null): Promise<void> {
  await db.sql
    .updateTable("hosts")
    .set({ windowFrom: window?.from ?? null, windowUntil: window?.until ?? null })
    .where("id", "=", hostId)
    .execute();
}

/** Whether some window that is written down is over. */
export async function hasPastWindow(db: Database, now: Date): Promise<boolean> {
  const row = await db.sql
    .selectFrom("hosts")
    .select("id")
    .where("windowUntil", "<=", now)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
