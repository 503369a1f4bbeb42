// pobsync runs: the queue and the history, newest first.
import { hostContext } from "../actions/host-context.ts";
import { parseCount } from "../domain/quantity.ts";
import { listRuns } from "../store/runs.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { runsTable } from "./run-text.ts";
import { runJson } from "./shapes.ts";

const SHOWN_USUALLY = 50;
const LIMIT_MAX = 1_000_000;

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("[host]", "only of this host")
    .option("--limit <n>", `show at most so many (default: ${SHOWN_USUALLY})`)
    .option("--all", "show all")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync runs", "pobsync runs web1 --limit 5"],
        "0 done, 2 refused input, 5 no such host, 6 not set up",
      ),
    )
    .action(async (name: string | undefined, options: { limit?: string; all?: boolean }) => {
      const limit =
        options.limit === undefined ? SHOWN_USUALLY : parseCount("--limit", options.limit, 1, LIMIT_MAX);
      const opened = await app();
      const runs = await listRuns(opened.db, {
        ...(name === undefined ? {} : { hostId: (await hostContext(opened, name)).host.id }),
        // One more than is shown tells whether there are more.
        ...(options.all === true ? {} : { limit: limit + 1 }),
      });
      const shown = options.all === true ? runs : runs.slice(0, limit);
      const more = runs.length > shown.length;
      output.result({ items: shown.map(runJson), next: more ? (shown.at(-1)?.id ?? null) : null }, () => {
        if (shown.length === 0) return `There are no runs yet. Start one: pobsync backup ${name ?? "HOST"}`;
        return (
          runsTable(output, shown, opened.clock()) +
          (more ? `\nOlder ones: pobsync runs${name === undefined ? "" : ` ${name}`} --all` : "")
        );
      });
    });
};
