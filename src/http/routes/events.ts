// What the server tells by itself.
import { routes } from "../implement.ts";
import { liveEvents, STILL_EVERY_MS, type Stream } from "../live-events.ts";
import type { RequestContext } from "../request.ts";
import { stillAllowed } from "../still-allowed.ts";

const { events: os } = routes;

/** A stream for whoever asks, for as long as they are there and may read it. */
export const streamFor = (context: RequestContext): Stream => ({
  ...{ gone: context.gone, isAllowed: stillAllowed(context), stillEveryMs: STILL_EVERY_MS },
});

export const events = {
  live: os.live.handler(({ context }) => liveEvents(context.console.live, streamFor(context))),
};
