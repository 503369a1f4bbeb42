// pobsync runs: the queue and the history, newest first.
import { hostContext } from "../actions/host-context.ts";
import { waitingOf } from "../actions/why-waiting.ts";
import { badInput } from "../domain/problem.ts";
import { parseCount } from "../domain/quantity.ts";
import { RUN_KINDS, RUN_STATUSES, type RunStatus, TRIGGERS } from "../domain/run.ts";
import { listedRunJson } from "../shapes/shapes.ts";
import { listRuns, type RunFilter } from "../store/runs.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { runNumber } from "./run-number.ts";
import { runsTable } from "./run-text.ts";

const SHOWN_USUALLY = 50;
const LIMIT_MAX = 1_000_000;

interface Options {
  readonly limit?: string;
  readonly all?: boolean;
  readonly status?: readonly string[];
  readonly kind?: string;
  readonly trigger?: readonly string[];
  readonly before?: string;
}

const OPEN: readonly RunStatus[] = ["queued", "running"];
const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("[host]", "only of this host")
    .option("--limit <n>", `show at most so many (default: ${SHOWN_USUALLY})`)
    .option("--all", "show all")
    .option(
      "--status <status>",
      `only in this state (repeatable): ${RUN_STATUSES.join(", ")}; or open`,
      collect,
    )
    .option("--kind <kind>", `only of this kind: ${RUN_KINDS.join(", ")}`)
    .option("--trigger <trigger>", `only begun by this (repeatable): ${TRIGGERS.join(", ")}`, collect)
    .option("--before <id>", "only older ones than this run: the next page")
    .addHelpText(
      "after",
      helpEnd(
        [
          "pobsync runs",
          "pobsync runs web1 --limit 5",
          "pobsync runs --status open",
          "pobsync runs --status failed --trigger scheduled",
        ],
        "0 done, 2 refused input, 5 no such host, 6 not set up",
      ),
    )
    .action(async (name: string | undefined, options: Options) => {
      const limit =
        options.limit === undefined ? SHOWN_USUALLY : parseCount("--limit", options.limit, 1, LIMIT_MAX);
      const opened = await app();
      const runs = await listRuns(opened.db, {
        ...(name === undefined ? {} : { hostId: (await hostContext(opened, name)).host.id }),
        ...filterFrom(options),
        // One more than is shown tells whether there are more.
        ...(options.all === true ? {} : { limit: limit + 1 }),
      });
      const shown = options.all === true ? runs : runs.slice(0, limit);
      const more = runs.length > shown.length;
      const waiting = await waitingOf(opened, shown);
      output.result(
        { items: shown.map(listedRunJson(waiting)), next: more ? (shown.at(-1)?.id ?? null) : null },
        () => {
          if (shown.length === 0)
            return Object.keys(options).length > 0
              ? "No run is like that. All of them: pobsync runs --all"
              : `There are no runs yet. Start one: pobsync backup ${name ?? "HOST"}`;
          return (
            runsTable(output, shown, opened.clock(), waiting) +
            (more ? `\nOlder ones: add --before ${shown.at(-1)?.id}, or --all` : "")
          );
        },
      );
    });
};

function filterFrom({ status, kind, trigger, before }: Options): RunFilter {
  const statuses = status?.flatMap((given) =>
    given === "open" ? OPEN : [oneOf("--status", given, RUN_STATUSES)],
  );
  return {
    ...(statuses === undefined ? {} : { statuses }),
    ...(kind === undefined ? {} : { kind: oneOf("--kind", kind, RUN_KINDS) }),
    ...(trigger === undefined
      ? {}
      : { triggers: trigger.map((given) => oneOf("--trigger", given, TRIGGERS)) }),
    ...(before === undefined ? {} : { before: runNumber(before) }),
  };
}

function oneOf<T extends string>(what: string, given: string, known: readonly T[]): T {
  const found = known.find((item) => item === given);
  if (found === undefined) throw badInput(what, given, `is none of ${known.join(", ")}.`);
  return found;
}
