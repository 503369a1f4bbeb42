// A lookout beside the rounds of a scheduler or worker. What it does holds up nobody, and what goes wrong with it ends nothing.
import { asProblem, type Problem } from "../../domain/problem.ts";
import type { App } from "../app.ts";
import { whileDatabaseIsAway } from "../patience.ts";
import { pingSite } from "../pings.ts";
import { whenOver } from "../rounds.ts";
import { type SiteFacts, siteFacts } from "../site-facts.ts";
import type { LookedOver } from "./look-over.ts";

/** Of this process; all of them together look once a minute. */
const EVERY_MS = 30_000;
/** How long the end waits for a look under way; what it had not done then another process does. */
const END_WITHIN_MS = 5000;

export interface Lookout {
  /** Begins a look, unless one is under way or was just made. Returns at once. */
  readonly look: () => void;
  readonly end: () => Promise<void>;
}

/** @param onTrouble is told once a spell what keeps people from being told */
export function lookout(app: App, watcherId: string, onTrouble: (problem: Problem) => void): Lookout {
  const stop = new AbortController();
  let facts: SiteFacts | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  let trouble = false;
  const once = async (): Promise<void> => {
    // Loaded when it is wanted: what queues and works has nothing to do with people.
    const { watch } = await import("./watch.ts");
    const { channelCourier } = await import("./channel-courier.ts");
    facts ??= siteFacts(app.db);
    let pinging: Promise<void> | undefined;
    // A service of pings that is slow keeps no message to people waiting.
    const onLook = async ({ bad }: LookedOver): Promise<void> => {
      pinging = pingSite(app, watcherId, bad, stop.signal);
      pinging.catch(() => {});
    };
    await watch(app, { facts, courier: channelCourier, watcherId, stop: stop.signal, onLook });
    await pinging;
    trouble = false;
  };
  return {
    look: () => {
      if (looking !== null || stop.signal.aborted || performance.now() - lookedAt < EVERY_MS) return;
      lookedAt = performance.now();
      looking = once()
        .catch(whileDatabaseIsAway)
        .catch((error: unknown) => {
          if (!trouble && !stop.signal.aborted) onTrouble(asProblem(error));
          trouble = true;
        })
        .then(() => {
          looking = null;
        });
    },
    end: async () => {
      stop.abort();
      if (looking !== null) await whenOver(END_WITHIN_MS, null, [looking]);
    },
  };
}
