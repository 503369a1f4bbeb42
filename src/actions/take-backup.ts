// The story of one backup: look, transfer, judge, publish. The run is claimed already, and its owner keeps the lease.
import type { EffectiveSettings } from "../domain/effective-settings.ts";
import { pathBytes } from "../domain/path-text.ts";
import { asProblem, factsOf, Problem } from "../domain/problem.ts";
import type { Phase, Progress, Run } from "../domain/run.ts";
import type { SnapshotKind, SnapshotStatus } from "../domain/snapshot.ts";
import { METADATA_VERSION, metadataText, type TransferStats } from "../domain/snapshot-metadata.ts";
import { judgeTransfer } from "../domain/transfer-verdict.ts";
import type { NewSnapshot } from "../store/snapshots.ts";
import { requireRoom, requireRoot, roomOn } from "../system/backup-root.ts";
import { syncFileSystem } from "../system/durable.ts";
import { stampWorkplace, tidyWorkplace, usableLeftovers } from "../system/leftover.ts";
import { askLocalRsync } from "../system/local-rsync.ts";
import { sourceList, transferArgs } from "../system/rsync-args.ts";
import { openRunLog } from "../system/run-log.ts";
import {
  dataFolder,
  hostFolder,
  makeWorkplace,
  publish,
  type Workplace,
  writeMetadata,
} from "../system/snapshot-tree.ts";
import { runTransfer, type TransferResult } from "../system/transfer.ts";
import type { App } from "./app.ts";
import { type Base, chooseBase, guardProblems } from "./backup-guards.ts";
import type { HostContext } from "./host-context.ts";
import { probeHost, type ReachedHost, reachHost } from "./reach-host.ts";
import { runHook } from "./run-hook.ts";

/** How the runner follows the work and steers it. */
export interface BackupControl {
  readonly onPhase: (phase: Phase) => Promise<void>;
  readonly onBase: (name: string | null) => Promise<void>;
  readonly onProgress: (progress: Progress) => void;
  readonly note: (text: string) => void;
  /** Aborted with a Problem as its reason: cancelled, interrupted, lease lost. */
  readonly stop: AbortSignal;
  /** Proves once more that the run is still ours, right before the snapshot gets its name. */
  readonly requireLease: () => Promise<void>;
}

export interface BackupMade {
  readonly snapshot: NewSnapshot;
  readonly stats: TransferStats;
  readonly warnings: readonly Problem[];
}

/** Makes a snapshot, published on disk and not yet on record. Throws the Problem that stopped it. */
export async function takeBackup(
  app: App,
  context: HostContext,
  run: Run,
  kind: SnapshotKind,
  control: BackupControl,
): Promise<BackupMade> {
  const { host, site, effective } = context;
  await control.onPhase("probing");
  await requireRoot(site.backupRoot, site.rootId);
  await requireRoom(site.backupRoot, site.minFreePercent);
  control.stop.throwIfAborted();
  const reached = await reachHost(app, context, control.note);
  try {
    await probeHost(context, reached);
    const base = await chooseBase(app, site.backupRoot, host);
    await control.onBase(base?.snapshot.name ?? null);
    const workplace = await makeWorkplace(site.backupRoot, host.name, run.id);
    const { result, hookWarnings } = await withHooks(effective, reached, control, () =>
      transfer(context, run, reached, base, workplace, control),
    );
    const warnings = await judge(context, run, reached, result, base, workplace, control);
    const status: SnapshotStatus = warnings.length + hookWarnings.length === 0 ? "succeeded" : "warning";
    const snapshot: NewSnapshot = {
      hostId: host.id,
      name: run.snapshot as string,
      kind,
      status,
      startedAt: run.startedAt as Date,
      finishedAt: app.clock(),
      base: base?.snapshot.name ?? null,
      files: result.stats.files,
      bytes: result.stats.bytes,
      newBytes: result.stats.newBytes,
      runId: run.id,
    };
    await finishOnDisk(
      app,
      context,
      workplace,
      snapshot,
      result.stats,
      [...warnings, ...hookWarnings],
      control,
    );
    return { snapshot, stats: result.stats, warnings: [...warnings, ...hookWarnings] };
  } finally {
    await reached.close();
  }
}

/** The pre hook may stop the backup; the post hook always runs once the pre hook was started. */
async function withHooks<T>(
  effective: EffectiveSettings,
  reached: ReachedHost,
  control: BackupControl,
  work: () => Promise<T>,
) {
  const { preHook, postHook, hookFailure, hookTimeoutSeconds } = effective.values;
  const hookWarnings: Problem[] = [];
  const run = async (which: "pre" | "post", hook: string | null): Promise<void> => {
    if (hook === null) return;
    await control.onPhase(which === "pre" ? "pre-hook" : "post-hook");
    const problem = await runHook(which, hook, reached, hookTimeoutSeconds);
    if (problem === null) return;
    if (which === "pre" && hookFailure === "fail") throw problem;
    hookWarnings.push(problem);
  };
  let result: T;
  try {
    await run("pre", preHook);
    result = await work();
  } catch (error) {
    await run("post", postHook).catch(() => {});
    throw error;
  }
  await run("post", postHook);
  return { result, hookWarnings };
}

async function transfer(
  { host, site, effective }: HostContext,
  run: Run,
  reached: ReachedHost,
  base: Base | null,
  workplace: Workplace,
  control: BackupControl,
): Promise<TransferResult> {
  await control.onPhase("transferring");
  await stampWorkplace(workplace);
  const older = await usableLeftovers(site.backupRoot, host.name, run.id, workplace);
  const settings = effective.values;
  const argv = transferArgs(
    {
      origin: reached.origin,
      settings,
      leaveOut: host.transport === "local" ? [site.backupRoot] : [],
      target: workplace.data,
      partialDir: workplace.partial,
      linkDests: [
        ...(base === null ? [] : [dataFolder(site.backupRoot, host.name, base.snapshot.name)]),
        ...older,
      ],
      confineRoot: hostFolder(site.backupRoot, host.name),
      dryRun: false,
    },
    await askLocalRsync(),
  );
  const log = openRunLog(workplace.log);
  try {
    const sources = sourceList(settings.sources.map((source) => pathBytes(source) ?? new Uint8Array()));
    return await runTransfer(argv, sources, {
      onProgress: control.onProgress,
      stop: control.stop,
      stallTimeoutMs: settings.stallTimeoutSeconds * 1000,
      log,
    });
  } finally {
    await log.close();
  }
}

/** May this tree become a snapshot? Returns the warnings it gets; throws the Problem that forbids it. */
async function judge(
  { host, site, effective }: HostContext,
  run: Run,
  reached: ReachedHost,
  result: TransferResult,
  base: Base | null,
  workplace: Workplace,
  control: BackupControl,
): Promise<Problem[]> {
  control.stop.throwIfAborted();
  if (result.stalled)
    throw new Problem("no_progress", `Nothing moved for ${effective.values.stallTimeoutSeconds} seconds.`, {
      detail: result.lastWords || null,
    });
  const { freeBytes, freeInodes } = await roomOn(site.backupRoot);
  const verdict = judgeTransfer({
    ...result,
    freeBytes,
    freeInodes,
    connectionProblem: reached.connection?.broken() ?? null,
  });
  if (!verdict.good) throw verdict.problem;
  return [
    ...verdict.warnings,
    ...(await guardProblems(site, host, effective.values, run, result.stats, base, workplace)),
  ];
}

/** Flush, describe, and give it its name. After this line the snapshot exists, whatever happens to us. */
async function finishOnDisk(
  app: App,
  { host, site, effective }: HostContext,
  workplace: Workplace,
  snapshot: NewSnapshot,
  stats: TransferStats,
  warnings: readonly Problem[],
  control: BackupControl,
): Promise<void> {
  await control.onPhase("flushing");
  await tidyWorkplace(workplace);
  const { name, kind, status, startedAt, finishedAt, base, runId } = snapshot;
  const metadata = {
    version: METADATA_VERSION,
    host: host.name,
    name,
    kind,
    status,
    startedAt,
    finishedAt,
    runId,
    base,
  };
  const { sources } = effective.values;
  await writeMetadata(
    workplace,
    metadataText({ ...metadata, sources, stats, warnings: warnings.map(factsOf) }, app.version),
  );
  await syncFileSystem(workplace.path);
  control.stop.throwIfAborted();
  await control.onPhase("publishing");
  await control.requireLease();
  await publish(site.backupRoot, host.name, workplace, name).catch((error: unknown) => {
    throw asProblem(error);
  });
}
