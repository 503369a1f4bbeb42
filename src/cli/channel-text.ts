// Channels as text for people.

import type { ShownChannel } from "../actions/list-channels.ts";
import { quietText, repeatText } from "../domain/channel-rules.ts";
import type { Output } from "./output.ts";
import { pairsText, tableText } from "./table.ts";
import { agoText } from "./words.ts";

const stateText = ({ channel, problem }: ShownChannel, output: Output, now: Date): string => {
  if (!channel.enabled) return output.style("dim", "off");
  if (problem !== null) return output.style("red", "cannot be opened");
  if (channel.broken !== null)
    return output.style("red", `broken since ${agoText(channel.broken.since, now)}`);
  return output.style("green", "works");
};

export const channelsText = (output: Output, shown: readonly ShownChannel[], now: Date): string =>
  shown.length === 0
    ? "There are no channels yet, so nobody is told of anything. Make the first one: pobsync configure-channel NAME --kind KIND"
    : [
        tableText(
          output,
          ["channel", "kind", "goes to", "from", "state"],
          shown.map((one) => [
            output.style("bold", one.channel.name),
            one.channel.kind,
            one.settings?.target ?? "",
            one.channel.rules.minSeverity,
            stateText(one, output, now),
          ]),
        ),
        ...shown.flatMap(({ channel: { name, broken }, problem }) => {
          const why = problem?.message ?? broken?.why;
          return why === undefined ? [] : [`${output.style("bold", name)}: ${why}`];
        }),
      ].join("\n");

export function channelText(output: Output, one: ShownChannel, now: Date): string {
  const { channel, settings } = one;
  const { minSeverity, codes, hosts, tags, quiet, repeatSeconds, digest } = channel.rules;
  const all = (items: readonly string[]): string => (items.length === 0 ? "all" : items.join(", "));
  return pairsText(output, [
    ["channel", channel.name],
    ["kind", channel.kind],
    ["goes to", settings?.target ?? ""],
    ["secrets", settings?.secrets.join(", ") || "none"],
    ["state", stateText(one, output, now)],
    ["from severity", minSeverity],
    ["conditions", all(codes)],
    ["hosts", all(hosts)],
    ["tags", all(tags)],
    ["quiet hours", quietText(quiet)],
    ["repeat", repeatText(repeatSeconds)],
    ["digest", digest],
  ]);
}
