// pobsync remove-host: take a host out of SQL, and its snapshots off the disk when that is said.
import { removeHost } from "../actions/remove-host.ts";
import type { RemovedHostJson } from "../contract/types.ts";
import { countText } from "../domain/count-text.ts";
import { Problem, quoted } from "../domain/problem.ts";
import { type DefineCommand, helpEnd } from "./command.ts";

interface Options {
  readonly yes?: boolean;
  readonly keepSnapshots?: boolean;
  readonly deleteSnapshots?: boolean;
}

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<host>", "name of the host")
    .option("--yes", "yes, remove it")
    .option("--keep-snapshots", "leave its snapshots on the disk")
    .option("--delete-snapshots", "delete its snapshots for good")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync remove-host web1 --yes --keep-snapshots"],
        "0 done, 2 not confirmed, 4 a run owns the host, 5 no such host",
      ),
    )
    .action(async (name: string, options: Options) => {
      if (options.keepSnapshots === true && options.deleteSnapshots === true)
        command.error("--keep-snapshots and --delete-snapshots contradict each other");
      if (options.yes !== true)
        throw new Problem(
          "confirmation_needed",
          `This would remove the host ${quoted(name)} and its history.`,
        );
      const fate =
        options.keepSnapshots === true ? "keep" : options.deleteSnapshots === true ? "delete" : "unsaid";
      const removed: RemovedHostJson = await removeHost(await app(), name, fate);
      const count = countText(removed.snapshots, "snapshot");
      output.result(removed, () => {
        if (removed.deleted) return `The host ${name} and its ${count} are deleted.`;
        return removed.snapshots === 0
          ? `The host ${name} is removed.`
          : `The host ${name} is removed. Its ${count} stay in ${removed.folder}`;
      });
    });
};
