// pobsync show-run: one run.
import { requireRun } from "../actions/execute-run.ts";
import { requireSite } from "../actions/host-context.ts";
import { runLogPath } from "../actions/snapshot-path.ts";
import { parseCount } from "../domain/quantity.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { runDetailText } from "./run-text.ts";
import { runJson } from "./shapes.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<id>", "number of the run")
    .addHelpText(
      "after",
      helpEnd(["pobsync show-run 42"], "0 done, 2 refused input, 5 no such run, 6 not set up"),
    )
    .action(async (id: string) => {
      const opened = await app();
      const run = await requireRun(opened, parseCount("The run", id, 1, Number.MAX_SAFE_INTEGER));
      const logPath = await runLogPath(await requireSite(opened), run);
      output.result(runJson(run), () => runDetailText(output, run, opened.clock(), logPath));
      for (const warning of run.warnings) output.warning(warning);
      if (run.problem !== null) output.problem(run.problem);
    });
};
