// Watching a run that is executed here: a bar while it goes on, its notes when that is gone.
import type { RunObserver } from "../actions/keep-lease.ts";
import type { CommandContext } from "./command.ts";
import { progressView } from "./progress-bar.ts";

/** `name` is the host's. */
export async function watched<T>(
  { output, stop }: CommandContext,
  name: string,
  work: (observer: RunObserver) => Promise<T>,
): Promise<T> {
  const view = progressView(output, name);
  // They come last, because on a terminal the bar would overwrite them.
  const notes: string[] = [];
  try {
    return await work({ ...view, stop, onNote: (text) => void notes.push(text) });
  } finally {
    view.stop();
    for (const note of notes) output.note(note);
  }
}
