// What happens on the site, told to all who listen: one process looks for all of them, and only while somebody listens.
import { whileDatabaseIsAway } from "../actions/patience.ts";
import { whenOver } from "../actions/rounds.ts";
import type { Changes, ChangeWatch } from "../actions/watch-changes.ts";
import { asProblem, Problem } from "../domain/problem.ts";
import type { TellFault } from "./problem-answer.ts";

/** Somebody who listens. What it is told it must take at once, whatever it does with it later. */
export interface Listener {
  /** After each look, also when nothing has changed; right away what is known already. */
  readonly hear: (changes: Changes) => void;
  /** Nothing more will come: the looking itself has failed. */
  readonly end: () => void;
}

/** The server's look at what happens. */
export interface Live {
  /** Begins to listen; returns how to leave. Refuses with `too_many_attempts` when too many listen. */
  readonly join: (listener: Listener) => () => void;
  /** Resolves when nobody looks any more; everybody must have left. */
  readonly silence: () => Promise<void>;
}

export interface LiveOptions {
  /** Begins to look; called anew whenever somebody listens after nobody did. */
  readonly startWatch: () => ChangeWatch;
  /** How long it rests between two looks. */
  readonly everyMs: number;
  readonly log: TellFault;
}

export const LOOK_EVERY_MS = 1000;
/** Each is a connection, which is kept open. */
const LISTENERS_MAX = 1000;

export function liveLook({ startWatch, everyMs, log }: LiveOptions): Live {
  const listeners = new Set<Listener>();
  let nobodyLeft = new AbortController();
  let looking: Promise<void> = Promise.resolve();
  let known: Changes | null = null;

  const look = async (stop: AbortSignal): Promise<void> => {
    const watch = startWatch();
    while (!stop.aborted) {
      const changes = await watch.look().catch(whileDatabaseIsAway);
      if (stop.aborted) return;
      if (changes !== undefined) {
        known = changes;
        for (const listener of listeners) listener.hear(changes);
      }
      await whenOver(everyMs, stop);
    }
  };
  const lookUntil = async (stop: AbortSignal): Promise<void> => {
    try {
      await look(stop);
    } catch (error) {
      // A server that is closing has closed its database, too.
      if (stop.aborted) return;
      const { code, message, hint, detail } = asProblem(error);
      log({ code, message: `Looking for what happens has failed: ${message}`, hint, detail });
      const all = [...listeners];
      listeners.clear();
      for (const listener of all) listener.end();
    } finally {
      known = null;
    }
  };

  return {
    join(listener) {
      if (listeners.size >= LISTENERS_MAX)
        throw new Problem("too_many_attempts", `So many listen to this server already: ${LISTENERS_MAX}.`, {
          hint: "Close pages of the console that nobody looks at.",
        });
      if (listeners.size === 0) {
        // What was known when somebody last listened may be over by now.
        known = null;
        nobodyLeft = new AbortController();
        const { signal } = nobodyLeft;
        looking = looking.then(() => lookUntil(signal));
      }
      listeners.add(listener);
      if (known !== null) listener.hear({ ...known, runs: [...known.open.values()], parts: new Set() });
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) nobodyLeft.abort();
      };
    },
    silence: () => looking,
  };
}
