// pobsync backup: a manual backup, executed here, with its progress.
import { backUpNow } from "../actions/back-up-now.ts";
import { queueBackup } from "../actions/change-run.ts";
import { requireSite } from "../actions/host-context.ts";
import { whoIsAlive } from "../actions/presence.ts";
import { type BackupPreview, previewBackup } from "../actions/preview-backup.ts";
import { snapshotPath } from "../actions/snapshot-path.ts";
import type { BackupJson } from "../contract/types.ts";
import { countText } from "../domain/count-text.ts";
import { factsOf } from "../domain/problem.ts";
import { parseCount } from "../domain/quantity.ts";
import { PLAIN_RUN, type Run, type RunOptions } from "../domain/run.ts";
import { runJson, snapshotJson } from "../shapes/shapes.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";
import { progressView } from "./progress-bar.ts";
import { prunedWords } from "./pruned.ts";
import { exitCodeOf } from "./run-exit.ts";
import { queuedText } from "./run-text.ts";
import { watched } from "./watched.ts";
import { durationWords, sizeText } from "./words.ts";

interface Options {
  readonly dryRun?: boolean;
  readonly acceptEmpty?: boolean;
  readonly queue?: boolean;
  readonly waitForWindow?: boolean;
  readonly prune?: boolean;
  readonly maxDelete?: string;
}

export const define: DefineCommand = (command, context) => {
  command
    .argument("<host>", "name of the host")
    .option("--dry-run", "only look: what would be transferred")
    .option("--queue", "only queue it: a worker will do it")
    .option("--wait-for-window", "with --queue: begin only while a window of the host is open")
    .option("--prune", "afterwards remove what no rule keeps (pobsync retention shows it)")
    .option("--max-delete <n>", "with --prune: remove nothing when more than so many would go")
    .option("--accept-empty", "a source that had files last time may be empty now")
    .addHelpText(
      "after",
      helpEnd(
        [
          "pobsync backup web1",
          "pobsync backup web1 --dry-run",
          "pobsync backup web1 --prune --max-delete 5",
          "pobsync backup web1 --queue",
          "pobsync --json backup web1",
        ],
        "0 done, 1 failed, 3 done with warnings, 4 the host is being worked on, 5 no such host, 6 not set up, 130 interrupted",
      ),
    )
    .action((host: string, options: Options) => {
      if (options.dryRun === true && options.queue === true)
        command.error("--dry-run and --queue contradict each other");
      if (options.waitForWindow === true && options.queue !== true)
        command.error("--wait-for-window says nothing without --queue");
      if (options.maxDelete !== undefined && options.prune !== true)
        command.error("--max-delete says nothing without --prune");
      if (options.dryRun === true) return preview(context, host);
      return options.queue === true ? queue(context, host, options) : backUp(context, host, options);
    });
};

const orderFrom = (options: Options): RunOptions => ({
  ...PLAIN_RUN,
  acceptEmpty: options.acceptEmpty === true,
  waitForWindow: options.waitForWindow === true,
  prune: options.prune === true,
  maxDelete:
    options.maxDelete === undefined ? null : parseCount("--max-delete", options.maxDelete, 0, 100_000),
  // Whoever waits for the end sees a failure and decides; a queued one is tried again by itself.
  retry: options.queue === true,
});

async function queue({ app, output }: CommandContext, host: string, options: Options): Promise<void> {
  const opened = await app();
  const run = await queueBackup(opened, host, orderFrom(options));
  const hasWorker = (await whoIsAlive(opened)).some(({ role }) => role === "worker");
  const json: BackupJson = { run: runJson(run), snapshot: null, pruned: [] };
  output.result(json, () => queuedText(run, hasWorker));
}

async function backUp(context: CommandContext, host: string, options: Options): Promise<void> {
  const { app, output, exit } = context;
  const order = orderFrom(options);
  const opened = await app();
  const result = await watched(context, host, (observer) => backUpNow(opened, host, order, observer));
  const { run, snapshot, pruned } = result;
  const site = await requireSite(opened);
  const path = snapshot === null ? null : snapshotPath(site, snapshot);
  const json: BackupJson = {
    run: runJson(run),
    snapshot: snapshot === null || path === null ? null : snapshotJson(snapshot, path),
    pruned: [...pruned],
  };
  output.result(json, () => resultText(output, run, path));
  for (const warning of run.warnings) output.warning(warning);
  if (run.problem !== null) output.problem(run.problem);
  exit(exitCodeOf(run));
}

function resultText(output: Output, run: Run, path: string | null): string {
  if (path === null || run.stats === null)
    return `${output.style("red", "✗")} ${run.host}: no snapshot was made (run ${run.id}).`;
  const { files, bytes, newFiles, newBytes, durationMs } = run.stats;
  const mark = run.status === "succeeded" ? output.style("green", "✓") : output.style("yellow", "!");
  const shared = run.base === null ? "the first snapshot of this host" : `the rest shared with ${run.base}`;
  return [
    `${mark} ${output.style("bold", run.host)}: ${countText(files, "entry", "entries")}, ${sizeText(bytes)} in ${durationWords(durationMs)}`,
    `  ${countText(newFiles, "file")} (${sizeText(newBytes)}) new or changed, ${shared}`,
    `  ${path}/data`,
    ...(run.result === null ? [] : [`  pruned: ${prunedWords(run)}`]),
  ].join("\n");
}

async function preview({ app, output, stop, exit }: CommandContext, host: string): Promise<void> {
  const view = progressView(output, host);
  let found: BackupPreview;
  try {
    found = await previewBackup(await app(), host, { ...view, stop, onNote: output.note });
  } finally {
    view.stop();
  }
  const warnings = found.warnings.map(factsOf);
  const { files, bytes, newFiles, newBytes } = found.stats;
  output.result(
    { run: null, snapshot: null, pruned: [], preview: { base: found.base, stats: found.stats, warnings } },
    () =>
      [
        `${output.style("bold", host)}: a backup now would hold ${countText(files, "entry", "entries")}, ${sizeText(bytes)}.`,
        `  ${countText(newFiles, "file")} (${sizeText(newBytes)}) would be transferred, ${found.base === null ? "because there is no snapshot yet" : `the rest shared with ${found.base}`}.`,
        "  Nothing was changed.",
      ].join("\n"),
  );
  for (const warning of warnings) output.warning(warning);
  if (warnings.length > 0) exit(3);
}
