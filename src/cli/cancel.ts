// pobsync cancel: end a run that waits or is under way.
import { cancelRun } from "../actions/change-run.ts";
import { runJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { runNumber } from "./run-number.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<id>", "number of the run")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync cancel 42"],
        "0 done or asked for, 2 it has ended already, 5 no such run, 6 not set up",
      ),
    )
    .action(async (id: string) => {
      const run = await cancelRun(await app(), runNumber(id));
      output.result(runJson(run), () =>
        run.status === "cancelled"
          ? `Run ${run.id} of ${run.host} is cancelled; it had not begun.`
          : `Run ${run.id} of ${run.host} is asked to stop, which takes seconds. Watch it: pobsync show-run ${run.id} --follow`,
      );
    });
};
