// Channels with what may be shown of their settings.
import { type ShownSettings, shownSettings } from "../domain/channel-view.ts";
import type { Channel } from "../domain/notification.ts";
import { factsOf, Problem, type ProblemFacts } from "../domain/problem.ts";
import { listChannels } from "../store/channels.ts";
import type { App } from "./app.ts";
import { openSettings } from "./channel-settings.ts";

export interface ShownChannel {
  readonly channel: Channel;
  /** Null: they cannot be opened; the problem says why. */
  readonly settings: ShownSettings | null;
  readonly problem: ProblemFacts | null;
}

/** @param mayChange whoever looks may change it: those see what others could read along with, such as a topic of ntfy */
export async function showChannel(app: App, channel: Channel, mayChange: boolean): Promise<ShownChannel> {
  try {
    const settings = shownSettings(await openSettings(app, channel), mayChange);
    return { channel, settings, problem: null };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "channel_sealed") throw error;
    return { channel, settings: null, problem: factsOf(error) };
  }
}

/** By name. */
export async function showChannels(app: App, mayChange: boolean): Promise<ShownChannel[]> {
  const shown: ShownChannel[] = [];
  for (const channel of await listChannels(app.db)) shown.push(await showChannel(app, channel, mayChange));
  return shown;
}
