// What was typed about a channel, as it is sent.
import type { ChannelJson } from "../../../src/contract/types.ts";
import type { Typed } from "./channel-field.tsx";

export type Kind = ChannelJson["kind"];
type Rules = ChannelJson["rules"];

export const typedRules = (channel: ChannelJson | null) => ({
  minSeverity: (channel?.rules.minSeverity ?? "warning") as string,
  hosts: channel?.rules.hosts.join(" ") ?? "",
  quiet: channel?.rules.quiet == null ? "" : `${channel.rules.quiet.from}-${channel.rules.quiet.to}`,
  digest: (channel?.rules.digest ?? "off") as string,
});

export function sentRules({ minSeverity, hosts, quiet, digest }: ReturnType<typeof typedRules>) {
  const [from = "", to = ""] = quiet.split("-").map((time) => time.trim());
  return {
    minSeverity: minSeverity as Rules["minSeverity"],
    hosts: hosts.split(/[\s,]+/).filter((host) => host !== ""),
    quiet: quiet.trim() === "" ? null : { from: from.slice(0, 5), to: to.slice(0, 5) },
    digest: digest as Rules["digest"],
  };
}

/** What was not touched is left out, so that it stays; what was emptied is taken away. */
export const sentSettings = (values: Readonly<Record<string, Typed>>): Record<string, Typed> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" && value.trim() === "" ? null : value,
    ]),
  );
