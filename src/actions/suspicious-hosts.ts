// Hosts whose pruning is held because of what a snapshot looks like, until a person has said that it is right.
import { type Condition, conditionKey } from "../domain/condition.ts";
import { effectiveSettings } from "../domain/effective-settings.ts";
import { factsOf, Problem, withNames } from "../domain/problem.ts";
import { settleableDoubt } from "../domain/pruning-hold.ts";
import { findHosts } from "../store/hosts.ts";
import { findSite } from "../store/site.ts";
import { openAnomalies } from "../store/snapshot-anomalies.ts";
import { listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";

/** The few hosts with an open anomaly are looked at; of all others nothing is read. */
export async function suspiciousHosts(
  app: App,
  hosts: readonly { readonly id: number; readonly enabled: boolean }[],
): Promise<Condition[]> {
  const open = await openAnomalies(app.db);
  const wanted = hosts.filter(({ id, enabled }) => enabled && open.has(id)).map(({ id }) => id);
  const global = (await findSite(app))?.settings ?? {};
  const found = await Promise.all(
    (await findHosts(app.db, wanted)).map(async ({ id, name, settings, trust }): Promise<Condition[]> => {
      const { maxShrinkPercent } = effectiveSettings(global, settings).values;
      const snapshots = await listSnapshots(app.db, { hostId: id });
      const facts = { host: name, snapshots, newestBackup: null, maxShrinkPercent, trust };
      const doubt = settleableDoubt(facts, app.clock());
      if (doubt === null) return [];
      const code = doubt.kind === "suspicious" ? "suspicious_change" : "pruning_held";
      const since = doubt.snapshot?.finishedAt ?? null;
      const verdict = doubt.snapshot?.anomalyVerdict ?? null;
      const problem = withNames(factsOf(new Problem(code, `Nothing is pruned on ${name}: ${doubt.why}`)), {
        HOST: name,
      });
      return [
        {
          ...{ ...problem, code, level: "warning", host: name, hostId: id, node: null },
          ...{ key: conditionKey(code, name), since, run: null },
          ...(verdict === null ? {} : { acknowledged: verdict }),
        },
      ];
    }),
  );
  return found.flat();
}
