// The conditions that rules of channels may name.
import { badInput } from "./problem.ts";
import { PROBLEMS } from "./problem-catalogue.ts";

/** Beside the problems: a backup that there is not, and whatever made the newest one fail. */
const OF_BACKUPS = ["never", "late", "failing"] as const;
const KNOWN: ReadonlySet<string> = new Set([...OF_BACKUPS, ...Object.keys(PROBLEMS)]);
const NEAR_MAX = 3;

/**
 * Refuses with `bad_input` a code that nothing has: a channel that waits for it would never tell anything.
 *
 * @param before those that the channel has: another version may have known them, and they stay
 */
export function requireKnownCodes(codes: readonly string[], before: readonly string[]): void {
  const unknown = codes.find((code) => !KNOWN.has(code) && !before.includes(code));
  if (unknown === undefined) return;
  const near = nearest(unknown);
  const like = near.length === 0 ? `such as ${OF_BACKUPS.join(", ")}` : `perhaps ${near.join(" or ")}`;
  throw badInput("The condition", unknown, `is not one; ${like}. docs/problems.md lists all.`);
}

/** Those that look like it, the nearest first. */
function nearest(code: string): string[] {
  const most = Math.max(2, Math.floor(code.length / 3));
  return [...KNOWN]
    .map((known) => ({ known, away: distance(code, known) }))
    .filter(({ known, away }) => away <= most || (code.length > 3 && known.includes(code)))
    .sort((one, other) => one.away - other.away)
    .slice(0, NEAR_MAX)
    .map(({ known }) => known);
}

/** How many letters have to be put in, left out or changed (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (let index = 0; index < to.length; index += 1)
      next.push(
        Math.min(
          (next[index] ?? 0) + 1,
          (row[index + 1] ?? 0) + 1,
          (row[index] ?? 0) + (to[index] === letter ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[to.length] ?? 0;
}
