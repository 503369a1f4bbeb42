// What retention would do with a host's snapshots, and what it has done.
import type { HostRetention } from "../actions/plan-retention.ts";
import type { RetentionEffect } from "../actions/retention-effect.ts";
import { snapshotPath } from "../actions/snapshot-path.ts";
import type { Freeable } from "../actions/weigh-removal.ts";
import type { ChangePreviewJson, RetentionJson } from "../contract/types.ts";
import type { Run } from "../domain/run.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { runJson, snapshotJson } from "./shapes.ts";

/** `removed` are the snapshots as they are after the run; without one, what the plan would remove. */
export function retentionJson(
  { context, policy, plan }: HostRetention,
  freeable: Freeable | null,
  done: { readonly run: Run; readonly removed: readonly Snapshot[] } | null,
): RetentionJson {
  const json = (snapshot: Snapshot) => snapshotJson(snapshot, snapshotPath(context.site, snapshot));
  return {
    host: context.host.name,
    policy: { ...policy },
    keep: plan.keep.map(({ snapshot, reasons }) => ({
      snapshot: json(snapshot),
      reasons: reasons.map(({ text }) => text),
    })),
    remove: (done?.removed ?? plan.remove).map((snapshot) => ({ snapshot: json(snapshot) })),
    applied: done?.run.status === "succeeded",
    freeable: freeable === null ? null : { ...freeable },
    run: done === null ? null : runJson(done.run),
  };
}

/** What changed rules of retention would do. */
export const effectsJson = (effects: readonly RetentionEffect[]): ChangePreviewJson => ({
  changed: false,
  effects: effects.map(({ more, fewer, ...effect }) => ({ ...effect, more: [...more], fewer: [...fewer] })),
});
