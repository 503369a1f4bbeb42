// What retention would do with a host's snapshots: planned from SQL, never from the disk. Changes nothing.
import { effectiveSettings } from "../domain/effective-settings.ts";
import { Problem } from "../domain/problem.ts";
import { type Doubt, type HoldFacts, pruningDoubt } from "../domain/pruning-hold.ts";
import { planRetention, type RetentionPlan } from "../domain/retention.ts";
import { policyOf, type RetentionPolicy, requirePolicy } from "../domain/retention-policy.ts";
import type { SettingsLayer } from "../domain/settings.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { newestBackups } from "../store/runs.ts";
import { heldSnapshots } from "../store/snapshot-claims.ts";
import { listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";

export interface HostRetention {
  readonly context: HostContext;
  readonly policy: RetentionPolicy;
  readonly plan: RetentionPlan<Snapshot>;
  /** Why nothing should be pruned before somebody has looked; null when nothing speaks against it. */
  readonly held: Problem | null;
  /** On their way out since an earlier prune: in the trash, or still to be deleted. Oldest first. */
  readonly removing: readonly Snapshot[];
  /** All that are on record, newest first. */
  readonly snapshots: readonly Snapshot[];
}

export interface PlanOptions {
  /** Rules to try in place of the host's own ones. */
  readonly rules?: SettingsLayer;
  /** A good backup has just been made: whether an earlier one failed does not matter any more. */
  readonly justBackedUp?: boolean;
}

/** Refuses with `no_policy` when the rules would keep nothing. */
export async function planHostRetention(
  app: App,
  context: HostContext,
  options: PlanOptions = {},
): Promise<HostRetention> {
  const { host, site, effective } = context;
  const values =
    options.rules === undefined
      ? effective.values
      : effectiveSettings(site.settings, { ...host.settings, ...options.rules }).values;
  const policy = requirePolicy(policyOf(values), host.name);
  const snapshots = await listSnapshots(app.db, { hostId: host.id });
  const now = app.clock();
  const doubt = await doubtOf(app, context, snapshots, options.justBackedUp === true);
  return {
    context,
    policy,
    plan: planRetention(snapshots, policy, now, await keptBy(app, host.id, snapshots, doubt)),
    held: doubt === null ? null : heldBy(host.name, doubt),
    removing: snapshots.filter(({ state }) => state === "removing").reverse(),
    snapshots,
  };
}

/** Why nothing of a host should be removed before somebody has looked; null when nothing speaks against it. */
export async function hostHold(app: App, context: HostContext): Promise<Problem | null> {
  const { id, name } = context.host;
  const doubt = await doubtOf(app, context, await listSnapshots(app.db, { hostId: id }), false);
  return doubt === null ? null : heldBy(name, doubt);
}

/** What a rule about holds wants to know of a host. */
export const holdFacts = (
  { host, effective }: HostContext,
  snapshots: readonly Snapshot[],
  newestBackup: HoldFacts["newestBackup"],
): HoldFacts<Snapshot> => ({
  ...{ host: host.name, snapshots, newestBackup, trust: host.trust },
  maxShrinkPercent: effective.values.maxShrinkPercent,
});

async function doubtOf(
  app: App,
  context: HostContext,
  snapshots: readonly Snapshot[],
  justBackedUp: boolean,
): Promise<Doubt<Snapshot> | null> {
  const { id } = context.host;
  const newestBackup = justBackedUp ? null : ((await newestBackups(app.db, [id])).get(id) ?? null);
  return pruningDoubt(holdFacts(context, snapshots, newestBackup), app.clock());
}

const heldBy = (host: string, { why, kind }: Doubt): Problem =>
  new Problem("pruning_held", why, { hint: holdHint(host, kind) });

function holdHint(host: string, kind: Doubt["kind"]): string {
  const once = `pobsync retention ${host} --apply --override-hold --yes`;
  if (kind === "failed")
    return `Nothing is removed before there is a good backup again. To prune once in spite of it: ${once}`;
  return `Nothing is removed before somebody has looked. When all is as it should be: pobsync dismiss-anomaly ${host} --reason WHY. To prune once in spite of it: ${once}`;
}

/** Who keeps which snapshot, apart from the rules. */
async function keptBy(
  app: App,
  hostId: number,
  snapshots: readonly Snapshot[],
  doubt: Doubt | null,
): Promise<Map<string, string>> {
  const kept = await heldSnapshots(app.db, hostId);
  // Gone it would take the question with it, and the last good one would be left to the rules.
  if (doubt?.snapshot != null) kept.set(doubt.snapshot.name, "looks odd, and nobody has dismissed that");
  for (const { name, adoptedFrom } of snapshots)
    if (adoptedFrom !== null) kept.set(name, `lies where another tool made it: ${adoptedFrom}`);
  return kept;
}
