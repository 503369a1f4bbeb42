// What retention would do with a host's snapshots: planned from SQL, never from the disk. Changes nothing.
import { clockDoubt } from "../domain/clock-doubt.ts";
import { Problem } from "../domain/problem.ts";
import { planRetention, type RetentionPlan } from "../domain/retention.ts";
import { policyOf, type RetentionPolicy, requirePolicy } from "../domain/retention-policy.ts";
import type { Site } from "../domain/site.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { newestBackups } from "../store/runs.ts";
import { listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";

export interface HostRetention {
  readonly host: string;
  readonly site: Site;
  readonly policy: RetentionPolicy;
  readonly plan: RetentionPlan<Snapshot>;
  /** Why nothing should be pruned before somebody has looked; null when nothing speaks against it. */
  readonly held: Problem | null;
}

/** Refuses with `no_policy` when the host's rules would keep nothing. */
export async function planHostRetention(app: App, hostName: string): Promise<HostRetention> {
  const { host, site, effective } = await hostContext(app, hostName);
  const policy = requirePolicy(policyOf(effective.values), host.name);
  const snapshots = await listSnapshots(app.db, { hostId: host.id });
  const now = app.clock();
  const doubt = clockDoubt(snapshots, now);
  const newest = (await newestBackups(app.db)).get(host.id);
  const failed =
    newest?.status === "failed" ? `The newest backup of ${host.name}, run ${newest.id}, failed.` : null;
  const why = failed ?? doubt;
  return {
    host: host.name,
    site,
    policy,
    plan: planRetention(snapshots, policy, now),
    held: why === null ? null : new Problem("pruning_held", why),
  };
}
