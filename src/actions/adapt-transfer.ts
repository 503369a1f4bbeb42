// What of a transfer depends on where and what the host is.
import { comeAsAttributes } from "../domain/access-lists.ts";
import { withFakeSuper } from "../domain/fake-super.ts";
import { listsOnTheWay } from "../domain/far-away.ts";
import type { Settings } from "../domain/settings.ts";
import { type StreamPlan, streamPlan } from "../domain/streams.ts";
import type { ProbeAnswer } from "../system/probe.ts";
import type { RunLog } from "../system/run-log.ts";
import type { HostContext } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import type { ReachedHost } from "./reach-host.ts";

interface Adapting extends HostContext {
  readonly reached: ReachedHost;
  readonly answer: ProbeAnswer;
  readonly fakeSuper: boolean;
  readonly log: RunLog;
  readonly control: RunControl;
}

/** What a transfer does by itself, decided. */
export interface Adapted {
  readonly settings: Settings;
  readonly streams: StreamPlan;
  readonly aclsAsAttributes: boolean;
}

/**
 * The settings, with what depends on how far away the host is, and on how owners are kept.
 *
 * @param bwlimit at this time of day
 */
export async function adapted(
  { effective, reached, answer, fakeSuper, log, control }: Adapting,
  bwlimit: number,
): Promise<Adapted> {
  const { incRecursive, streams } = effective.values;
  const isAsked = incRecursive === "auto" || streams === "auto";
  const roundTripMs = isAsked ? ((await reached.connection?.roundTripMs()) ?? null) : null;
  const isNear = listsOnTheWay(incRecursive, roundTripMs);
  if (!isNear && incRecursive === "auto" && roundTripMs !== null) {
    const note = `A packet takes ${Math.round(roundTripMs)} ms there and back, so the whole list of files is sent first`;
    void log.writeImportant(`! ${note} (--no-inc-recursive)\n`);
    control.note(`${note}.`);
  }
  const settings = withFakeSuper(
    { ...effective.values, incRecursive: isNear ? "on" : "off", bwlimit } as const,
    fakeSuper,
  );
  const aclsAsAttributes = comeAsAttributes(answer, settings, process.getuid?.() === 0);
  if (aclsAsAttributes)
    void log.writeImportant(
      "! Access control lists come as attributes (--rsync-arg=--acls: by themselves)\n",
    );
  return { settings, streams: streamPlan(streams, bwlimit, roundTripMs), aclsAsAttributes };
}
