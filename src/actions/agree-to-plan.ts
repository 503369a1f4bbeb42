// A prune that somebody agreed to who has seen what would go.
import { countText } from "../domain/count-text.ts";
import { Problem } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { App } from "./app.ts";
import { type ApplyOptions, queueRetention } from "./apply-retention.ts";
import { type HostContext, hostContext } from "./host-context.ts";
import { planHostRetention } from "./plan-retention.ts";

/**
 * Queues a prune. `seen` are the snapshots that would go as somebody saw it; null: nobody says.
 *
 * Refuses as `queueRetention` does, and with `confirmation_needed` when it would be others by now. What becomes due
 * between now and the prune cannot be seen by anybody: no more go than were seen.
 */
export async function pruneAsSeen(
  app: App,
  name: string,
  options: ApplyOptions,
  seen: readonly string[] | null,
): Promise<Run> {
  const context = await hostContext(app, name);
  if (seen === null) return (await queueRetention(app, context, options)).run;
  await requireSeen(app, context, seen);
  const maxDelete = Math.min(options.maxDelete ?? Number.MAX_SAFE_INTEGER, seen.length);
  return (await queueRetention(app, context, { ...options, maxDelete })).run;
}

async function requireSeen(app: App, context: HostContext, seen: readonly string[]): Promise<void> {
  const { plan } = await planHostRetention(app, context);
  const wouldGo = plan.remove.map((snapshot) => snapshot.name);
  const known = new Set(seen);
  const isSame = wouldGo.length === known.size && wouldGo.every((name) => known.has(name));
  if (isSame) return;
  const count = countText(wouldGo.length, "snapshot");
  throw new Problem(
    "confirmation_needed",
    `The plan for ${context.host.name} is another one than you have seen: by now ${count} would go.`,
    { hint: "Nothing was changed. Look at the plan once more.", detail: wouldGo.join("\n") || null },
  );
}
