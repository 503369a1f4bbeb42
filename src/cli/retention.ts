// pobsync retention: which snapshots of a host would stay, each with its reasons, and which would go.
import { type HostRetention, planHostRetention } from "../actions/plan-retention.ts";
import { snapshotPath } from "../actions/snapshot-path.ts";
import type { RetentionJson } from "../contract/types.ts";
import { countText } from "../domain/count-text.ts";
import { factsOf } from "../domain/problem.ts";
import { policyText } from "../domain/retention-policy.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";
import { snapshotJson } from "./shapes.ts";
import { tableText } from "./table.ts";
import { instantText } from "./words.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<host>", "name of the host")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync retention web1", "pobsync --json retention web1"],
        "0 shown, 2 no rule says what to keep, 5 no such host, 6 not set up",
      )}\n\nIt only shows the plan. Nothing is ever removed by looking.`,
    )
    .action(async (name: string) => {
      const found = await planHostRetention(await app(), name);
      output.result(retentionJson(found), () => planText(output, found));
      if (found.held !== null) output.warning(factsOf(found.held));
    });
};

function retentionJson({ host, site, policy, plan }: HostRetention): RetentionJson {
  const json = (snapshot: Snapshot) => snapshotJson(snapshot, snapshotPath(site, snapshot));
  return {
    host,
    policy: { ...policy },
    keep: plan.keep.map(({ snapshot, reasons }) => ({
      snapshot: json(snapshot),
      reasons: reasons.map(({ text }) => text),
    })),
    remove: plan.remove.map((snapshot) => ({ snapshot: json(snapshot) })),
    applied: false,
  };
}

function planText(output: Output, { host, policy, plan }: HostRetention): string {
  const kept = plan.keep.map(({ snapshot, reasons }) => [
    snapshot.name,
    instantText(snapshot.startedAt),
    output.style("green", "✓ stays"),
    reasons.map(({ text }) => text).join("; "),
  ]);
  const removed = plan.remove.map((snapshot) => [
    snapshot.name,
    instantText(snapshot.startedAt),
    output.style("yellow", "– would go"),
    "no rule keeps it",
  ]);
  const rows = [...kept, ...removed].sort(([a = ""], [b = ""]) => (a < b ? 1 : -1));
  const head = `${output.style("bold", host)} keeps ${policyText(policy)}.`;
  if (rows.length === 0) return `${head}\nIt has no snapshots yet. Make one: pobsync backup ${host}`;
  return [
    head,
    "",
    tableText(output, ["SNAPSHOT", "STARTED", "PLAN", "WHY"], rows),
    "",
    `${countText(plan.keep.length, "snapshot stays", "snapshots stay")}, ${countText(plan.remove.length, "would go", "would go")}. Nothing was changed.`,
  ].join("\n");
}
