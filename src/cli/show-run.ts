// pobsync show-run: one run; with --follow, while it goes on in another process.

import { requireRun } from "../actions/execute-run.ts";
import { followRun } from "../actions/follow-run.ts";
import { hostContext } from "../actions/host-context.ts";
import { changesSoon, runChanges } from "../actions/run-changes.ts";
import { runLogPath } from "../actions/snapshot-path.ts";
import { waitingOf } from "../actions/why-waiting.ts";
import { printable } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import { listedRunJson } from "../shapes/shapes.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import { progressView } from "./progress-bar.ts";
import { exitCodeOf } from "./run-exit.ts";
import { runNumber } from "./run-number.ts";
import { runDetailText } from "./run-text.ts";

interface Options {
  readonly follow?: boolean;
  readonly log?: boolean;
}

export const define: DefineCommand = (command, context) => {
  const { app, output, exit } = context;
  command
    .argument("<id>", "number of the run")
    .option("--follow", "watch it until it ends: its progress, its log")
    .option("--no-log", "with --follow: only its progress")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync show-run 42", "pobsync show-run 42 --follow"],
        "0 shown, 2 refused input, 5 no such run, 6 not set up; with --follow as the run ended: 0, 1, 3, or 130 when you stopped watching",
      ),
    )
    .action(async (given: string, options: Options) => {
      const opened = await app();
      const id = runNumber(given);
      const run = options.follow === true ? await watch(context, id, options) : await requireRun(opened, id);
      const { site } = await hostContext(opened, run.host);
      const logPath = await runLogPath(site, run);
      const changes =
        options.follow === true ? await changesSoon(site, run, context.stop) : runChanges(site, run);
      const waiting = await waitingOf(opened, [run]);
      output.result({ ...listedRunJson(waiting)(run), changes }, () =>
        runDetailText(output, run, opened.clock(), logPath, changes, waiting.get(run.id)),
      );
      for (const warning of run.warnings) output.warning(warning);
      if (run.problem !== null) output.problem(run.problem);
      if (options.follow === true) exit(context.stop.aborted ? 130 : exitCodeOf(run));
    });
};

/** The run as it is when it has ended, or when the person has seen enough. */
async function watch({ app, output, stop }: CommandContext, id: number, options: Options): Promise<Run> {
  const opened = await app();
  const { host } = await requireRun(opened, id);
  const view = progressView(output, host);
  try {
    return await followRun(opened, id, {
      stop,
      onPhase: view.onPhase,
      onProgress: view.onProgress,
      onWait: (text) => output.note(`${host}: ${text}`),
      // The log goes where everything else goes that is no result. It would tear a moving bar apart.
      onLines: (lines) => {
        if (options.log === false || output.quiet || output.animated) return;
        for (const line of lines) output.note(printable(Buffer.from(line, "latin1").toString()));
      },
    });
  } finally {
    view.stop();
  }
}
