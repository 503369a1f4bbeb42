// From domain types to the shapes of the contract.

import type { HostDetail } from "../actions/describe-host.ts";
import type { HostSummary } from "../actions/list-hosts.ts";
import type {
  HostDetailJson,
  HostJson,
  ListedRunJson,
  RunJson,
  SiteJson,
  SnapshotJson,
  WaitingJson,
  WorkerJson,
} from "../contract/types.ts";
import { verdictJson } from "../domain/anomaly.ts";
import { effectiveSettings } from "../domain/effective-settings.ts";
import { healthRuleWords } from "../domain/health.ts";
import type { ShownPing } from "../domain/ping.ts";
import { factsOf } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { SettingsLayer } from "../domain/settings.ts";
import type { Site } from "../domain/site.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { Waiting } from "../domain/waiting.ts";
import type { SeenWorker } from "../store/workers.ts";
import { anomalyJson } from "./anomaly-shapes.ts";
import { identityJson } from "./enroll-shapes.ts";
import { proofJson } from "./proof-shapes.ts";

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null;

export const runJson = (run: Run): RunJson => ({
  id: run.id,
  host: run.host,
  kind: run.kind,
  trigger: run.trigger,
  status: run.status,
  attempt: run.attempt,
  retryOf: run.retryOf,
  schedule: run.scheduleId,
  availableAt: run.availableAt.toISOString(),
  cancelRequestedAt: iso(run.cancelRequestedAt),
  requestedBy: run.requestedBy,
  queuedAt: run.queuedAt.toISOString(),
  dueAt: iso(run.dueAt),
  startedAt: iso(run.startedAt),
  finishedAt: iso(run.finishedAt),
  worker: run.worker,
  phase: run.phase,
  progress: run.progress,
  prune: run.options.prune,
  snapshot: run.snapshot,
  base: run.base,
  sandbox: run.sandbox,
  sharing: run.sharing,
  rateLimit: run.rateLimit,
  stats: run.stats,
  problem: run.problem,
  warnings: [...run.warnings],
  result: run.result === null ? null : { ...run.result },
});

export const waitingJson = (waiting: Waiting | null | undefined): WaitingJson | null =>
  waiting == null
    ? null
    : {
        ...waiting,
        until: waiting.until?.toISOString() ?? null,
        estimate: waiting.estimate?.toISOString() ?? null,
      };

export const listedRunJson =
  (waiting: ReadonlyMap<number, Waiting>) =>
  (run: Run): ListedRunJson => ({ ...runJson(run), waiting: waitingJson(waiting.get(run.id)) });

export const snapshotJson = (snapshot: Snapshot, path: string): SnapshotJson => ({
  host: snapshot.host,
  name: snapshot.name,
  kind: snapshot.kind,
  state: snapshot.state,
  status: snapshot.status,
  startedAt: snapshot.startedAt.toISOString(),
  finishedAt: snapshot.finishedAt.toISOString(),
  base: snapshot.base,
  path,
  dataPath: `${path}/data`,
  files: snapshot.files,
  bytes: snapshot.bytes,
  newBytes: snapshot.newBytes,
  runId: snapshot.runId,
  pin: snapshot.pin === null ? null : { ...snapshot.pin, until: iso(snapshot.pin.until) },
  verifiedAt: iso(snapshot.verifiedAt),
  verifyResult: snapshot.verifyResult,
  trashUntil: iso(snapshot.trashUntil),
  removedAt: iso(snapshot.removedAt),
  freedBytes: snapshot.freedBytes,
  anomaly: snapshot.anomaly,
  anomalyVerdict: snapshot.anomalyVerdict && verdictJson(snapshot.anomalyVerdict),
  adoptedFrom: snapshot.adoptedFrom,
  fakeSuper: snapshot.fakeSuper,
});

export function hostJson(summary: HostSummary, global: SettingsLayer): HostJson {
  const { host, health, lastSuccessAt, lastBackup, snapshotCount } = summary;
  const { sources, includes, excludes } = effectiveSettings(global, host.settings).values;
  return {
    name: host.name,
    address: host.address,
    transport: host.transport,
    node: host.node,
    enabled: host.enabled,
    tags: [...host.tags],
    health,
    healthRule: { rule: summary.healthRule, message: healthRuleWords(summary.healthRule) },
    lastSuccessAt: iso(lastSuccessAt),
    nextDueAt: iso(summary.nextDueAt),
    lastRun: lastBackup === null ? null : runJson(lastBackup),
    snapshots: snapshotCount,
    sources: [...sources],
    includes: [...includes],
    excludes: [...excludes],
  };
}

export function hostDetailJson({
  summary,
  site,
  effective,
  ping,
  held,
  anomaly,
  proof,
  fingerprints,
  identities,
  waiting,
}: HostDetail): HostDetailJson {
  const origins = Object.entries(effective.origins).map(([name, entries]) => [
    name,
    entries.map((entry) => ({ ...entry })),
  ]);
  return {
    ...hostJson(summary, site.settings),
    hostKeys: [...fingerprints],
    identities: identities.map(identityJson),
    waiting: waitingJson(waiting),
    pruningHeld: held === null ? null : factsOf(held),
    anomaly: anomalyJson(anomaly),
    proof: proofJson(proof),
    effective: { ...Object.fromEntries(origins), ...pingOrigins(ping) },
  };
}

/** No host inherits where pings go. */
function pingOrigins(ping: ShownPing | null): HostDetailJson["effective"] {
  const origin = ping === null ? "default" : "host";
  return {
    pingUrl: [{ value: ping?.url ?? null, origin }],
    pingAllowPrivate: [{ value: ping?.allowPrivate ?? false, origin }],
  };
}

export const siteJson = (site: Site, ping: ShownPing | null): SiteJson => ({
  node: site.node,
  backupRoot: site.backupRoot,
  maxParallel: site.maxParallel,
  minFreePercent: site.minFreePercent,
  hostKeyPolicy: site.hostKeyPolicy,
  logLimitBytes: site.logLimitBytes,
  logKeepSeconds: site.logKeepSeconds,
  historyKeepSeconds: site.historyKeepSeconds,
  sandbox: site.sandbox,
  pingUrl: ping?.url ?? null,
  pingAllowPrivate: ping?.allowPrivate ?? false,
  settings: { ...site.settings },
});

export const workerJson = (worker: SeenWorker): WorkerJson => ({
  id: worker.workerId,
  role: worker.role,
  node: worker.node,
  parallel: worker.parallel,
  startedAt: worker.startedAt.toISOString(),
  seenAt: worker.seenAt.toISOString(),
});
