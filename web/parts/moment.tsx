// An instant: how long ago, or when; the exact time in the viewer's own zone on hover and for screen readers.
import { useNow } from "./use-now.ts";
import { agoText, exactText, momentText } from "./words.ts";

export function Moment({ at, as = "ago" }: { at: string | null; as?: "ago" | "date" }) {
  const now = useNow();
  if (at === null) return <span>never</span>;
  return (
    <time dateTime={at} title={exactText(at)} className="nowrap">
      {as === "ago" ? agoText(at, now) : momentText(at)}
    </time>
  );
}
