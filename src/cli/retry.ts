// pobsync retry: try again what failed, as a new run.
import { retryRun } from "../actions/change-run.ts";
import { whoIsAlive } from "../actions/presence.ts";
import { runJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { runNumber } from "./run-number.ts";
import { queuedText } from "./run-text.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<id>", "number of a run that has ended")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync retry 42"],
        "0 queued, 2 it has not ended or the host is disabled, 5 no such run, 6 not set up",
      ),
    )
    .action(async (id: string) => {
      const opened = await app();
      const run = await retryRun(opened, runNumber(id));
      const hasWorker = (await whoIsAlive(opened)).some(({ role }) => role === "worker");
      output.result(runJson(run), () => queuedText(run, hasWorker));
    });
};
