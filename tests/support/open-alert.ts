// An alert about a host, as if it had just been opened.
import type { Condition } from "../../src/domain/condition.ts";
import { applyAlertPlan, listAlerts } from "../../src/store/alerts.ts";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { requireHost } from "../../src/store/hosts.ts";

const nothing = { open: [], say: [], well: [], back: [], clear: [], forget: [], restart: [], unseen: [] };

/** Returns its number. */
async function openAlert(db: Database, host: string, code: "late" | "never" = "late"): Promise<number> {
  const now = new Date();
  const { id: hostId } = await requireHost(db, host);
  const words = { message: `${host} has had no good backup since one was due.`, hint: "Look.", detail: null };
  const condition: Condition = {
    ...{
      code,
      level: "bad",
      ...words,
      key: `backup@${host}`,
      host,
      hostId,
      node: null,
      run: null,
      since: now,
    },
  };
  await applyAlertPlan(db, { ...nothing, begin: [{ condition, flaps: 0, opens: true }] }, now);
  const { items } = await listAlerts(db, { all: false, limit: 1 });
  return items[0]?.id ?? 0;
}

/** The same in a database that is not open here. */
export async function openAlertAt(url: string | undefined, host: string): Promise<number> {
  const db = await openDatabase(url ?? "");
  try {
    return await openAlert(db, host);
  } finally {
    await db.close();
  }
}
