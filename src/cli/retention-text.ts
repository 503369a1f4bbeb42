// Retention as text: the plan, and what came of it.
import type { HostRetention } from "../actions/plan-retention.ts";
import type { Freeable } from "../actions/weigh-removal.ts";
import { countText } from "../domain/count-text.ts";
import { policyText } from "../domain/retention-policy.ts";
import type { Run } from "../domain/run.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { Output } from "./output.ts";
import { prunedOf, prunedWords } from "./pruned.ts";
import { tableText } from "./table.ts";
import { instantText, sizeText } from "./words.ts";

export function planText(
  output: Output,
  { context, policy, plan, removing, snapshots }: HostRetention,
  freeable: Freeable | null,
  isTrial: boolean,
): string {
  const { name } = context.host;
  const reasonsOf = new Map(plan.keep.map(({ snapshot, reasons }) => [snapshot, reasons]));
  const rows = snapshots
    .filter(({ state }) => state === "complete")
    .map((snapshot) => {
      const reasons = reasonsOf.get(snapshot);
      return [
        snapshot.name,
        instantText(snapshot.startedAt),
        reasons === undefined ? output.style("yellow", "– would go") : output.style("green", "✓ stays"),
        reasons === undefined ? "no rule keeps it" : reasons.map(({ text }) => text).join("; "),
      ];
    });
  const head = `${output.style("bold", name)} ${isTrial ? "would keep" : "keeps"} ${policyText(policy)}.`;
  if (rows.length === 0) return `${head}\nIt has no snapshots yet. Make one: pobsync backup ${name}`;
  const lines = [
    head,
    "",
    tableText(output, ["SNAPSHOT", "STARTED", "PLAN", "WHY"], rows),
    "",
    `${countText(plan.keep.length, "snapshot stays", "snapshots stay")}, ${countText(plan.remove.length, "would go", "would go")}${freedText(plan.remove.length, freeable)}. Nothing was changed.`,
  ];
  const trash = trashText(removing);
  if (trash !== null) lines.push(trash);
  if (plan.remove.length > 0 && !isTrial) lines.push(`To remove: pobsync retention ${name} --apply --yes`);
  return lines.join("\n");
}

function freedText(count: number, freeable: Freeable | null): string {
  if (count === 0 || freeable === null) return "";
  return freeable.complete
    ? ` and give back ${sizeText(freeable.bytes)}`
    : ` and give back ${sizeText(freeable.bytes)} or more (--measure looks at all)`;
}

function trashText(removing: readonly Snapshot[]): string | null {
  const inTrash = removing.filter(({ trashUntil }) => trashUntil !== null);
  const [first] = inTrash;
  if (first !== undefined)
    return `${countText(inTrash.length, "snapshot is", "snapshots are")} in the trash, the first until ${instantText(first.trashUntil)}: pobsync restore-from-trash`;
  return removing.length === 0
    ? null
    : `${countText(removing.length, "snapshot is", "snapshots are")} still to be deleted since an earlier prune; the next one goes on.`;
}

/** What a prune came to. */
export function appliedText(output: Output, run: Run): string {
  const { removed, trashed } = prunedOf(run);
  const mark = run.status === "succeeded" ? output.style("green", "✓") : output.style("red", "✗");
  return [
    `${mark} ${output.style("bold", run.host)}: ${prunedWords(run)} (run ${run.id}).`,
    ...removed.map((name) => `  deleted ${name}`),
    ...trashed.map((name) => `  trashed ${name}`),
  ].join("\n");
}
