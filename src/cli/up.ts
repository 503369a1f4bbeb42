// pobsync up: scheduler and worker in one process, the default for one machine.
import { runEverything } from "../actions/run-everything.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { graceFrom, intervalFrom, parallelFrom } from "./loop-options.ts";
import { scheduleObserver, workObserver } from "./work-text.ts";

export const define: DefineCommand = (command, { app, output, stop }) => {
  command
    .option("--interval <duration>", "how often to look for work (default: 5s)")
    .option("--parallel <n>", "runs at the same time (default: as many as --max-parallel of the site)")
    .option("--grace <duration>", "how long current runs may go on after SIGTERM (default: 30s)")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync up", "pobsync up --parallel 4"],
        "0 stopped by a signal, 2 refused input, 6 not set up",
      ),
    )
    .action(async (options: { interval?: string; parallel?: string; grace?: string }) => {
      const opened = await app();
      const limits = {
        parallel: parallelFrom(options.parallel),
        intervalMs: intervalFrom(options.interval, 5),
        graceMs: graceFrom(options.grace),
      };
      output.note("Scheduler and worker are running. Ctrl-C ends them in good order.");
      const done = await runEverything(opened, {
        ...limits,
        stop,
        onWork: workObserver(output),
        onSchedule: scheduleObserver(output),
      });
      output.result(done, () => "Stopped.");
    });
};
