// pobsync drill: restore a random sample and the canaries into a folder of its own, and compare them with the catalog.
import { type DrillWish, drillNow, queueDrill } from "../actions/drill.ts";
import { whoIsAlive } from "../actions/presence.ts";
import type { DrillJson } from "../contract/types.ts";
import { countText } from "../domain/count-text.ts";
import { parseDrillFiles, parseDrillResult, parseSeed } from "../domain/drill.ts";
import { parseSize } from "../domain/quantity.ts";
import type { Run } from "../domain/run.ts";
import { runJson } from "../shapes/shapes.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";
import { exitCodeOf } from "./run-exit.ts";
import { queuedText } from "./run-text.ts";
import { watched } from "./watched.ts";
import { sizeText } from "./words.ts";

interface Options {
  readonly snapshot?: string;
  readonly files?: string;
  readonly maxBytes?: string;
  readonly seed?: string;
  readonly queue?: boolean;
}

const BYTES_MAX = 2 ** 50;
const AFTER = `

It restores into a folder of its own below the backup root, which is closed to others and removed afterwards. Content,
size, permissions, owner, times and link targets are compared with the catalog, which does not come from the tree
itself. Canaries (pobsync configure-host HOST --canary PATH) are restored in every drill, and the command of
--drill-command runs there when everything was restored.

The same seed picks the same files of the same snapshot.`;

export const define: DefineCommand = (command, context) => {
  command
    .argument("<host>", "whose snapshot is tried")
    .option("--snapshot <snapshot>", "name of a snapshot, how one begins, or a date (default: the newest)")
    .option("--files <n>", "how many files and links are picked at random (default: 100)")
    .option("--max-bytes <size>", "what they may come to; larger files are passed over (default: 1G)")
    .option("--seed <seed>", "of an earlier drill, to pick the same files again")
    .option("--queue", "only queue it: a worker will do it")
    .addHelpText(
      "after",
      `${helpEnd(
        [
          "pobsync drill web1",
          "pobsync drill web1 --files 1000 --max-bytes 20G",
          "pobsync drill web1 --seed 5f0c21ab",
        ],
        "0 everything came back as it was stored, 1 something did not, or the command that checks it failed, 5 no such host or snapshot, 6 not set up, 130 interrupted",
      )}${AFTER}`,
    )
    .action((host: string, options: Options) => drill(context, host, options));
};

const wishFrom = ({ snapshot, files, maxBytes, seed }: Options): DrillWish => ({
  snapshot: snapshot ?? null,
  files: files === undefined ? null : parseDrillFiles(files),
  bytes: maxBytes === undefined ? null : parseSize("--max-bytes", maxBytes, 1, BYTES_MAX),
  seed: seed === undefined ? null : parseSeed(seed),
});

async function drill(context: CommandContext, host: string, options: Options): Promise<void> {
  const { output, exit } = context;
  const wish = wishFrom(options);
  const app = await context.app();
  if (options.queue === true) {
    const run = await queueDrill(app, host, wish);
    const hasWorker = (await whoIsAlive(app)).some(({ role }) => role === "worker");
    return output.result(drillJson(run), () => queuedText(run, hasWorker));
  }
  // What was found stands in the problem as well.
  const run = await watched(context, host, ({ onNote: _, ...observer }) =>
    drillNow(app, host, wish, observer),
  );
  output.result(drillJson(run), () => drilledText(output, run));
  if (run.problem !== null) output.problem(run.problem);
  exit(exitCodeOf(run));
}

function drilledText(output: Output, run: Run): string {
  const result = parseDrillResult(run.result);
  const isGood = run.status === "succeeded";
  const mark = isGood ? output.style("green", "✓") : output.style("red", "✗");
  const name = output.style("bold", run.host);
  if (result === null) return `${mark} ${name}: nothing was tried, see below (run ${run.id}).`;
  const { sampled, canaries, bytes, passedOver, withoutChecksum, snapshot, seed } = result;
  const more = canaries === 0 ? "" : ` and ${countText(canaries, "canary", "canaries")}`;
  return [
    `${mark} ${name}: ${countText(sampled, "file")} picked at random${more} restored from ${snapshot} (${sizeText(bytes)}), ${
      isGood ? "all as they were stored" : "see below"
    } (run ${run.id}).`,
    `  To pick the same files again: pobsync drill ${run.host} --snapshot ${snapshot} --seed ${seed}`,
    ...(passedOver > 0
      ? [`  ${countText(passedOver, "file was", "files were")} too large: --max-bytes allows more.`]
      : []),
    ...(withoutChecksum > 0
      ? [
          `  ${countText(withoutChecksum, "file has", "files have")} no checksum yet: pobsync verify ${run.host}`,
        ]
      : []),
  ].join("\n");
}

const drillJson = (run: Run): DrillJson => {
  const result = parseDrillResult(run.result);
  return {
    run: runJson(run),
    result: result === null ? null : { ...result, findings: [...result.findings] },
  };
};
