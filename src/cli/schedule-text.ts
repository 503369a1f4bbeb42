// Schedules as text: the expression in words, and the next due times.
import { durationText } from "../domain/quantity.ts";
import { cronWords, type Schedule } from "../domain/schedule.ts";
import { nextTimes } from "../shapes/schedule-shapes.ts";
import type { Output } from "./output.ts";
import { pairsText, tableText } from "./table.ts";
import { agoText, zonedText } from "./words.ts";

const DATE_LENGTH = "2026-11-25".length;
const YEAR_LENGTH = "2026".length;

interface ScheduleRow {
  readonly schedule: Schedule;
  /** The zone that holds for it. */
  readonly timeZone: string;
  readonly isHostEnabled: boolean;
}

export function schedulesTable(output: Output, rows: readonly ScheduleRow[], now: Date): string {
  const cells = rows.map(({ schedule, timeZone, isHostEnabled }) => [
    schedule.host,
    schedule.name,
    schedule.cron,
    cronWords(schedule.cron),
    timeZone,
    stateText(output, schedule, isHostEnabled),
    nextText(nextTimes(schedule, timeZone, now), timeZone),
    extrasText(schedule),
  ]);
  return tableText(output, ["HOST", "NAME", "CRON", "IN WORDS", "ZONE", "STATE", "NEXT FIVE", ""], cells);
}

/** The first in full, the others without what they share with the one before: "2026-11-25 02:15, 11-26 02:15". */
function nextText(times: readonly Date[], timeZone: string): string {
  if (times.length === 0) return "–";
  const texts = times.map((time) => zonedText(time, timeZone));
  return texts.map((text, at) => withoutShared(text, texts[at - 1] ?? "")).join(", ");
}

function withoutShared(text: string, before: string): string {
  const [date, year] = [DATE_LENGTH, YEAR_LENGTH];
  if (text.slice(0, date) === before.slice(0, date)) return text.slice(date + 1);
  return text.slice(0, year) === before.slice(0, year) ? text.slice(year + 1) : text;
}

function stateText(output: Output, schedule: Schedule, isHostEnabled: boolean): string {
  if (!schedule.enabled) return output.style("dim", "– off");
  if (!isHostEnabled) return output.style("yellow", "! host is disabled");
  return schedule.lastSkip === null
    ? output.style("green", "✓ on")
    : output.style("yellow", `! skipped for run ${schedule.lastSkip.runId}`);
}

const extrasText = ({ prune, maxDelete, jitterSeconds }: Schedule): string =>
  [
    prune ? `prunes${maxDelete === null ? "" : `, at most ${maxDelete}`}` : "",
    jitterSeconds > 0 ? `up to ${durationText(jitterSeconds)} later` : "",
  ]
    .filter((part) => part !== "")
    .join("; ");

export function scheduleDetailText(output: Output, schedule: Schedule, timeZone: string, now: Date): string {
  const times = nextTimes(schedule, timeZone, now);
  const [first] = times;
  const pairs: [string, string][] = [
    ["schedule", `${output.style("bold", schedule.name)} of ${schedule.host}`],
    ["due", `${cronWords(schedule.cron)} (${schedule.cron}), ${timeZone}`],
    ["state", stateText(output, schedule, true)],
  ];
  if (extrasText(schedule) !== "") pairs.push(["also", extrasText(schedule)]);
  if (first !== undefined) pairs.push(["next", `${nextText(times, timeZone)}; ${agoText(first, now)}`]);
  return pairsText(output, pairs);
}
