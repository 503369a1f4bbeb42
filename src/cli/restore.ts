// pobsync restore: bring files back from a snapshot, to a folder here, to a host, or to where they were.
import { resolve } from "node:path";
import { whoIsAlive } from "../actions/presence.ts";
import {
  type LookedAt,
  lookAtRestore,
  queueRestore,
  type RestoreWish,
  restoreNow,
} from "../actions/restore.ts";
import { factsOf, type Problem, type ProblemFacts } from "../domain/problem.ts";
import { PROBLEMS } from "../domain/problem-catalogue.ts";
import {
  differencesIn,
  folderTarget,
  hostTarget,
  isNothingToDo,
  type RestoreTarget,
  restoreDiffers,
} from "../domain/restore.ts";
import { LATEST } from "../domain/snapshot-choice.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import { previewText, restoredText, restoreJson } from "./restore-text.ts";
import { exitCodeOf } from "./run-exit.ts";
import { queuedText } from "./run-text.ts";
import { watched } from "./watched.ts";

interface Options {
  readonly snapshot?: string;
  readonly to?: string;
  readonly toHost?: string;
  readonly inPlace?: boolean;
  readonly dryRun?: boolean;
  readonly delete?: boolean;
  readonly yes?: boolean;
  readonly check?: boolean;
  readonly queue?: boolean;
}

const NOTES = `It always looks first, and without --yes it refuses to overwrite or delete anything that exists, and to restore in
place; when everything is already as in the snapshot, it says so and is done. A path lands in DIR under its own name, a
whole host with its absolute paths below DIR. Folders that exist above what is restored stay as they are.

With --check, contents are compared, not just sizes and times: afterwards, and also before where something is there
already. --dry-run --check only compares, an earlier restore with its snapshot for instance: it changes nothing, names
what differs and ends with 1, or with 0 when nothing does. What only the target has differs when --delete is given too.`;

export const define: DefineCommand = (command, context) => {
  command
    .argument("<place>", "HOST for everything, or HOST:PATH for a file or folder")
    .option("--snapshot <snapshot>", "name of a snapshot, how one begins, or a date (default: the newest)")
    .option("--to <dir>", "into a folder on this server, which is made if need be")
    .option(
      "--to-host <host[:dir]>",
      "into a folder of a configured host; without one, to the same paths there",
    )
    .option("--in-place", "to where it was on the host itself")
    .option("--dry-run", "only look: what would be created, overwritten and deleted")
    .option("--delete", "also delete what is there and not in the snapshot, below the restored path")
    .option("--yes", "yes, overwrite and delete what the preview shows")
    .option("--check", "compare contents with the snapshot afterwards; with --dry-run, that is all it does")
    .option("--queue", "only queue it: a worker will do it")
    .addHelpText(
      "after",
      `${helpEnd(
        [
          "pobsync restore web1:/etc/hosts --to /tmp/restored",
          "pobsync restore web1:/srv/www --snapshot 2026-11-23 --in-place --dry-run",
          "pobsync restore web1:/srv/www --snapshot 2026-11-23 --in-place --delete --yes",
          "pobsync restore web1:/srv/www --to-host web2:/srv/from-web1",
          "pobsync restore web1 --to /mnt/new-disk --check",
        ],
        "0 done, or nothing to do, 1 failed, or --check found a difference, 2 not confirmed, blocked or wrong input, 3 done with warnings, 5 no such host, snapshot or path, 6 not set up, 130 interrupted",
      )}\n\n${NOTES}`,
    )
    .action((place: string, options: Options) => {
      const { to, toHost, inPlace } = options;
      if ([to, toHost, inPlace].filter((one) => one !== undefined).length !== 1)
        command.error("say where it goes with one of --to DIR, --to-host HOST[:DIR] and --in-place");
      if (options.dryRun === true && options.queue === true)
        command.error("--dry-run and --queue contradict each other");
      return restore(context, wishFrom(place, options), options);
    });
};

function targetFrom({ to, toHost }: Options): RestoreTarget {
  // An empty one, as of a variable that is not set, must not mean the folder where somebody happens to be.
  if (to !== undefined) return folderTarget(to === "" ? "" : resolve(to));
  return toHost !== undefined ? hostTarget(toHost) : { to: "in-place" };
}

const wishFrom = (place: string, options: Options): RestoreWish => ({
  ...{ place, snapshot: options.snapshot ?? LATEST, target: targetFrom(options) },
  ...{ delete: options.delete === true, yes: options.yes === true, check: options.check === true },
});

async function restore(context: CommandContext, wish: RestoreWish, options: Options): Promise<void> {
  const { output, exit } = context;
  const app = await context.app();
  const [host = ""] = wish.place.split(":");
  const looked = await watched(context, host, (observer) => lookAtRestore(app, wish, observer));
  const { refused } = looked;
  const isSame = isNothingToDo(looked.order.preview);
  if (options.dryRun === true) return tell(context, looked, wish.check && !isSame ? differing(looked) : null);
  if (refused !== null || isSame) return tell(context, looked, refused);
  if (options.queue === true) {
    const run = await queueRestore(app, looked);
    const hasWorker = (await whoIsAlive(app)).some(({ role }) => role === "worker");
    output.result(restoreJson(looked, run, null), () =>
      [previewText(output, looked), queuedText(run, hasWorker)].join("\n"),
    );
    return;
  }
  const run = await watched(context, host, (observer) => restoreNow(app, looked, observer));
  output.result(restoreJson(looked, run, null), () => restoredText(output, looked, run));
  for (const warning of run.warnings) output.warning(warning);
  if (run.problem !== null) output.problem(run.problem);
  exit(exitCodeOf(run));
}

/** The preview has named what differs. */
const differing = ({ place, order }: LookedAt): Problem =>
  restoreDiffers(place, differencesIn(order.preview).differences, [], {
    hint: "Nothing was changed. To make it as in the snapshot: the same command without --dry-run.",
  });

/** What would be done, and why it was not. */
function tell({ output, exit }: CommandContext, looked: LookedAt, why: Problem | null): void {
  const problem: ProblemFacts | null = why === null ? null : factsOf(why);
  const { check, preview } = looked.order;
  const isDone = problem !== null || isNothingToDo(preview);
  // A look that has to be confirmed is no answer to --check.
  const checked = check && why?.code !== "confirmation_needed" ? differencesIn(preview) : null;
  output.result(restoreJson(looked, null, problem, checked), () =>
    isDone ? previewText(output, looked) : `${previewText(output, looked)}\n  Nothing was changed.`,
  );
  for (const warning of looked.warnings) output.warning(factsOf(warning));
  if (problem !== null) output.problem(problem);
  exit(why !== null ? PROBLEMS[why.code].exitCode : looked.warnings.length > 0 ? 3 : 0);
}
