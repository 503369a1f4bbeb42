// What pobsync acknowledge-anomaly and pobsync dismiss-anomaly have in common.
import { type JudgedAnomaly, judgeAnomaly } from "../actions/judge-anomaly.ts";
import type { Verdict } from "../domain/anomaly.ts";
import { printable } from "../domain/problem.ts";
import { judgedJson } from "../shapes/anomaly-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";

export const defineJudging =
  (verdict: Verdict, about: { readonly example: string; readonly note: string }): DefineCommand =>
  (command, { app, output }) => {
    command
      .argument("<host>", "name of the host")
      .requiredOption(
        "--reason <text>",
        "what somebody has found out, for whoever looks next (200 characters)",
      )
      .addHelpText(
        "after",
        `${helpEnd(
          [about.example],
          "0 done, 2 refused input or nothing looks odd, 5 no such host, 6 not set up",
        )}\n\n${about.note}`,
      )
      .action(async (host: string, { reason }: { reason: string }) => {
        const judged = await judgeAnomaly(await app(), host, verdict, reason);
        output.result(judgedJson(judged), () => judgedText(output, judged));
      });
  };

function judgedText(output: Output, { host, verdict, message, held, stillPinned }: JudgedAnomaly): string {
  return [
    `${output.style("green", "✓")} ${output.style("bold", host)}: ${verdict.verdict}. ${printable(message)}`,
    held === null
      ? "  Pruning goes on."
      : `  ${output.style("yellow", "!")} Pruning stays held: ${printable(held.message)}`,
    ...stillPinned.map((name) => `  ${name} is pinned until the next prune.`),
  ].join("\n");
}
