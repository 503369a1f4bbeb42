// pobsync worker: executes queued runs.
import { work } from "../actions/work.ts";
import { countText } from "../domain/count-text.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { graceFrom, intervalFrom, parallelFrom } from "./loop-options.ts";
import { workObserver } from "./work-text.ts";

export const define: DefineCommand = (command, { app, output, stop, exit }) => {
  command
    .option("--loop", "go on for ever, until SIGTERM or Ctrl-C")
    .option("--interval <duration>", "how often to look for work (default: 5s)")
    .option("--parallel <n>", "runs at the same time (default: as many as --max-parallel of the site)")
    .option("--grace <duration>", "how long current runs may go on after SIGTERM (default: 30s)")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync worker", "pobsync worker --loop --parallel 4"],
        "0 done (a failed run is in its history), 2 refused input, 6 not set up, 130 interrupted",
      ) +
        "\n\nWithout --loop it ends when nothing is due any more; it does not wait for a retry's backoff.\n" +
        "What a worker that died left behind is settled first. Current runs that are not over when the grace\n" +
        "period ends are queued again; what they had received is reused.",
    )
    .action(async (options: { loop?: boolean; interval?: string; parallel?: string; grace?: string }) => {
      const loop = options.loop === true;
      const done = await work(await app(), {
        loop,
        parallel: parallelFrom(options.parallel),
        intervalMs: intervalFrom(options.interval, 5),
        graceMs: graceFrom(options.grace),
        stop,
        observer: workObserver(output),
      });
      output.ended(done, () =>
        done.ended === 0
          ? "Nothing was waiting."
          : `${countText(done.ended, "run")} ended, ${done.failed} of them failed.`,
      );
      if (stop.aborted && !loop) exit(130);
    });
};
