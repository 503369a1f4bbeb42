// A look at the disk as text.
import type { DiscoverOrder, Discovery, HostDiscovery } from "../actions/discover-snapshots.ts";
import { countText, numberText } from "../domain/count-text.ts";
import type { Output } from "./output.ts";

/** More lines of one kind are only counted. */
const LINES_MAX = 12;

export function discoveryText(output: Output, { hosts, refused }: Discovery, order: DiscoverOrder): string {
  const lines = hosts.flatMap((host) => hostLines(output, host, order));
  if (refused.length > 0) {
    lines.push(output.style("bold", "Belongs to no host:"));
    lines.push(...few(refused.map(({ path, why }) => `${output.style("yellow", "!")} ${path} ${why}`)));
    if (!order.rebuild)
      lines.push("  To make hosts from their snapshots: pobsync discover-snapshots --rebuild");
  }
  if (lines.length === 0)
    return "There are no hosts yet, and no snapshots. Make a host: pobsync configure-host NAME --address ADDRESS";
  if (order.dryRun) lines.push("Nothing was changed.");
  return lines.join("\n");
}

function hostLines(output: Output, found: HostDiscovery, { dryRun }: DiscoverOrder): string[] {
  const { host, run, result, problem } = found;
  const isGood = problem === null && result.missing.length === 0;
  const mark = isGood ? output.style("green", "✓") : output.style("yellow", "!");
  const title = `${problem !== null && run !== null ? output.style("red", "✗") : mark} ${output.style("bold", host)}`;
  const made = madeLine(found, dryRun);
  const lines = made === null ? [] : [`  ${made}`];
  if (problem !== null)
    return [
      `${title}: ${run === null ? "skipped, it is being worked on" : "the look at its disk failed"}.`,
      ...lines,
    ];
  const would = dryRun ? "would be " : "";
  const parts = [
    count(result.recorded, `${would}recorded`),
    count(result.returned, dryRun ? "would be there again" : "there again"),
    result.known === 0 ? "" : `${numberText(result.known)} known`,
    count(result.missing, "missing"),
    count(result.refused, "refused"),
  ].filter((part) => part !== "");
  const head =
    result.found + result.missing.length + result.refused.length === 0
      ? `no snapshots on disk. Make one: pobsync backup ${host}`
      : `${countText(result.found, "snapshot")} on disk${parts.length === 0 ? "" : `: ${parts.join(", ")}`}${run === null ? "" : ` (run ${run.id})`}`;
  return [
    `${title}: ${head}`,
    ...lines,
    ...few(result.recorded.map((name) => `${output.style("green", "+")} ${would}recorded ${name}`)),
    ...few(result.returned.map((name) => `${output.style("green", "+")} there again ${name}`)),
    ...few(result.missing.map((name) => `${output.style("yellow", "–")} missing ${name}`)),
    ...few(result.refused.map(({ path, why }) => `${output.style("yellow", "!")} ${path} ${why}`)),
    ...(result.recorded.length > 0 && !dryRun ? [`  To see them: pobsync snapshots ${host}`] : []),
  ];
}

/** What became of a host that was not configured. */
function madeLine({ host, rebuilt }: HostDiscovery, dryRun: boolean): string | null {
  if (rebuilt === null) return null;
  const made = `The host ${dryRun ? "would be" : "is"} made anew from ${rebuilt.from}`;
  return rebuilt.configuration === null
    ? `${made}, which does not say how it is reached: it ${dryRun ? "would be" : "is"} disabled. Check the address, then: pobsync configure-host ${host} --address ADDRESS --enable`
    : `${made}. Look at it: pobsync show-host ${host}. Its schedules must be made again: pobsync schedule ${host} --cron …`;
}

const count = (items: readonly unknown[], what: string): string =>
  items.length === 0 ? "" : `${numberText(items.length)} ${what}`;

function few(lines: readonly string[]): string[] {
  const shown = lines.slice(0, LINES_MAX).map((line) => `  ${line}`);
  if (lines.length > LINES_MAX)
    shown.push(`  … and ${numberText(lines.length - LINES_MAX)} more like that (--json shows all)`);
  return shown;
}
