// Removing a host from SQL, and its snapshots from the disk when that was said.
import { countText } from "../domain/count-text.ts";
import { asProblem, factsOf, Problem } from "../domain/problem.ts";
import { deleteHost } from "../store/hosts.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { deleteHostTree, hostFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { asOne, recordAudit } from "./audit.ts";
import { hostContext, rootHere } from "./host-context.ts";
import { whenOver } from "./rounds.ts";
import { busyProblem, settleHost } from "./settle-lost-run.ts";

export interface RemovedHost {
  readonly name: string;
  readonly snapshots: number;
  readonly deleted: boolean;
  /** Where kept snapshots lie. */
  readonly folder: string;
  /** Deleting goes on after the answer. */
  readonly deleting?: true;
}

/** Deletes for as long as it takes. */
const NEVER_LATE_MS = 2 ** 31 - 1;

/**
 * Refuses while a run owns the host, and when there are snapshots but it was not said what becomes of them.
 *
 * SQL first: should the deletion be interrupted, what is left on disk is found again by discovery.
 *
 * @param waitMs how long somebody waits for the deletion; what is not deleted by then goes on being deleted
 */
export async function removeHost(
  app: App,
  name: string,
  snapshots: "keep" | "delete" | "unsaid",
  waitMs = NEVER_LATE_MS,
): Promise<RemovedHost> {
  const context = await hostContext(app, name);
  const { host, site } = context;
  const held = await settleHost(app, context);
  if (held !== null) throw busyProblem(name, held);
  const count = (await listSnapshots(app.db, { hostId: host.id, states: ["complete", "removing"] })).length;
  if (count > 0 && snapshots === "unsaid")
    throw new Problem(
      "confirmation_needed",
      `${name} has ${countText(count, "snapshot")}; say what becomes of them.`,
      {
        hint: `pobsync remove-host ${name} --yes --keep-snapshots, or --delete-snapshots`,
      },
    );
  if (snapshots === "delete") await rootHere(site);
  await asOne(app, async (tx) => {
    if (!(await deleteHost(tx.db, host.id)))
      throw new Problem("host_busy", `A run of ${name} began at this moment; nothing was removed.`);
    const detail = { snapshots: count, deleted: snapshots === "delete" };
    await recordAudit(tx, { action: "host.removed", subjectKind: "host", subject: name, detail });
  });
  const isOver = snapshots !== "delete" || (await deleteWithin(app, site.backupRoot, name, waitMs));
  return {
    name,
    snapshots: count,
    deleted: snapshots === "delete",
    folder: hostFolder(site.backupRoot, name),
    ...(isOver ? {} : { deleting: true }),
  };
}

/** Whether it is over in time. What fails after that nobody waits for any more, so that the audit has it. */
async function deleteWithin(app: App, root: string, name: string, waitMs: number): Promise<boolean> {
  let isOver = false;
  let isLate = false;
  const deletion = deleteHostTree(root, name).then(
    () => {
      isOver = true;
    },
    async (error: unknown) => {
      if (!isLate) throw error;
      const detail = { ...factsOf(asProblem(error)) };
      await recordAudit(app, { action: "host.deletion_failed", subjectKind: "host", subject: name, detail });
    },
  );
  await whenOver(waitMs, null, [deletion]);
  isLate = !isOver;
  return isOver;
}
