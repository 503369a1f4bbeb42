// pobsync verify: read what is stored again, and hold it against the checksums that the hosts computed.
import { requireSite } from "../actions/host-context.ts";
import { whoIsAlive } from "../actions/presence.ts";
import { queueVerify, type VerifyWish, verifyNow } from "../actions/verify-snapshots.ts";
import type { VerifyJson } from "../contract/types.ts";
import { countText } from "../domain/count-text.ts";
import { badInput } from "../domain/problem.ts";
import { parseDuration } from "../domain/quantity.ts";
import type { Run } from "../domain/run.ts";
import type { VerifyResult } from "../domain/verify-result.ts";
import { runJson } from "../shapes/shapes.ts";
import { listHosts } from "../store/hosts.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";
import { exitCodeOf } from "./run-exit.ts";
import { queuedText } from "./run-text.ts";
import { watched } from "./watched.ts";
import { sizeText } from "./words.ts";

interface Options {
  readonly snapshot?: string;
  readonly percent?: string;
  readonly olderThan?: string;
  readonly damaged?: boolean;
  readonly repair?: boolean;
  readonly queue?: boolean;
}

const CENTURY_SECONDS = 100 * 365 * 86_400;
const AFTER = `

Each stored file is read once, however many snapshots share it. What was read is noted at once: after an
interruption, --older-than goes on with the rest.

--repair writes into the damaged files themselves, so every snapshot that shows one is mended at once. Only content with
the checksum that the host once computed is used.`;

export const define: DefineCommand = (command, context) => {
  command
    .argument("[host]", "only of this host")
    .option("--snapshot <name>", "only what this snapshot shows")
    .option("--percent <n>", "only so many percent of the bytes, the longest unread first")
    .option("--older-than <duration>", "only what was not read for so long, such as 30d")
    .option("--damaged", "only what an earlier verification found damaged")
    .option("--repair", "mend what is damaged, from a healthy copy here or from the host")
    .option("--queue", "only queue it: a worker will do it")
    .addHelpText(
      "after",
      `${helpEnd(
        [
          "pobsync verify web1",
          "pobsync verify --percent 5",
          "pobsync verify web1 --older-than 30d --queue",
          "pobsync verify web1 --damaged --repair",
        ],
        "0 all is as it was, 1 something is damaged or could not be read, 3 all that was damaged is repaired, 5 no such host or snapshot, 6 not set up, 130 interrupted",
      )}${AFTER}`,
    )
    .action(async (host: string | undefined, options: Options) => {
      const wish = wishFrom(options);
      if (host === undefined && wish.snapshot !== null) command.error("--snapshot needs the name of a host");
      const opened = await context.app();
      await requireSite(opened);
      const hosts = host === undefined ? (await listHosts(opened.db)).map(({ name }) => name) : [host];
      return options.queue === true ? queue(context, hosts, wish) : read(context, hosts, wish);
    });
};

function wishFrom({ snapshot, percent, olderThan, damaged, repair }: Options): VerifyWish {
  const share = percent === undefined ? null : Number(percent);
  if (share !== null && !(share > 0 && share <= 100))
    throw badInput("--percent", percent, "must be more than 0 and at most 100.");
  return {
    snapshot: snapshot ?? null,
    percent: share,
    olderThanSeconds:
      olderThan === undefined ? null : parseDuration("--older-than", olderThan, 0, CENTURY_SECONDS),
    damagedOnly: damaged === true,
    repair: repair === true,
  };
}

async function queue(
  { app, output }: CommandContext,
  hosts: readonly string[],
  wish: VerifyWish,
): Promise<void> {
  const opened = await app();
  const runs: Run[] = [];
  for (const host of hosts) runs.push(await queueVerify(opened, host, wish));
  const hasWorker = (await whoIsAlive(opened)).some(({ role }) => role === "worker");
  output.result(verifyJson(runs), () =>
    runs.length === 0 ? NO_HOSTS : runs.map((run) => queuedText(run, hasWorker)).join("\n"),
  );
}

const NO_HOSTS = "There are no hosts yet: pobsync configure-host NAME --address ADDRESS";

async function read(context: CommandContext, hosts: readonly string[], wish: VerifyWish): Promise<void> {
  const { app, output, exit, stop } = context;
  const opened = await app();
  const runs: Run[] = [];
  for (const host of hosts) {
    if (stop.aborted) break;
    runs.push(
      await watched(context, host, ({ onNote: _, ...observer }) => verifyNow(opened, host, wish, observer)),
    );
  }
  output.result(verifyJson(runs), () =>
    runs.length === 0 ? NO_HOSTS : runs.map((run) => verifiedText(output, run)).join("\n"),
  );
  for (const { problem, warnings } of runs) {
    for (const warning of warnings) output.warning(warning);
    if (problem !== null) output.problem(problem);
  }
  exit(worstOf(runs.map(exitCodeOf)));
}

/** What remains damaged on one host weighs more than what was repaired on another. */
function worstOf(codes: readonly number[]): number {
  const failures = codes.filter((code) => code !== REPAIRED);
  return Math.max(0, ...failures) || Math.max(0, ...codes);
}

const REPAIRED = 3;

function verifiedText(output: Output, run: Run): string {
  const { checked, bytes } = verifyResultOf(run);
  const [mark, well] =
    run.status === "succeeded"
      ? [output.style("green", "✓"), "all as the host had them"]
      : run.status === "warning"
        ? [output.style("yellow", "!"), "all as the host had them by now, see below"]
        : [output.style("red", "✗"), "see below"];
  return `${mark} ${output.style("bold", run.host)}: ${countText(checked, "stored file")} read (${sizeText(bytes)}), ${well} (run ${run.id}).`;
}

const verifyResultOf = ({ result }: Run): VerifyResult =>
  (result as VerifyResult | null) ?? { checked: 0, bytes: 0, damaged: [], unreadable: [] };

function verifyJson(runs: readonly Run[]): VerifyJson {
  const results = runs.map(verifyResultOf);
  return {
    run: runs.length === 1 && runs[0] !== undefined ? runJson(runs[0]) : null,
    runs: runs.map(runJson),
    checked: results.reduce((sum, { checked }) => sum + checked, 0),
    bytes: results.reduce((sum, { bytes }) => sum + bytes, 0),
    damaged: results.flatMap(({ damaged }) =>
      damaged.map((one) => ({ ...one, snapshots: [...one.snapshots] })),
    ),
    unreadable: results.flatMap(({ unreadable }) => [...unreadable]),
  };
}
