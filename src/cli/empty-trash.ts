// pobsync empty-trash: delete for good what a host's trash still holds.
import { emptyTrash } from "../actions/apply-retention.ts";
import { requireSite } from "../actions/host-context.ts";
import { snapshotPath } from "../actions/snapshot-path.ts";
import { Problem, quoted } from "../domain/problem.ts";
import { runJson, snapshotJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { appliedText } from "./retention-text.ts";
import { exitCodeOf } from "./run-exit.ts";
import { watched } from "./watched.ts";

export const define: DefineCommand = (command, context) => {
  command
    .argument("<host>", "name of the host")
    .option("--yes", "yes, delete it for good")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync empty-trash web1 --yes"],
        "0 done, 1 failed, 2 not confirmed, 4 the host is being worked on, 5 no such host, 6 not set up",
      )}\n\nThe trash empties itself when the time of --trash-keep is over, or when the disk runs low.`,
    )
    .action(async (host: string, options: { yes?: boolean }) => {
      const { app, output, exit } = context;
      if (options.yes !== true)
        throw new Problem(
          "confirmation_needed",
          `This would delete what is in the trash of ${quoted(host)}.`,
        );
      const opened = await app();
      const { run, removed } = await watched(context, host, ({ onNote: _, ...observer }) =>
        emptyTrash(opened, host, observer),
      );
      const site = await requireSite(opened);
      const items = removed.map((snapshot) => snapshotJson(snapshot, snapshotPath(site, snapshot)));
      output.result({ run: runJson(run), removed: items }, () => appliedText(output, run));
      if (run.problem !== null) output.problem(run.problem);
      exit(exitCodeOf(run));
    });
};
