// Whether a restore is still the one that somebody agreed to.
import { countText, numberText } from "./count-text.ts";
import { Problem } from "./problem.ts";
import { placeText, type RestorePlace, type RestorePreview } from "./restore.ts";

/** Sorts of loss; what is overwritten is split, because losing contents is worse than losing attributes. */
const LOSSES: readonly [verb: string, count: (of: RestorePreview) => number][] = [
  ["overwritten", ({ overwritten, attributesOnly }) => overwritten - attributesOnly],
  ["overwritten or changed in attributes", ({ overwritten }) => overwritten],
  ["deleted", ({ deleted }) => deleted],
];

/** Why it must not be done although somebody agreed: it would take more than that person was shown. Null: it would not. */
export function beyondAgreed(
  agreed: RestorePreview,
  place: RestorePlace,
  found: RestorePreview,
): Problem | null {
  for (const [verb, count] of LOSSES)
    if (count(found) > count(agreed))
      return changed(
        place,
        `${countText(count(found), "entry", "entries")} would be ${verb}, ${numberText(count(agreed))} were shown`,
      );
  for (const kind of ["overwritten", "deleted"] as const) {
    // Only the first names of a long list are known.
    if (agreed.items[kind].length < agreed[kind]) continue;
    const other = found.items[kind].find((name) => !agreed.items[kind].includes(name));
    if (other !== undefined) return changed(place, `${other} would be ${kind} and was not shown`);
  }
  return null;
}

const changed = (place: RestorePlace, what: string): Problem =>
  new Problem(
    "confirmation_needed",
    `Something has changed in ${placeText(place)} since it was looked at: ${what}.`,
    { hint: "Nothing was changed. Look at it once more." },
  );
