// pobsync forget-runs: let old runs leave the history.

import { forgetRunsBefore } from "../actions/forget-runs.ts";
import { countText } from "../domain/count-text.ts";
import { Problem } from "../domain/problem.ts";
import { parseDuration } from "../domain/quantity.ts";
import { countForgettable } from "../store/runs.ts";
import { type DefineCommand, helpEnd } from "./command.ts";

const DAY = 86_400;

export const define: DefineCommand = (command, { app, output }) => {
  command
    .requiredOption("--older-than <duration>", "runs that ended longer ago, such as 365d or 2y")
    .option("--yes", "do it")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync forget-runs --older-than 2y", "pobsync forget-runs --older-than 2y --yes"],
        "0 done, 2 refused input or --yes not said, 6 not set up",
      ) +
        "\n\nSnapshots stay, and so does each host's newest backup run. To have it done all the time:\n" +
        "pobsync configure-global --history-keep 2y",
    )
    .action(async (options: { olderThan: string; yes?: boolean }) => {
      const seconds = parseDuration("--older-than", options.olderThan, DAY, 100 * 365 * DAY);
      const opened = await app();
      const before = new Date(opened.clock().getTime() - seconds * 1000);
      if (options.yes !== true) {
        const count = await countForgettable(opened.db, before);
        throw new Problem(
          "confirmation_needed",
          `${countText(count, "run")} that ended before ${before.toISOString()} would be forgotten.`,
          { hint: `To forget them: pobsync forget-runs --older-than ${options.olderThan} --yes` },
        );
      }
      const forgotten = await forgetRunsBefore(opened, before);
      output.result({ forgotten }, () => `${countText(forgotten, "run")} forgotten.`);
    });
};
