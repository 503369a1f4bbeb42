// Which snapshot a person means: by name, by how its name begins, or by the time.
import { parseMoment } from "./pin-input.ts";
import { badInput, Problem, quoted } from "./problem.ts";
import { parseSnapshotName, type Snapshot } from "./snapshot.ts";

type Choosable = Pick<Snapshot, "name" | "startedAt">;

/** The newest one. */
export const LATEST = "latest";

const WHAT = "The snapshot";
const LISTED_MAX = 10;
/** A moment was typed to the minute or to the second. */
const TO_THE_SECOND = /\d{2}:\d{2}:\d{2}/;
const TO_THE_MINUTE = /\d{2}:\d{2}/;

/**
 * Finds the snapshot that is meant among those of a host, newest first.
 *
 * A name, `latest`, or how only one name begins. Or a day or a moment, in the time zone if it names none: then the newest
 * that had begun by the end of that day, minute or second, which is what was typed of the time that tables show.
 * Refuses with `not_found`, or with `bad_input` when several may be meant.
 */
export function chooseSnapshot<Known extends Choosable>(
  host: string,
  snapshots: readonly Known[],
  given: string,
  timeZone: string,
): Known {
  const exact = given === LATEST ? snapshots[0] : snapshots.find(({ name }) => name === given);
  if (exact !== undefined) return exact;
  if (snapshots.length === 0)
    throw new Problem("not_found", `${host} has no snapshot yet.`, {
      hint: `Make one: pobsync backup ${host}`,
    });
  const moment = parseMoment(WHAT, given, timeZone);
  if (moment !== null) return newestBy(host, snapshots, endOfWhatWasTyped(given, moment), given);
  const fitting = given === "" ? [] : snapshots.filter(({ name }) => name.startsWith(given));
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) throw severalFit(given, fitting);
  throw new Problem("not_found", `${host} has no snapshot ${quoted(given)}.`, {
    hint: `pobsync snapshots ${host} lists them. A name, how one begins, a day (2026-11-23) or a moment ("2026-11-23 14:00") will do.`,
  });
}

function endOfWhatWasTyped(given: string, moment: Date): number {
  const isExact = given.includes(".") || !TO_THE_MINUTE.test(given);
  if (isExact) return moment.getTime();
  return moment.getTime() + (TO_THE_SECOND.test(given) ? 999 : 59_999);
}

function newestBy<Known extends Choosable>(
  host: string,
  snapshots: readonly Known[],
  untilMs: number,
  given: string,
): Known {
  const found = snapshots.find(({ startedAt }) => startedAt.getTime() <= untilMs);
  if (found !== undefined) return found;
  const oldest = snapshots.at(-1);
  throw new Problem(
    "not_found",
    `${host} has no snapshot from ${quoted(given)} or before. Its oldest is ${oldest?.name} (${oldest?.startedAt.toISOString()}).`,
    { hint: `pobsync snapshots ${host} lists them.` },
  );
}

function severalFit(given: string, fitting: readonly Choosable[]): Problem {
  const names = fitting.map(({ name }) => name);
  const more = names.length > LISTED_MAX ? [`and ${names.length - LISTED_MAX} more`] : [];
  const { message } = badInput(WHAT, given, `may be any of ${names.length}.`);
  return new Problem("bad_input", message, {
    hint: "Type more of its name.",
    detail: [...names.slice(0, LISTED_MAX), ...more].join("\n"),
  });
}

/** Whether this is a whole name, so that nobody need be told which snapshot was meant. */
export const isWholeName = (given: string): boolean => parseSnapshotName(given) !== null;
