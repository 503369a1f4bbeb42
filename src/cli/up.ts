// pobsync up: console, scheduler and worker in one process, the default for one machine.
import { runEverything } from "../actions/run-everything.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { graceFrom, intervalFrom, parallelFrom } from "./loop-options.ts";
import { listenFrom, tellServing } from "./serve.ts";
import { scheduleObserver, workObserver } from "./work-text.ts";

interface Options {
  readonly interval?: string;
  readonly parallel?: string;
  readonly grace?: string;
  readonly host?: string;
  readonly port?: string;
  readonly console: boolean;
}

export const define: DefineCommand = (command, { app, output, serve, stop }) => {
  command
    .option("--interval <duration>", "how often to look for work (default: 5s)")
    .option("--parallel <n>", "runs at the same time (default: as many as --max-parallel of the site)")
    .option("--grace <duration>", "how long current runs may go on after SIGTERM (default: 30s)")
    .option("--host <address>", "where the console listens (default: POBSYNC_LISTEN, or 127.0.0.1)")
    .option("--port <n>", "on which port (default: POBSYNC_LISTEN, or 8000)")
    .option("--no-console", "scheduler and worker alone")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync up", "pobsync up --parallel 4 --port 8010", "pobsync up --no-console"],
        "0 stopped by a signal, 2 refused input, 6 not set up or no such address to listen on",
      ),
    )
    .action(async (options: Options) => {
      const opened = await app();
      const limits = {
        parallel: parallelFrom(options.parallel),
        intervalMs: intervalFrom(options.interval, 5),
        graceMs: graceFrom(options.grace),
      };
      const serving = options.console
        ? await serve({ ...listenFrom(options.host, options.port), log: output.problem })
        : null;
      output.note("Scheduler and worker are running. Ctrl-C ends them in good order.");
      if (serving !== null) tellServing(output, serving);
      try {
        const done = await runEverything(opened, {
          ...limits,
          stop,
          onWork: workObserver(output),
          onSchedule: scheduleObserver(output),
        });
        output.ended(done, () => "Stopped.");
      } finally {
        await serving?.close();
      }
    });
};
