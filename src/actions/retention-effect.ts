// What changed rules would do, before they are saved.
import { setImmediate } from "node:timers/promises";
import { effectiveSettings } from "../domain/effective-settings.ts";
import { planRetention } from "../domain/retention.ts";
import { isEmptyPolicy, policyOf, policyText, type RetentionPolicy } from "../domain/retention-policy.ts";
import type { SettingsLayer } from "../domain/settings.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { listHosts } from "../store/hosts.ts";
import { listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";

/** What a change means for one host. */
export interface RetentionEffect {
  readonly host: string;
  readonly before: string;
  readonly after: string;
  /** Snapshots that the next prune would remove under the new rules and not under the old ones; newest first. */
  readonly more: readonly string[];
  /** Those that it would have removed and that would stay now. */
  readonly fewer: readonly string[];
}

/** The layers of a host's settings: the site's, and its own. */
export interface Layers {
  readonly site: SettingsLayer;
  readonly own: SettingsLayer;
}

/** Of every host whose policy is changed, what that means. `layersOf` gives the layers before and after, by the host's name. */
export async function retentionEffects(
  app: App,
  layersOf: (host: string, own: SettingsLayer) => { readonly before: Layers; readonly after: Layers },
): Promise<RetentionEffect[]> {
  const effects: RetentionEffect[] = [];
  for (const { id, name, settings } of await listHosts(app.db)) {
    const { before, after } = layersOf(name, settings);
    const [old, now] = [policyFrom(before), policyFrom(after)];
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    // A thousand hosts take seconds; whoever else asks something of this process gets a turn in between.
    await setImmediate();
    const snapshots = await listSnapshots(app.db, { hostId: id });
    const [went, goes] = [removedUnder(app, old, snapshots), removedUnder(app, now, snapshots)];
    effects.push({
      ...{ host: name, before: policyText(old), after: policyText(now) },
      more: [...goes].filter((one) => !went.has(one)),
      fewer: [...went].filter((one) => !goes.has(one)),
    });
  }
  return effects;
}

const policyFrom = ({ site, own }: Layers): RetentionPolicy => policyOf(effectiveSettings(site, own).values);

/** Without any rule nothing is ever removed, because pruning is refused. */
function removedUnder(app: App, policy: RetentionPolicy, snapshots: readonly Snapshot[]): Set<string> {
  if (isEmptyPolicy(policy)) return new Set();
  const { remove } = planRetention(snapshots, policy, app.clock());
  return new Set(remove.filter(({ adoptedFrom }) => adoptedFrom === null).map(({ name }) => name));
}
