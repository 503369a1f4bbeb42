// pobsync scheduler: queues what is due.
import { runScheduler } from "../actions/queue-due.ts";
import { countText } from "../domain/count-text.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { intervalFrom } from "./loop-options.ts";
import { scheduleObserver } from "./work-text.ts";

export const define: DefineCommand = (command, { app, output, stop }) => {
  command
    .option("--loop", "go on for ever, until SIGTERM or Ctrl-C")
    .option("--interval <duration>", "the longest time between two looks (default: 60s)")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync scheduler", "pobsync scheduler --loop --interval 60"],
        "0 done, 2 refused input, 6 not set up",
      ) +
        "\n\nHowever many schedulers run, each due time is queued once. After downtime one run makes up for all that\n" +
        "was missed. Runs are executed by workers: pobsync worker --loop, or both in one with pobsync up.",
    )
    .action(async (options: { loop?: boolean; interval?: string }) => {
      const queued = await runScheduler(await app(), {
        loop: options.loop === true,
        intervalMs: intervalFrom(options.interval, 60),
        stop,
        observer: scheduleObserver(output),
      });
      output.ended({ queued }, () =>
        queued === 0 ? "Nothing was due." : `${countText(queued, "run")} queued.`,
      );
    });
};
