// What of a transfer depends on where the host is.
import { listsOnTheWay } from "../domain/far-away.ts";
import type { Settings } from "../domain/settings.ts";
import type { RunLog } from "../system/run-log.ts";
import type { HostContext } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import type { ReachedHost } from "./reach-host.ts";

interface Adapting extends HostContext {
  readonly reached: ReachedHost;
  readonly log: RunLog;
  readonly control: RunControl;
}

/** The settings, with what depends on how far away the host is. */
export async function adapted({ effective, reached, log, control }: Adapting): Promise<Settings> {
  const { incRecursive } = effective.values;
  const isKnown = incRecursive !== "auto" || reached.connection === null;
  const roundTripMs = isKnown ? null : await reached.connection.roundTripMs();
  const isNear = listsOnTheWay(incRecursive, roundTripMs);
  if (!isNear && roundTripMs !== null) {
    const note = `A packet takes ${Math.round(roundTripMs)} ms there and back, so the whole list of files is sent first`;
    void log.writeImportant(`! ${note} (--no-inc-recursive)\n`);
    control.note(`${note}.`);
  }
  return { ...effective.values, incRecursive: isNear ? "on" : "off" };
}
