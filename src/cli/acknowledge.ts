// pobsync acknowledge: somebody has seen an alert.
import { acknowledge } from "../actions/alerts/alert-history.ts";
import { printable } from "../domain/problem.ts";
import { parseCount } from "../domain/quantity.ts";
import { alertJson } from "../shapes/alert-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<id>", "number of the alert, as pobsync alerts shows it")
    .option("--reason <text>", "what is done about it, for whoever looks next (200 characters)")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync acknowledge 17", 'pobsync acknowledge 17 --reason "new disk is ordered"'],
        "0 done, 2 refused input or over already, 5 no such alert, 6 not set up",
      )}\n\nNobody is reminded of it any more. When it is well again, that is told all the same.`,
    )
    .action(async (id: string, { reason = null }: { reason?: string | null }) => {
      const number = parseCount("The alert", id, 1, Number.MAX_SAFE_INTEGER);
      const seen = await acknowledge(await app(), number, reason);
      const { by } = seen.alert.acknowledged ?? { by: null };
      output.result(
        alertJson(seen),
        () =>
          `${output.style("green", "✓")} ${printable(seen.alert.message)}\n  Seen by ${printable(by ?? "somebody")}.`,
      );
    });
};
