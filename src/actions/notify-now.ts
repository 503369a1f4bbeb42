// Sending a message because a person wants one sent, now: a test, or words of their own.

import { type Channel, type Message, SEVERITIES } from "../domain/notification.ts";
import { parseLine } from "../domain/one-line.ts";
import { badInput, factsOf, Problem, type ProblemFacts } from "../domain/problem.ts";
import { listChannels, markChannelWorking } from "../store/channels.ts";
import { hurryNotifications } from "../store/notifications.ts";
import type { App } from "./app.ts";
import { recordAudit } from "./audit.ts";
import { requireChannel } from "./configure-channel.ts";
import { sendMessage } from "./send-message.ts";

export interface Notified {
  readonly channel: string;
  /** Null: it has arrived. */
  readonly problem: ProblemFacts | null;
}

const BODY_MAX = 10_000;

export function testMessage(channel: string): Message {
  return {
    ...{ kind: "test", severity: "info", host: null, code: null, since: null, url: null },
    subject: "pobsync: this is a test",
    body: `Messages to the channel ${channel} arrive. Nothing is wrong, and nobody need do anything.`,
  };
}

/** Somebody's own words. Refuses with `bad_input`. */
export function ownMessage(given: { subject?: unknown; body?: unknown; severity?: unknown }): Message {
  const severity = SEVERITIES.find((known) => known === (given.severity ?? "info"));
  if (severity === undefined)
    throw badInput("The severity", given.severity, `must be one of: ${SEVERITIES.join(", ")}.`);
  const body = typeof given.body === "string" ? given.body : "";
  if (body.length > BODY_MAX) throw badInput("The body", body, `is longer than ${BODY_MAX} characters.`);
  return {
    ...{ kind: "test", severity, host: null, code: null, since: null, url: null, body },
    subject: parseLine("The subject", given.subject, 200),
  };
}

export const channelsThatAreOn = async (app: App): Promise<Channel[]> =>
  (await listChannels(app.db)).filter((channel) => channel.enabled);

/** Channels by name; without any, all that are switched on. Refuses with `not_found`. */
export async function channelsToTell(app: App, name: string | undefined): Promise<Channel[]> {
  if (name !== undefined) return [await requireChannel(app, name)];
  const enabled = await channelsThatAreOn(app);
  if (enabled.length > 0) return enabled;
  throw new Problem("not_found", "There is no channel that is switched on.", {
    hint: "Make one: pobsync configure-channel NAME --kind KIND",
  });
}

/** Tells what became of it; a failure is no exception here. One that works is not called broken any more. */
export async function notifyNow(
  app: App,
  channel: Channel,
  message: Message,
  stop?: AbortSignal,
): Promise<Notified> {
  const problem = await sendMessage(app, channel, message, stop).then(
    () => null,
    (error: unknown) => {
      if (error instanceof Problem && stop?.aborted !== true) return factsOf(error);
      throw error;
    },
  );
  if (problem === null) {
    await markChannelWorking(app.db, channel.id);
    // What waits for its next attempt, as services that are away make it, need not wait any longer.
    await hurryNotifications(app.db, channel.id, app.clock());
  }
  await recordAudit(app, {
    ...{ action: "channel.tested", subjectKind: "channel", subject: channel.name },
    detail: { subject: message.subject, problem: problem?.code ?? null },
  });
  return { channel: channel.name, problem };
}
