// Letting old runs leave the history.
import { forgetRuns } from "../store/runs.ts";
import type { App } from "./app.ts";
import { recordAudit } from "./audit.ts";

/** SQLite lets nobody else write meanwhile, so few. */
const ROWS_AT_ONCE = 200;

/** Deletes finished runs that ended before that, in short transactions; of each host the newest backup stays. */
export async function forgetOldRuns(app: App, before: Date): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await forgetRuns(app.db, before, ROWS_AT_ONCE);
    total += count;
    if (count < ROWS_AT_ONCE) return total;
  }
}

/** The same because a person wants it. */
export async function forgetRunsBefore(app: App, before: Date): Promise<number> {
  const forgotten = await forgetOldRuns(app, before);
  const detail = { endedBefore: before.toISOString(), forgotten };
  await recordAudit(app, { action: "runs.forgotten", subjectKind: "site", subject: "", detail });
  return forgotten;
}
