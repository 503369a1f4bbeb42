// Alerts in words.
import type { client } from "../../api/client.ts";

export type Alert = Awaited<ReturnType<typeof client.alerts.list>>["items"][number];

export function stateWords({ acknowledged, clearedAt, wellSince }: Alert): string {
  if (clearedAt !== null) return "over";
  if (wellSince !== null) return "seems to be over";
  if (acknowledged === null) return "open";
  const { by, reason } = acknowledged;
  return `seen by ${by ?? "somebody"}${reason === null ? "" : `: ${reason}`}`;
}

/** The channels at which it arrived, and those at which it has not, with the reason. */
export function toldWords(messages: Alert["messages"]): string {
  const channels = [...new Set(messages.map(({ channel }) => channel))];
  if (channels.length === 0) return "nobody";
  return channels
    .map((channel) => {
      const of = messages.filter((one) => one.channel === channel);
      if (of.some(({ state }) => state === "sent")) return channel;
      const why = of.at(-1)?.error ?? null;
      return why === null ? `${channel} (not yet)` : `${channel} (not yet: ${why})`;
    })
    .join(", ");
}
