// One day of one host: a colour, and a mark for those who do not tell colours apart.
import classes from "./grid.module.css";

export type DayState = "succeeded" | "warning" | "failed" | "none";

const LOOKS = {
  succeeded: { mark: "", word: "backed up", style: classes.succeeded },
  warning: { mark: "!", word: "with warnings", style: classes.warning },
  failed: { mark: "×", word: "failed", style: classes.failed },
  none: { mark: "", word: "no backup", style: classes.none },
} as const;

export const LEGEND = (Object.keys(LOOKS) as DayState[]).map((state) => ({ state, word: LOOKS[state].word }));

/** Without a title it is part of a legend, which says the word itself. */
export function GridCell({ state, title }: { state: DayState; title?: string }) {
  const { mark, word, style } = LOOKS[state];
  const text = title === undefined ? undefined : `${title}: ${word}`;
  return (
    <span
      className={`${classes.cell} ${style}`}
      {...(text === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": text, title: text })}
    >
      {mark}
    </span>
  );
}
