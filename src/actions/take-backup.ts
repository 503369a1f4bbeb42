// The story of one backup: look, transfer, judge, publish. The run is claimed already, and its owner keeps the lease.
import { anomalyOf } from "../domain/anomaly.ts";
import { rateAt } from "../domain/bandwidth.ts";
import { usesFakeSuper } from "../domain/fake-super.ts";
import { configurationOf } from "../domain/host-configuration.ts";
import { factsOf, Problem } from "../domain/problem.ts";
import { durationText } from "../domain/quantity.ts";
import type { Run } from "../domain/run.ts";
import type { SnapshotKind } from "../domain/snapshot.ts";
import { METADATA_VERSION, metadataText, type TransferStats } from "../domain/snapshot-metadata.ts";
import { judgeTransfer } from "../domain/transfer-verdict.ts";
import type { NewSnapshot } from "../store/snapshots.ts";
import { requireAttributes } from "../system/attribute-support.ts";
import { requireRoom, roomOn } from "../system/backup-root.ts";
import { flushOnTheWay, syncFileSystem } from "../system/flush.ts";
import { dropUselessHalves } from "../system/half-files.ts";
import { stampWorkplace, tidyWorkplace, unstampWorkplace, usableLeftovers } from "../system/leftover.ts";
import { linkLog } from "../system/log-shelf.ts";
import type { ProbeAnswer } from "../system/probe.ts";
import type { RunLog } from "../system/run-log.ts";
import {
  dataFolder,
  hostFolder,
  makeWorkplace,
  publish,
  type Workplace,
  writeMetadata,
} from "../system/snapshot-tree.ts";
import { closeSubvolume, isSubvolume } from "../system/subvolume.ts";
import type { TransferResult } from "../system/transfer.ts";
import { adapted } from "./adapt-transfer.ts";
import type { App } from "./app.ts";
import { type Base, chooseBase, leftOutWarnings, requireFullSources, sizeWarnings } from "./backup-guards.ts";
import { beginAttempt } from "./begin-attempt.ts";
import { endedAttempts } from "./ended-attempts.ts";
import { findSiblings } from "./find-siblings.ts";
import { guardTransfer } from "./guard-transfer.ts";
import { type HostContext, rootHere } from "./host-context.ts";
import { hostLimits } from "./host-limits.ts";
import type { RunControl } from "./keep-lease.ts";
import { anomalyWarnings } from "./look-for-anomalies.ts";
import { probeHost, type ReachedHost, reachHost } from "./reach-host.ts";
import { findReceiver, protectionOf, type Receiver, receive } from "./receive.ts";
import { withHooks } from "./run-hook.ts";

/** How a backup reports and is steered; `openLog` begins the run's log once the root is known to be there. */
export interface BackupControl extends RunControl {
  readonly openLog: (root: string) => Promise<RunLog>;
}

/** What has been asked for: a claimed run, and the kind of snapshot it makes. */
export interface BackupOrder {
  readonly run: Run & { readonly snapshot: string; readonly startedAt: Date };
  readonly kind: SnapshotKind;
}

export interface BackupMade {
  readonly snapshot: NewSnapshot;
  readonly stats: TransferStats;
  readonly warnings: readonly Problem[];
}

/** Everything one attempt has in hands once the host is reached. */
interface Attempt extends HostContext, BackupOrder {
  /** The backup root's real path. */
  readonly root: string;
  readonly control: BackupControl;
  readonly log: RunLog;
  readonly reached: ReachedHost;
  /** Of the host. */
  readonly answer: ProbeAnswer;
  readonly base: Base | null;
  readonly fakeSuper: boolean;
  /** Earlier runs that left something behind. */
  readonly ended: readonly number[];
  readonly workplace: Workplace;
}

/** Makes a snapshot, published on disk and not yet on record. Throws the Problem that stopped it. */
export async function takeBackup(
  app: App,
  context: HostContext,
  order: BackupOrder,
  control: BackupControl,
): Promise<BackupMade> {
  const { host, site } = context;
  const fakeSuper = usesFakeSuper(context.effective.values, process.getuid?.() === 0);
  await control.onPhase("probing");
  const root = await rootHere(site);
  const log = await control.openLog(root);
  await requireRoom(root, site.minFreePercent);
  // Tried while ssh shakes hands; what comes of it is wanted, and its failure thrown, only later.
  const receiver = findReceiver(
    host.transport === "local" ? null : hostFolder(root, host.name),
    site.sandbox,
  );
  receiver.catch(() => {});
  const reached = await reachHost(app, context, control);
  try {
    const found = await receiver;
    const [base, answer] = await Promise.all([
      chooseBase(app, root, host, fakeSuper),
      probeHost(context, reached, found.sandbox),
    ]);
    await control.onBase(base?.snapshot.name ?? null);
    const ended = await endedAttempts(app, root, host.name);
    const workplace = await beginAttempt(
      { settings: context.effective.values, log, control },
      await makeWorkplace(root, host.name, order.run.id),
      base === null ? null : dataFolder(root, host.name, base.snapshot.name),
    );
    if (fakeSuper) await requireAttributes(workplace.path);
    const hands = { root, control, log, reached, answer, base, fakeSuper, ended, workplace };
    const attempt: Attempt = { ...context, ...order, ...hands };
    await control.onSandbox(protectionOf(found));
    const hooked = await withHooks(context.effective.values, reached, control.onPhase, () =>
      transfer(app, attempt, found),
    );
    const warnings = [...(await judge(app, attempt, hooked.result)), ...hooked.warnings];
    return await finishOnDisk(app, attempt, hooked.result, warnings);
  } finally {
    await reached.close();
  }
}

/** `logTellsAll`: nothing was taken from elsewhere than the base, so what rsync says is the whole difference. */
type Transferred = TransferResult & { readonly logTellsAll: boolean };

async function transfer(app: App, attempt: Attempt, receiver: Receiver): Promise<Transferred> {
  const { host, root, reached, base, workplace, control, log } = attempt;
  await control.onPhase("transferring");
  await stampWorkplace(workplace);
  const leftovers = await usableLeftovers(root, host.name, attempt.ended, workplace);
  if (await dropUselessHalves(workplace))
    void log.writeImportant(
      `! rsync ${receiver.rsync.version} here can't continue a half-sent file: all of it is sent again\n`,
    );
  const { settings, ...ways } = await adapted(attempt, rateAt(attempt.effective.values, app.clock()));
  // rsync takes it when it starts, and cannot be told another one later.
  await control.onRateLimit(settings.bwlimit);
  const reception = {
    origin: reached.origin,
    settings,
    leaveOut: host.transport === "local" ? [root] : [],
    folder: hostFolder(root, host.name),
    workplace,
    base: base === null ? null : dataFolder(root, host.name, base.snapshot.name),
    ...{ ...ways, leftovers, dial: reached.dial, note: control.note },
    siblings: await findSiblings(app, attempt, receiver.sandbox),
  };
  const limits = await hostLimits(app, attempt, base === null, control.stop);
  const guard = guardTransfer({ root, workplace }, limits, attempt.site.minFreePercent, control.stop);
  const flush = flushOnTheWay(workplace.path);
  const result = await receive(receiver, reception, {
    onProgress: (progress) => {
      flush.onBytes(progress.bytes);
      control.onProgress(progress);
    },
    onSeen: guard.onSeen,
    stop: guard.stop,
    stallTimeoutMs: settings.stallTimeoutSeconds * 1000,
    log,
    outputFile: workplace.output,
    isLocal: host.transport === "local",
  }).finally(() => {
    guard.end();
    flush.end();
  });
  control.stop.throwIfAborted();
  await guard.settle({ entries: result.stats.files, newBytes: result.stats.newBytes });
  // Beside nothing, everything would be new.
  const stats = base === null ? result.stats : { ...result.stats, createdFiles: result.changes.created };
  return { ...result, stats, logTellsAll: leftovers.received.length + leftovers.linked.length === 0 };
}

/** May this tree become a snapshot? Returns the warnings it gets; throws the Problem that forbids it. */
async function judge(app: App, attempt: Attempt, result: TransferResult): Promise<Problem[]> {
  const { effective, host, run, root, base, workplace, reached, control } = attempt;
  control.stop.throwIfAborted();
  if (result.stalled)
    throw new Problem(
      "no_progress",
      `Nothing moved for ${durationText(effective.values.stallTimeoutSeconds)}.`,
      {
        detail: result.lastWords || null,
      },
    );
  const room = await roomOn(root);
  const connectionProblem = reached.connection?.broken() ?? null;
  const verdict = judgeTransfer({ ...result, ...room, connectionProblem });
  if (!verdict.good) throw verdict.problem;
  const sizes = sizeWarnings(attempt, result.stats);
  const shrank = sizes.some(({ code }) => code === "snapshot_shrunk");
  const { sources } = effective.values;
  const tree = { root, host, sources, base, startedAt: run.startedAt, data: workplace.data };
  return [
    ...verdict.warnings,
    ...(await requireFullSources(attempt, result.complaints.hostPaths)),
    ...sizes,
    ...leftOutWarnings(attempt, result.tooLarge),
    ...(await anomalyWarnings(app, tree, result, shrank)),
  ];
}

/** Flush, describe, and give it its name. After that the snapshot exists, whatever happens to us. */
async function finishOnDisk(
  app: App,
  attempt: Attempt,
  { stats, logTellsAll }: Transferred,
  warnings: readonly Problem[],
): Promise<BackupMade> {
  const { host, effective, run, root, kind, base, fakeSuper, reached, workplace, control, log } = attempt;
  await control.onPhase("flushing");
  await tidyWorkplace(workplace);
  if (await isSubvolume(workplace.data)) await closeSubvolume(workplace.data);
  // Closed before the snapshot has it too: nothing in a published snapshot is ever written again.
  await log.close();
  await linkLog(root, host.name, run.id, workplace.log);
  const facts = {
    name: run.snapshot,
    kind,
    status: warnings.length === 0 ? "succeeded" : "warning",
    startedAt: run.startedAt,
    finishedAt: app.clock(),
    base: base?.snapshot.name ?? null,
    runId: run.id,
  } as const;
  const metadata = {
    version: METADATA_VERSION,
    host: host.name,
    ...facts,
    sources: effective.values.sources,
    stats,
    warnings: warnings.map(factsOf),
    logTellsAll,
    configuration: configurationOf({ ...host, hostKeys: reached.hostKeys }),
    adopted: null,
    fakeSuper,
  };
  await writeMetadata(workplace, metadataText(metadata, app.version));
  await syncFileSystem(workplace.path);
  await control.onPhase("publishing");
  await control.requireLease();
  await unstampWorkplace(workplace);
  await publish(root, host.name, workplace, run.snapshot);
  const { files, bytes, newBytes } = stats;
  const anomaly = anomalyOf(warnings);
  const recorded = { hostId: host.id, ...facts, files, bytes, newBytes, anomaly, fakeSuper };
  return { snapshot: recorded, stats, warnings };
}
