// pobsync why: one sentence on why a host is not being backed up, or why a run waits.
import { requireRun } from "../actions/execute-run.ts";
import { hostContext } from "../actions/host-context.ts";
import { hostHold } from "../actions/plan-retention.ts";
import { waitingOf, whyHostWaits } from "../actions/why-waiting.ts";
import { factsOf, printable } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { Waiting } from "../domain/waiting.ts";
import { waitingJson } from "../shapes/shapes.ts";
import { findHost } from "../store/hosts.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { runNumber } from "./run-number.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<host or run>", "name of a host, or number of a run")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync why web1", "pobsync why 42", "pobsync why web1 --json"],
        "0 done, 2 refused input, 5 no such host or run, 6 not set up",
      )}\n\nTimes are those of the host's time zone. What is about to be is an estimate from past runs.`,
    )
    .action(async (given: string) => {
      const opened = await app();
      // A host may be called 42 as well: then the host is meant.
      const isHost = !/^\d+$/.test(given) || (await findHost(opened.db, given)) !== null;
      if (isHost) {
        const context = await hostContext(opened, given);
        const { host } = context;
        const { waiting, openRun } = await whyHostWaits(opened, host);
        const held = await hostHold(opened, context);
        const json = {
          ...{ host: host.name, run: openRun?.id ?? null, waiting: waitingJson(waiting) },
          pruningHeld: held === null ? null : factsOf(held),
        };
        return output.result(json, () =>
          [sentence(waiting, openRun), ...(held === null ? [] : [heldText(host.name, held.message)])].join(
            "\n",
          ),
        );
      }
      const run = await requireRun(opened, runNumber(given));
      const waiting = (await waitingOf(opened, [run])).get(run.id) ?? null;
      const json = { host: run.host, run: run.id, waiting: waitingJson(waiting), pruningHeld: null };
      output.result(json, () => sentence(waiting, run));
    });
};

const heldText = (host: string, why: string): string => printable(`Nothing is pruned on ${host}: ${why}`);

function sentence(waiting: Waiting | null, run: Run | null): string {
  if (waiting !== null)
    return run === null ? waiting.message : `Run ${run.id} of ${run.host}: ${waiting.message}`;
  if (run === null) return "Nothing waits.";
  if (run.status === "running") return `Run ${run.id} of ${run.host} is under way.`;
  return `Run ${run.id} of ${run.host} has ended (${run.status}); see pobsync show-run ${run.id}`;
}
