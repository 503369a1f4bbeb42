// What was typed about a channel, as it is sent.
import type { ChannelJson } from "../../../src/contract/types.ts";
import { durationText } from "../../parts/words.ts";
import type { Typed } from "./channel-field.tsx";

export type Kind = ChannelJson["kind"];
type Rules = ChannelJson["rules"];

const [HOUR_SECONDS, DAY_SECONDS] = [3600, 86_400];
/** In place of seconds. */
const NEVER = 0;

/** How often something is told again; what a channel has besides is among them. */
export function repeats(now: number): { readonly value: string; readonly label: string }[] {
  const usual: [number, string][] = [
    [NEVER, "never"],
    [HOUR_SECONDS, "every hour"],
    [6 * HOUR_SECONDS, "every 6 hours"],
    [DAY_SECONDS, "every day"],
    [7 * DAY_SECONDS, "every week"],
  ];
  const own: [number, string][] = usual.some(([seconds]) => seconds === now)
    ? []
    : [[now, `every ${durationText(now)}`]];
  return [...usual, ...own]
    .sort(([one], [other]) => one - other)
    .map(([seconds, label]) => ({ value: String(seconds), label }));
}

export const typedRules = (channel: ChannelJson | null) => ({
  minSeverity: (channel?.rules.minSeverity ?? "warning") as string,
  hosts: channel?.rules.hosts.join(" ") ?? "",
  tags: channel?.rules.tags.join(" ") ?? "",
  codes: channel?.rules.codes.join(" ") ?? "",
  repeat: channel === null ? DAY_SECONDS : (channel.rules.repeatSeconds ?? NEVER),
  quiet: channel?.rules.quiet == null ? "" : `${channel.rules.quiet.from}-${channel.rules.quiet.to}`,
  digest: (channel?.rules.digest ?? "off") as string,
});

export function sentRules({
  minSeverity,
  hosts,
  tags,
  codes,
  repeat,
  quiet,
  digest,
}: ReturnType<typeof typedRules>) {
  const [from = "", to = ""] = quiet.split("-").map((time) => time.trim());
  return {
    minSeverity: minSeverity as Rules["minSeverity"],
    ...{ hosts: words(hosts), tags: words(tags), codes: words(codes) },
    repeatSeconds: repeat === NEVER ? null : repeat,
    quiet: quiet.trim() === "" ? null : { from: from.slice(0, 5), to: to.slice(0, 5) },
    digest: digest as Rules["digest"],
  };
}

const words = (typed: string): string[] => typed.split(/[\s,]+/).filter((word) => word !== "");

/** What was not touched is left out, so that it stays; what was emptied is taken away. */
export const sentSettings = (values: Readonly<Record<string, Typed>>): Record<string, Typed> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" && value.trim() === "" ? null : value,
    ]),
  );
