// Upkeep of what signing in leaves behind.
import { deleteStaleThrottles } from "../../store/login-throttles.ts";
import { deleteEndedSessions } from "../../store/sessions.ts";
import type { App } from "../app.ts";

/** Sessions that are over, and failures that are forgiven by now. */
export async function clearStaleSignIns({ db, clock }: App): Promise<void> {
  const now = clock();
  await deleteEndedSessions(db, now);
  await deleteStaleThrottles(db, now);
}
