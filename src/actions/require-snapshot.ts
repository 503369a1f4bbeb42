// A snapshot by its name, for those who look at one.
import { Problem, quoted } from "../domain/problem.ts";
import { parseSnapshotName, type Snapshot } from "../domain/snapshot.ts";
import { snapshotPage } from "../store/snapshot-pages.ts";
import { findSnapshot } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { type HostContext, hostContext } from "./host-context.ts";

/** On record, in whatever state; "latest" is the newest complete one. Refuses with `not_found` or `not_configured`. */
export async function requireSnapshot(
  app: App,
  hostName: string,
  snapshotName: string,
): Promise<{ context: HostContext; snapshot: Snapshot }> {
  const context = await hostContext(app, hostName);
  const { id: hostId, name } = context.host;
  const snapshot =
    snapshotName === "latest"
      ? (await snapshotPage(app.db, { hostId, states: ["complete"] }, 1, null))[0]
      : parseSnapshotName(snapshotName) && (await findSnapshot(app.db, hostId, snapshotName));
  if (snapshot) return { context, snapshot };
  const message =
    snapshotName === "latest"
      ? `${name} has no snapshot yet.`
      : `${name} has no snapshot ${quoted(snapshotName)}.`;
  throw new Problem("not_found", message, { hint: `pobsync snapshots ${name} lists them.` });
}
