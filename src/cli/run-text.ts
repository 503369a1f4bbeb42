// Runs as text.

import { countText, numberText } from "../domain/count-text.ts";
import { parseDrillResult } from "../domain/drill.ts";
import type { SnapshotChanges } from "../domain/history.ts";
import type { Run, RunStatus } from "../domain/run.ts";
import type { Waiting } from "../domain/waiting.ts";
import type { Output, Style } from "./output.ts";
import { prunedOf, prunedWords } from "./pruned.ts";
import { restorePairs, restoreWords } from "./restore-text.ts";
import { pairsText, tableText } from "./table.ts";
import { agoText, durationWords, instantText, sizeText } from "./words.ts";

const STYLES: Record<RunStatus, Style> = {
  queued: "dim",
  running: "cyan",
  succeeded: "green",
  warning: "yellow",
  failed: "red",
  cancelled: "dim",
};
const MARKS: Record<RunStatus, string> = {
  queued: "…",
  running: "▶",
  succeeded: "✓",
  warning: "!",
  failed: "✗",
  cancelled: "–",
};

export const runStatusText = (output: Output, status: RunStatus): string =>
  output.style(STYLES[status], `${MARKS[status]} ${status}`);

function durationOf(run: Run, now: Date): string {
  if (run.startedAt === null) return "–";
  return durationWords((run.finishedAt ?? now).getTime() - run.startedAt.getTime());
}

function whatHappened(run: Run, why: Waiting | undefined): string {
  if (run.problem !== null) return run.problem.message;
  if (run.status === "queued") return why?.message ?? "";
  if (run.status === "running" && run.cancelRequestedAt !== null) return "is being cancelled";
  if (run.status === "running")
    return run.phase === null
      ? ""
      : `${run.phase}${run.progress?.percent == null ? "" : `, ${run.progress.percent} %`}`;
  if (run.warnings.length > 0) return run.warnings.map((warning) => warning.code).join(", ");
  if (run.kind === "prune") return prunedWords(run);
  if (run.kind === "discover") return discoveredWords(run);
  if (run.kind === "restore") return restoreWords(run);
  if (run.kind === "drill") return drillWords(run);
  return run.snapshot ?? "";
}

/** What a look at the disk came to. */
function discoveredWords({ result }: Run): string {
  const count = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
  return `${countText(count(result?.recorded), "snapshot")} recorded, ${numberText(Number(result?.known ?? 0))} known`;
}

/** What a verification has read; what is wrong with that is in the run's problem. */
const readWords = ({ result }: Run): string =>
  `${countText(Number(result?.checked ?? 0), "stored file")}, ${sizeText(Number(result?.bytes ?? 0))}`;

/** What a drill has tried; what is wrong with that is in the run's problem. */
function drillWords({ result }: Run): string {
  const drill = parseDrillResult(result);
  if (drill === null) return "";
  const { sampled, canaries, bytes } = drill;
  return `${countText(sampled + canaries, "entry", "entries")} restored and compared, ${sizeText(bytes)}`;
}

export function runsTable(
  output: Output,
  runs: readonly Run[],
  now: Date,
  waiting: ReadonlyMap<number, Waiting>,
): string {
  const rows = runs.map((run) => [
    String(run.id),
    run.host,
    run.kind,
    run.trigger,
    runStatusText(output, run.status),
    agoText(run.startedAt ?? run.queuedAt, now),
    durationOf(run, now),
    whatHappened(run, waiting.get(run.id)),
  ]);
  return tableText(
    output,
    ["RUN", "HOST", "KIND", "TRIGGER", "STATUS", "STARTED", "TOOK", "WHAT"],
    rows,
    [0, 6],
  );
}

/** What to tell somebody who queued a run. */
export const queuedText = (run: Run, hasWorker: boolean): string =>
  `Run ${run.id} of ${run.host} is queued. ${hasWorker ? `Watch it: pobsync show-run ${run.id} --follow` : "No worker is running at the moment; start one: pobsync up"}`;

const attemptPairs = ({ attempt, retryOf }: Run): [string, string][] =>
  retryOf === null ? [] : [["attempt", `${attempt}, after run ${retryOf}`]];

const duePairs = ({ dueAt, availableAt, queuedAt }: Run): [string, string][] => [
  ...(dueAt === null ? [] : [["due", instantText(dueAt)] as [string, string]]),
  ...(availableAt > queuedAt ? [["not before", instantText(availableAt)] as [string, string]] : []),
];

export function runDetailText(
  output: Output,
  run: Run,
  now: Date,
  logPath: string | null,
  changes: SnapshotChanges | null,
  waiting: Waiting | undefined,
): string {
  const pairs: [string, string][] = [
    ["run", output.style("bold", `${run.id}`)],
    [
      "what",
      `${run.kind} of ${run.host}, ${run.trigger}${run.requestedBy === null ? "" : ` by ${run.requestedBy}`}`,
    ],
    ["status", runStatusText(output, run.status)],
    ...(waiting === undefined ? [] : [["waits", waiting.message] as [string, string]]),
    ...attemptPairs(run),
    ["queued", instantText(run.queuedAt)],
    ...duePairs(run),
    ["started", instantText(run.startedAt)],
    ["finished", instantText(run.finishedAt)],
    ["took", durationOf(run, now)],
    ["worker", run.worker ?? "–"],
  ];
  if (run.phase !== null) pairs.push(["phase", run.phase]);
  if (run.progress !== null) pairs.push(["progress", progressText(run)]);
  if (run.kind === "backup") pairs.push(["snapshot", run.snapshot ?? "–"], ["base", run.base ?? "–"]);
  if (run.sandbox !== null) pairs.push(["sandbox", run.sandbox]);
  if (run.sharing !== null) pairs.push(["shares by", run.sharing]);
  if (run.rateLimit !== null && run.rateLimit > 0) pairs.push(["at most", `${sizeText(run.rateLimit)}/s`]);
  if (run.stats !== null) {
    const { files, bytes, newFiles, newBytes, receivedBytes } = run.stats;
    pairs.push(["holds", `${countText(files, "entry", "entries")}, ${sizeText(bytes)}`]);
    pairs.push([
      "new",
      `${countText(newFiles, "file")}, ${sizeText(newBytes)}; ${sizeText(receivedBytes)} received`,
    ]);
  }
  pairs.push(...restorePairs(run));
  if (run.kind === "discover" && run.result !== null) pairs.push(["found", discoveredWords(run)]);
  if (run.kind === "verify" && run.result !== null) pairs.push(["read", readWords(run)]);
  const drill = run.kind === "drill" ? parseDrillResult(run.result) : null;
  if (drill !== null) pairs.push(["tried", `${drillWords(run)}, of ${drill.snapshot}`], ["seed", drill.seed]);
  if (run.result !== null && (run.kind === "prune" || run.kind === "backup")) {
    const { removed, trashed } = prunedOf(run);
    pairs.push(["pruned", prunedWords(run)]);
    for (const name of removed) pairs.push(["deleted", name]);
    for (const name of trashed) pairs.push(["in the trash", name]);
  }
  if (changes !== null) pairs.push(...changePairs(changes));
  if (logPath !== null) pairs.push(["log", `zless ${logPath}`]);
  return pairsText(output, pairs);
}

function changePairs({ added, changed, removed, largest }: SnapshotChanges): [string, string][] {
  const counts = [
    `${numberText(added)} added`,
    `${numberText(changed)} changed`,
    `${numberText(removed)} removed`,
  ];
  return [
    ["changes", counts.join(", ")],
    ...largest.map(({ path, change, size }): [string, string] => [
      change === "added" ? "large, new" : "large",
      `${sizeText(size)}  ${path}`,
    ]),
  ];
}

function progressText({ progress }: Run): string {
  if (progress === null) return "–";
  const { percent, bytes, bytesPerSecond, secondsLeft } = progress;
  const left = secondsLeft === null ? "" : `, ${durationWords(secondsLeft * 1000)} left`;
  return `${percent === null ? "" : `${percent} %, `}${sizeText(bytes)}, ${sizeText(bytesPerSecond)}/s${left}`;
}
