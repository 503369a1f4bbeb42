// pobsync restore-from-trash: bring back a snapshot that was removed, while it is still whole.
import { restoreFromTrash } from "../actions/apply-retention.ts";
import { hostContext } from "../actions/host-context.ts";
import { BROUGHT_BACK_DAYS } from "../actions/prune-task.ts";
import { snapshotPath } from "../actions/snapshot-path.ts";
import { runJson, snapshotJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { exitCodeOf } from "./run-exit.ts";
import { watched } from "./watched.ts";

export const define: DefineCommand = (command, context) => {
  command
    .argument("<host>", "name of the host")
    .argument("<snapshot>", "name of the snapshot")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync restore-from-trash web1 20261123T021500Z-scheduled-3fa9c1"],
        "0 done, 1 failed, 4 the host is being worked on, 5 no such host, or not in the trash, 6 not set up",
      )}\n\nRemoved snapshots are kept in the trash for as long as --trash-keep says (configure-global, configure-host).`,
    )
    .action(async (host: string, name: string) => {
      const { app, output, exit } = context;
      const opened = await app();
      const { run, snapshot } = await watched(context, host, (observer) =>
        restoreFromTrash(opened, host, name, observer),
      );
      const path = snapshot === null ? null : snapshotPath((await hostContext(opened, host)).site, snapshot);
      const json = snapshot === null || path === null ? null : snapshotJson(snapshot, path);
      output.result({ run: runJson(run), snapshot: json }, () =>
        run.problem !== null
          ? `${output.style("red", "✗")} ${host}: ${name} was not brought back (run ${run.id}).`
          : [
              `${output.style("green", "✓")} ${output.style("bold", host)}: ${name} is back: ${path}`,
              `  It is pinned for ${BROUGHT_BACK_DAYS} days, so that the next prune leaves it. Longer: pobsync pin ${host} ${name} --reason …`,
            ].join("\n"),
      );
      if (run.problem !== null) output.problem(run.problem);
      exit(exitCodeOf(run));
    });
};
