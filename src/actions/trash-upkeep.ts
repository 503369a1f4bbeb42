// Emptying the trash in time: what has been there long enough, or everything when the disk runs low.
import { PLAIN_RUN } from "../domain/run.ts";
import type { Site } from "../domain/site.ts";
import { listHostsHere } from "../store/hosts.ts";
import { enqueue } from "../store/run-queue.ts";
import { listRuns } from "../store/runs.ts";
import { hostsWithTrash } from "../store/snapshot-removal.ts";
import { roomOn } from "../system/backup-root.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";
import { hostHold } from "./plan-retention.ts";
import { isTight } from "./prune-host.ts";

/**
 * Queues a prune for each host whose trash is due and that has none yet: like all work in a host's folder it wants its lock.
 *
 * A clock that is not believed empties nothing; a full disk is no matter of the clock.
 */
export async function queueTrashWork(app: App, site: Site): Promise<void> {
  const all = isTight(await roomOn(site.backupRoot), site);
  const due = new Set(await hostsWithTrash(app.db, app.clock(), all));
  if (due.size === 0) return;
  for (const host of await listHostsHere(app)) {
    if (!due.has(host.id)) continue;
    const open = await listRuns(app.db, { hostId: host.id, kind: "prune", statuses: ["queued", "running"] });
    if (open.length > 0 || (!all && (await hostHold(app, await hostContext(app, host.name))) !== null))
      continue;
    const options = { ...PLAIN_RUN, retry: false, task: { do: "empty-trash", all } } as const;
    const request = {
      hostId: host.id,
      kind: "prune",
      trigger: "scheduled",
      requestedBy: null,
      options,
    } as const;
    await enqueue(app.db, request, app.clock());
  }
}
