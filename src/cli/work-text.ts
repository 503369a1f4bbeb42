// What a worker and a scheduler say while they work: a line an event.
import type { DueOutcome, ScheduleObserver } from "../actions/queue-due.ts";
import type { WorkObserver } from "../actions/work.ts";
import { countText } from "../domain/count-text.ts";
import { factsOf } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { Output } from "./output.ts";
import { runStatusText } from "./run-text.ts";
import { durationWords, instantText, sizeText } from "./words.ts";

export function workObserver(output: Output): WorkObserver {
  return {
    onStart: (run) =>
      output.note(`${run.host}: run ${run.id} begins (${run.kind}, ${run.trigger}).`, aboutRun(run)),
    onEnd: (run) => {
      const about = aboutRun(run);
      output.note(endText(output, run), about);
      for (const warning of run.warnings) output.warning(warning, about);
      if (run.problem !== null) output.problem(run.problem, about);
    },
    onSettled: ({ run, lostBy }) =>
      output.note(
        `${run.host}: run ${run.id} of ${lostBy}, which is gone, is settled: ${run.snapshot === null ? run.status : `its snapshot ${run.snapshot} is whole and recorded`}.`,
        aboutRun(run),
      ),
    onTrouble: (problem) => output.problem(factsOf(problem)),
    onRecovery: () => output.note("The trouble is over, work goes on."),
    onStopping: (running) =>
      output.note(
        `Stopping: waiting for ${countText(running, "run")}; what is not over in time is queued again.`,
      ),
  };
}

const aboutRun = ({ id, host, kind }: Pick<Run, "id" | "host" | "kind">) => ({ run: id, host, kind });

function endText(output: Output, run: Run): string {
  const status = runStatusText(output, run.status);
  const took =
    run.startedAt === null || run.finishedAt === null
      ? ""
      : ` in ${durationWords(run.finishedAt.getTime() - run.startedAt.getTime())}`;
  const made =
    run.stats === null
      ? ""
      : `, ${countText(run.stats.newFiles, "file")} (${sizeText(run.stats.newBytes)}) new or changed`;
  return `${run.host}: run ${run.id} ${status}${took}${made}`;
}

export function scheduleObserver(output: Output): ScheduleObserver {
  return {
    onDue: (outcome) => output.note(dueText(outcome), aboutDue(outcome)),
    onTrouble: (problem) => output.problem(factsOf(problem)),
    onRecovery: () => output.note("The trouble is over, schedules are watched again."),
  };
}

/** The run that was queued, or that was in the way. */
const aboutDue = ({ schedule, runId, skippedFor }: DueOutcome) => {
  const run = runId ?? skippedFor;
  return { host: schedule.host, kind: "backup" as const, ...(run === null ? {} : { run }) };
};

const dueText = ({ schedule, dueAt, runId, skippedFor }: DueOutcome): string =>
  runId === null
    ? `${schedule.host}: due at ${instantText(dueAt)} (${schedule.name}), but run ${skippedFor} of the host is still open, so no other is queued.`
    : `${schedule.host}: due at ${instantText(dueAt)} (${schedule.name}), run ${runId} is queued.`;
