// Fetching from a host what it may still have as it was: all that is wanted, with one rsync.
import { rateAt } from "../domain/bandwidth.ts";
import { Problem } from "../domain/problem.ts";
import { durationText } from "../domain/quantity.ts";
import { judgeTransfer } from "../domain/transfer-verdict.ts";
import { roomOn } from "../system/backup-root.ts";
import { fetchArgs } from "../system/fetch-args.ts";
import type { RepairFolder } from "../system/repair-folder.ts";
import { sourceList } from "../system/rsync-args.ts";
import type { RunLog } from "../system/run-log.ts";
import type { View } from "../system/sandbox-args.ts";
import { rsyncStarter } from "../system/sandboxed-rsync.ts";
import { runTransfer } from "../system/transfer.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import { type ReachedHost, reachHost } from "./reach-host.ts";
import { findReceiver } from "./receive.ts";

export interface Wanted {
  /** The host's absolute path. */
  readonly path: Buffer;
  readonly size: number;
}

/** A file may have grown while it was sent. Beyond that a host sends what nobody asked for. */
const SURPLUS_BYTES = 64 * 1024 * 1024;

/** How many bytes may be fetched without taking what is to stay free on the backup disk. */
export async function roomForRepair(root: string, minFreePercent: number): Promise<number> {
  const { freeBytes, totalBytes } = await roomOn(root);
  return Math.max(0, freeBytes - Math.ceil((totalBytes * minFreePercent) / 100));
}

/**
 * Fetches files below `folder.files`. What is missing there afterwards the host no longer has, or the Problem that is
 * returned kept it from coming.
 */
export async function fetchForRepair(
  app: App,
  context: HostContext,
  folder: RepairFolder,
  wanted: readonly Wanted[],
  control: RunControl,
  log: RunLog,
): Promise<Problem | null> {
  try {
    const reached = await reachHost(app, context, control);
    try {
      await fetch(app, context, reached, folder, wanted, control, log);
      return null;
    } finally {
      await reached.close();
    }
  } catch (error) {
    control.stop.throwIfAborted();
    // The damage is told all the same, together with the reason why the host could not help.
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** Throws the Problem for which not all came that there is. */
async function fetch(
  app: App,
  { site, host, effective }: HostContext,
  { origin, connection }: ReachedHost,
  folder: RepairFolder,
  wanted: readonly Wanted[],
  control: RunControl,
  log: RunLog,
): Promise<void> {
  const bwlimit = rateAt(effective.values, app.clock());
  const { remoteRsync, stallTimeoutSeconds } = effective.values;
  const maxBytes = wanted.reduce((most, { size }) => Math.max(most, size), 0);
  const limitBytes = wanted.reduce((sum, { size }) => sum + size, SURPLUS_BYTES);
  const tooMuch = new AbortController();
  const { sandbox } = await findReceiver(host.transport === "local" ? null : folder.files, site.sandbox);
  const views: View[] = [{ folder: folder.files, at: "/h", isWritable: true }];
  const start = rsyncStarter(sandbox, origin, views, (from) =>
    fetchArgs({ ...from, remoteRsync, bwlimit, maxBytes, target: from.place(folder.files) }),
  );
  const result = await runTransfer(start, sourceList(wanted.map(({ path }) => path)), {
    onProgress: (progress) => {
      if (progress.bytes > limitBytes) tooMuch.abort();
      control.onProgress(progress);
    },
    stop: AbortSignal.any([control.stop, tooMuch.signal]),
    stallTimeoutMs: stallTimeoutSeconds * 1000,
    log,
    outputFile: folder.output,
    isLocal: host.transport === "local",
  });
  control.stop.throwIfAborted();
  if (tooMuch.signal.aborted)
    throw new Problem("transfer_failed", `${host.name} sent more than it was asked for.`);
  if (result.stalled)
    throw new Problem("no_progress", `Nothing moved for ${durationText(stallTimeoutSeconds)}.`, {
      detail: result.lastWords || null,
    });
  const connectionProblem = connection?.broken() ?? null;
  const verdict = judgeTransfer({ ...result, ...(await roomOn(site.backupRoot)), connectionProblem });
  // What the host does not have, or does not show, is no reason to doubt the rest.
  if (!verdict.good) throw verdict.problem;
}
