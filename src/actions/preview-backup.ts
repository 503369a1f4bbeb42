// A dry run: the same probe, the same arguments, and rsync's own --dry-run. Nothing is written anywhere.

import { usesFakeSuper, withFakeSuper } from "../domain/fake-super.ts";
import { pathBytes } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import type { TransferStats } from "../domain/snapshot-metadata.ts";
import { judgeTransfer } from "../domain/transfer-verdict.ts";
import { roomOn } from "../system/backup-root.ts";
import { makePrivateFolder } from "../system/private-folder.ts";
import { sourceList, transferArgs } from "../system/rsync-args.ts";
import { openRunLog } from "../system/run-log.ts";
import type { View } from "../system/sandbox-args.ts";
import { rsyncStarter } from "../system/sandboxed-rsync.ts";
import { dataFolder } from "../system/snapshot-tree.ts";
import { runTransfer } from "../system/transfer.ts";
import type { App } from "./app.ts";
import { chooseBase } from "./backup-guards.ts";
import { hostContext, rootHere } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";
import { probeHost, reachHost } from "./reach-host.ts";
import { findReceiver } from "./receive.ts";

export interface BackupPreview {
  readonly base: string | null;
  readonly stats: TransferStats;
  readonly warnings: readonly Problem[];
}

/** What a backup would transfer now. `newFiles` and `newBytes` are what would arrive anew. */
export async function previewBackup(
  app: App,
  hostName: string,
  observer: RunObserver,
): Promise<BackupPreview> {
  const context = await hostContext(app, hostName);
  const { host, site, effective } = context;
  const root = await rootHere(site);
  observer.onPhase?.("probing");
  const stop = observer.stop ?? new AbortController().signal;
  const reached = await reachHost(app, context, { note: (text) => observer.onNote?.(text), stop });
  const folder = await makePrivateFolder();
  try {
    const local = host.transport === "local";
    const receiver = await findReceiver(local ? null : folder.path, site.sandbox);
    await probeHost(context, reached, receiver.sandbox);
    const fakeSuper = usesFakeSuper(effective.values, process.getuid?.() === 0);
    const base = await chooseBase(app, root, host, fakeSuper);
    observer.onPhase?.("transferring");
    const baseTree = base === null ? null : dataFolder(root, host.name, base.snapshot.name);
    const views: View[] = [
      { folder: folder.path, at: "/h", isWritable: false },
      ...(baseTree === null ? [] : [{ folder: baseTree, at: "/r0" as const, isWritable: false }]),
    ];
    const start = rsyncStarter(receiver.sandbox, reached.origin, views, ({ origin, place, isSandboxed }) =>
      transferArgs(
        {
          origin,
          settings: withFakeSuper(effective.values, fakeSuper),
          leaveOut: local ? [root] : [],
          target: `${place(folder.path)}/data`,
          partialDir: `${place(folder.path)}/partial`,
          linkDests: baseTree === null ? [] : [place(baseTree)],
          // Nothing is written, but the base lies in the host's folder and the empty target does not.
          confineRoot: "/",
          dryRun: true,
          isSandboxed,
        },
        receiver.rsync,
      ),
    );
    const log = openRunLog("/dev/null");
    const sources = sourceList(effective.values.sources.map(pathBytes));
    const stallTimeoutMs = effective.values.stallTimeoutSeconds * 1000;
    const result = await runTransfer(start, sources, {
      onProgress: (seen) => observer.onProgress?.(seen),
      stop,
      stallTimeoutMs,
      log,
      outputFile: `${folder.path}/out`,
      isLocal: local,
    });
    await log.close();
    stop.throwIfAborted();
    if (result.stalled) throw new Problem("no_progress", "Nothing moved for the whole stall timeout.");
    const room = await roomOn(root);
    const verdict = judgeTransfer({
      ...result,
      ...room,
      connectionProblem: reached.connection?.broken() ?? null,
    });
    if (!verdict.good) throw verdict.problem;
    return { base: base?.snapshot.name ?? null, stats: result.stats, warnings: verdict.warnings };
  } finally {
    await folder.remove();
    await reached.close();
  }
}
