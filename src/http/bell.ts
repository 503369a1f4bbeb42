// A bell: one waits for it, somebody else rings it.
import { whenOver } from "../actions/rounds.ts";

export interface Bell {
  readonly ring: () => void;
  /** Resolves when it rings, at once when it rang since the last wait; after the time, or on `stop`, all the same. */
  readonly wait: (ms: number, stop: AbortSignal) => Promise<void>;
}

export function bell(): Bell {
  let rung = Promise.withResolvers<void>();
  return {
    ring: () => rung.resolve(),
    async wait(ms, stop) {
      await whenOver(ms, stop, [rung.promise]);
      // A new promise for each wait: on one that lives for days, everybody who ever waited would be remembered.
      rung = Promise.withResolvers<void>();
    },
  };
}
