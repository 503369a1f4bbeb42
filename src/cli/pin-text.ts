// Pins as text. What somebody once gave as a reason is made printable here: it may have been read from a disk.
import type { PinChange } from "../actions/pin-snapshot.ts";
import { pinEndText } from "../domain/pin-input.ts";
import { printable } from "../domain/problem.ts";
import type { Pin } from "../domain/snapshot.ts";
import type { Output } from "./output.ts";

/** "until 2027-01-31: before the migration", "for ever: …"; days are those of the zone, and end with it. */
export function pinText({ until, reason }: Pin, timeZone: string): string {
  const end = until === null ? "for ever" : `until ${pinEndText(until, timeZone)}`;
  return printable(reason === "" ? end : `${end}: ${reason}`);
}

/** Of text that may be long, as much as a line of a table bears. */
const REMARK_MAX = 60;

export function shortened(text: string): string {
  const characters = [...printable(text)];
  return characters.length <= REMARK_MAX
    ? characters.join("")
    : `${characters.slice(0, REMARK_MAX - 1).join("")}…`;
}

/** A pin in a table of snapshots: "pinned until 2027-01-31: before the migration", or that it is over. */
export function pinRemark(output: Output, { until, reason }: Pin, timeZone: string, now: Date): string {
  const why = reason === "" ? "" : `: ${shortened(reason)}`;
  if (until === null) return `pinned${why}`;
  const end = pinEndText(until, timeZone);
  return until <= now ? output.style("dim", `pin expired ${end}${why}`) : `pinned until ${end}${why}`;
}

/** What whoever pinned or unpinned has to know beside the result; null when there is nothing. */
export function pinNote({ context, snapshot, onDisk }: PinChange): string | null {
  if (onDisk !== "no-snapshot") return null;
  return snapshot.pin === null
    ? `${snapshot.name} is not on the backup disk (${context.site.backupRoot}), so only the database was changed.`
    : `${snapshot.name} is not on the backup disk (${context.site.backupRoot}): only the database knows of the pin, and a rebuild from disk would lose it.`;
}
