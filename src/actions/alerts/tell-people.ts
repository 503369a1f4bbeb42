// From alerts to messages: what each channel is to be told now goes into the queue.
import type { Alert } from "../../domain/alert.ts";
import { isQuiet, planNotice } from "../../domain/alert-notices.ts";
import { noticeMessage, type TextFacts } from "../../domain/alert-text.ts";
import { type DigestHost, digestDay, digestMessage } from "../../domain/digest.ts";
import type { Channel } from "../../domain/notification.ts";
import { clearedAlerts, liveAlerts } from "../../store/alerts.ts";
import { queueNotification, toldAbout, wasQueued } from "../../store/notifications.ts";
import type { App } from "../app.ts";

/** That something is over is told for so long; a channel that was broken for longer hears of the next thing. */
const CLEARED_TOLD_MS = 7 * 86_400_000;

/** A host as a digest tells of it, with the words by which channels choose it. */
interface TaggedHost extends DigestHost {
  readonly tags: readonly string[];
}

/** Returns how many messages were queued. */
export async function tellPeople(
  app: App,
  channels: readonly Channel[],
  hosts: readonly TaggedHost[],
  text: TextFacts,
): Promise<number> {
  const now = app.clock();
  const clearedAfter = new Date(now.getTime() - CLEARED_TOLD_MS);
  if (channels.every(({ enabled }) => !enabled)) return 0;
  const [live, cleared, told] = await Promise.all([
    liveAlerts(app.db),
    clearedAlerts(app.db, clearedAfter),
    toldAbout(app.db, clearedAfter),
  ]);
  const alerts = [...live, ...cleared];
  const tagsOf = tagsOfThese(hosts);
  let queued = 0;
  const failures: unknown[] = [];
  for (const channel of channels) {
    try {
      await tell(channel);
    } catch (error) {
      // What is wrong with one channel's message must not silence the others.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return queued;

  async function tell(channel: Channel): Promise<void> {
    const facts = { alerts, told: told.get(channel.id) ?? [], tagsOf, timeZone: text.timeZone };
    const notice = planNotice(channel, facts, now);
    if (notice !== null) {
      const message = noticeMessage(notice, text);
      if (await queueNotification(app.db, { channel, message, items: notice.items, onceKey: null }, now))
        queued += 1;
    }
    if (await queueDigest(app, channel, live, hosts, text)) queued += 1;
  }
}

async function queueDigest(
  app: App,
  channel: Channel,
  live: readonly Alert[],
  hosts: readonly TaggedHost[],
  text: TextFacts,
): Promise<boolean> {
  const now = app.clock();
  const day = digestDay(channel, text.timeZone, now);
  if (day === null || isQuiet(channel.rules.quiet, text.timeZone, now)) return false;
  const onceKey = `digest ${channel.id} ${day}`;
  // Each look of half a day comes by here, and one of them writes it.
  if (await wasQueued(app.db, onceKey)) return false;
  const alerts = live.filter(({ openedAt, wellSince }) => openedAt !== null && wellSince === null);
  const message = digestMessage(channel, { ...text, hosts, alerts, tagsOf: tagsOfThese(hosts) }, now);
  return queueNotification(app.db, { channel, message, items: [], onceKey }, now);
}

function tagsOfThese(hosts: readonly TaggedHost[]): (host: string) => readonly string[] {
  const tags = new Map(hosts.map((host) => [host.name, host.tags]));
  return (host) => tags.get(host) ?? [];
}
