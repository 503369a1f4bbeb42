// The progress bar of a transfer on a terminal; a line a phase elsewhere.
import { SingleBar } from "cli-progress";
import { numberText } from "../domain/count-text.ts";
import type { Phase, Progress } from "../domain/run.ts";
import type { Output } from "./output.ts";
import { durationWords, sizeText } from "./words.ts";

export interface ProgressView {
  readonly onPhase: (phase: Phase) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly stop: () => void;
}

const PHASE_WORDS: Record<Phase, string> = {
  probing: "Looking at the host",
  "pre-hook": "Running the pre-backup hook",
  transferring: "Transferring",
  "post-hook": "Running the post-backup hook",
  flushing: "Flushing to disk",
  publishing: "Publishing the snapshot",
  pruning: "Removing old snapshots",
  discovering: "Looking at the disk",
  verifying: "Reading what is stored",
  repairing: "Mending what is damaged",
  previewing: "Looking at what would change",
  restoring: "Restoring",
  checking: "Comparing what arrived",
  testing: "Running the command that checks it",
};

/** `name` is the host's. */
export function progressView(output: Output, name: string): ProgressView {
  if (!output.animated) {
    return {
      onPhase: (phase) => output.note(`${name}: ${PHASE_WORDS[phase]} …`, { host: name }),
      onProgress: () => {},
      stop: () => {},
    };
  }
  const bar = new SingleBar({
    format: "{phase} {bar} {percent}  {bytes}  {rate}  {left}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    stream: output.stderr,
    clearOnComplete: true,
    hideCursor: true,
    fps: 8,
  });
  const empty = { phase: PHASE_WORDS.probing, percent: "", bytes: "", rate: "", left: "" };
  bar.start(100, 0, empty);
  let words = PHASE_WORDS.probing;
  return {
    onPhase: (phase) => {
      words = PHASE_WORDS[phase];
      bar.update(0, { ...empty, phase: words });
    },
    onProgress: ({ percent, bytes, bytesPerSecond, secondsLeft, files }) =>
      bar.update(percent ?? 0, {
        phase: words,
        percent: percent === null ? `${numberText(files)} entries seen` : `${percent} %`,
        bytes: sizeText(bytes),
        rate: `${sizeText(bytesPerSecond)}/s`,
        left: secondsLeft === null ? "" : `${durationWords(secondsLeft * 1000)} left`,
      }),
    stop: () => bar.stop(),
  };
}
