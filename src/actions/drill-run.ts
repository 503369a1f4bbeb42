// What runs of kind `drill` do: restore a sample and the canaries, compare them with the catalog, let a command check them.
import { type Catalog, indexedSnapshots, openCatalog } from "../catalog/catalog.ts";
import { entriesAt, sampleOf } from "../catalog/sample.ts";
import {
  type DrillCommand,
  type DrillFinding,
  type DrillOrder,
  type DrillResult,
  drillProblem,
  type Expected,
  FINDINGS_MAX,
  findingLine,
} from "../domain/drill.ts";
import { pathBytes, pathText } from "../domain/path-text.ts";
import { asProblem, Problem } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import { holdAlso } from "../store/snapshot-claims.ts";
import { findSnapshot } from "../store/snapshots.ts";
import { roomOn } from "../system/backup-root.ts";
import { catalogFile } from "../system/catalog-file.ts";
import { diskProblem } from "../system/disk-problem.ts";
import { type DrillFolder, makeDrillFolder, removeDrillFolder, sweepDrills } from "../system/drill-folder.ts";
import type { RunLog } from "../system/run-log.ts";
import { dataFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { compareRestored } from "./compare-restored.ts";
import { checkWithCommand } from "./drill-command.ts";
import { drillTransfer } from "./drill-transfer.ts";
import { type HostContext, rootHere } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import { livingRuns } from "./run-fate.ts";
import { syncCatalog } from "./sync-catalog.ts";

export interface DrillDone {
  readonly problem: Problem | null;
  readonly warnings: readonly Problem[];
  readonly result: DrillResult;
}

interface Drill {
  readonly app: App;
  readonly context: HostContext;
  readonly order: DrillOrder;
  readonly root: string;
  readonly fakeSuper: boolean;
  readonly control: RunControl;
  readonly log: RunLog;
}

/** What is restored: canaries first, each entry once. */
interface Chosen {
  readonly sample: readonly Expected[];
  readonly canaries: readonly Expected[];
  readonly passedOver: number;
  /** Declared canaries that the snapshot does not have. */
  readonly absent: readonly string[];
}

/** Throws the Problem for which nothing could be tried; what was found is in what it returns. */
export async function drillHost(
  app: App,
  context: HostContext,
  run: Run,
  control: RunControl,
  log: RunLog,
): Promise<DrillDone> {
  const { task } = run.options;
  if (task?.do !== "drill")
    throw new Problem("internal_error", `Run ${run.id} does not say what is to be tried.`);
  const { host, site } = context;
  const root = await rootHere(site);
  await control.onPhase("restoring");
  const snapshot = await findSnapshot(app.db, host.id, task.snapshot);
  if (snapshot === null || snapshot.state !== "complete")
    throw new Problem("not_found", `${host.name} has no complete snapshot ${task.snapshot}.`, {
      hint: `pobsync snapshots ${host.name} lists what is there.`,
    });
  await holdAlso(app.db, run.id, snapshot.id);
  await sweepDeadDrills(app, root, context);
  const { fakeSuper } = snapshot;
  const drill = { app, context, order: task, root, fakeSuper, control, log };
  const chosen = await choose(drill);
  const bytes = [...chosen.sample, ...chosen.canaries].reduce((sum, { size }) => sum + size, 0);
  await requireRoom(root, site.minFreePercent, bytes);
  const folder = await makeDrillFolder(root, host.name, run.id);
  try {
    return await tryOut(drill, chosen, folder, bytes);
  } finally {
    // What was found out must not be lost over it; the next drill of the host sweeps what is left.
    await removeDrillFolder(root, host.name, folder).catch((error: unknown) => {
      control.note(`What was restored could not be removed: ${asProblem(diskProblem(error)).message}`);
    });
  }
}

/** What drills that were killed have left of a host goes. What cannot be tidied is left for the next one. */
export async function sweepDeadDrills(app: App, root: string, { host }: Pick<HostContext, "host">) {
  const living = await livingRuns(app, host.id);
  await sweepDrills(root, host.name, (runId) => living.has(runId)).catch(() => {});
}

async function choose({ app, context, order, root, control }: Drill): Promise<Chosen> {
  const { host, effective } = context;
  await syncCatalog(app, root, host, { stop: control.stop });
  const catalog = openCatalog(catalogFile(root, host.name), "read");
  try {
    const place = indexedSnapshots(catalog).find(({ name }) => name === order.snapshot);
    if (place === undefined)
      throw new Problem("catalog_unusable", `${order.snapshot} of ${host.name} could not be indexed.`, {
        hint: `Is it on the disk? pobsync discover-snapshots --host ${host.name}`,
      });
    const { entries, passedOver } = await sampleOf(catalog, place.seq, order, control.stop);
    const { found, absent } = canariesIn(catalog, effective.values.canaries, place.seq);
    const isCanary = new Set(found.map(({ path }) => keyOf(path)));
    const sample = entries.filter(({ path }) => !isCanary.has(keyOf(path)));
    return { sample, canaries: found, passedOver, absent };
  } finally {
    catalog.close();
  }
}

const keyOf = (path: Uint8Array): string => Buffer.from(path).toString("latin1");

function canariesIn(catalog: Catalog, declared: readonly string[], seq: number) {
  const found = new Map<string, Expected>();
  const absent: string[] = [];
  for (const path of declared) {
    const entries = entriesAt(catalog, Buffer.from(pathBytes(path) ?? new Uint8Array()).subarray(1), seq);
    if (entries.length === 0) absent.push(path);
    for (const entry of entries) found.set(keyOf(entry.path), entry);
  }
  return { found: [...found.values()], absent };
}

/** What backups need to begin stays free. */
async function requireRoom(root: string, minFreePercent: number, bytes: number): Promise<void> {
  const { freeBytes, totalBytes } = await roomOn(root);
  const spare = freeBytes - (totalBytes * minFreePercent) / 100;
  if (bytes > spare)
    throw new Problem("server_disk_full", "There is no room on the backup disk to restore the sample.", {
      hint: "Free space on the backup disk, or try fewer files: pobsync drill HOST --files 10",
      detail: `The sample takes ${bytes} bytes, and ${Math.max(0, Math.floor(spare))} may be used.`,
    });
}

async function tryOut(drill: Drill, chosen: Chosen, folder: DrillFolder, bytes: number): Promise<DrillDone> {
  const { app, context, order, root, control, log, fakeSuper } = drill;
  const { sample, canaries, passedOver, absent } = chosen;
  const tree = { tree: dataFolder(root, context.host.name, order.snapshot), fakeSuper };
  const all = [...canaries, ...sample];
  await drillTransfer(context, tree, folder, all, control, log);
  await control.onPhase("checking");
  const compared = await compareRestored(
    app,
    { data: tree.tree, files: folder.files, fakeSuper, expected: all },
    control.stop,
  );
  const faults: DrillFinding[] = [
    ...absent.map((path) => ({
      ...({ path, canary: true, fault: "not-in-snapshot" } as const),
      ...{ expected: null, found: null },
    })),
    ...compared.map(({ at, ...one }) => ({
      ...{ path: pathText(Buffer.concat([SLASH, all[at]?.path ?? SLASH])), canary: at < canaries.length },
      ...one,
    })),
  ];
  const tried: Omit<DrillResult, "command"> = {
    ...{ snapshot: order.snapshot, seed: order.seed, bytes, passedOver },
    ...{ sampled: sample.length, canaries: canaries.length },
    withoutChecksum: all.filter(({ type, checksum }) => type === "f" && checksum === null).length,
    ...{ faults: faults.length, findings: faults.slice(0, FINDINGS_MAX) },
  };
  for (const fault of faults.slice(0, FINDINGS_MAX)) control.note(findingLine(fault));
  const command = await check(drill, folder);
  const result = { ...tried, command };
  return { problem: drillProblem(context.host.name, result), warnings: [], result };
}

async function check({ context, control, log }: Drill, folder: DrillFolder): Promise<DrillCommand | null> {
  const { drillCommand, drillTimeoutSeconds } = context.effective.values;
  if (drillCommand === null) return null;
  await control.onPhase("testing");
  try {
    return await checkWithCommand(drillCommand, folder.files, drillTimeoutSeconds, control.stop, log);
  } catch (error) {
    throw control.stop.aborted ? asProblem(control.stop.reason) : asProblem(diskProblem(error));
  }
}

const SLASH = Buffer.from("/");
