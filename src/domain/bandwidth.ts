// How fast a transfer may be, by the time of day.
import { badInput } from "./problem.ts";
import { parseRate, sizeInput } from "./quantity.ts";
import { holdsAt, parseSpan, requireApart, spanText, type WeekSpan } from "./timetable.ts";

const WHAT = "The timetable of the bandwidth";

interface RateSpan {
  readonly span: WeekSpan;
  /** Bytes a second; 0: no limit. */
  readonly rate: number;
}

function parseRateSpan(given: unknown): RateSpan {
  const text = typeof given === "string" ? given : "";
  const at = text.lastIndexOf("=");
  if (at < 0)
    throw badInput(
      WHAT,
      given,
      'has no rate; write it as "mon-fri 08:00-18:00=2M". A rate of 0 is no limit.',
    );
  const rate = text.slice(at + 1).trim();
  return {
    span: parseSpan(WHAT, text.slice(0, at)),
    rate: rate === "0" ? 0 : parseRate("The bandwidth limit", rate),
  };
}

const rateText = ({ span, rate }: RateSpan): string => `${spanText(span)}=${sizeInput(rate)}`;

/** A timetable as it is stored: "mon-fri 08:00-18:00=2M". Refuses with `bad_input`, also when two of them overlap. */
export function parseBandwidth(given: readonly unknown[]): readonly string[] {
  const spans = given.map(parseRateSpan);
  requireApart(
    WHAT,
    spans.map(({ span }) => span),
  );
  return [...new Set(spans.map(rateText))];
}

export interface BandwidthSettings {
  /** Where the timetable says nothing. */
  readonly bwlimit: number;
  readonly bwlimitAt: readonly string[];
  readonly timeZone: string;
}

/** The limit at an instant, in bytes a second; 0: none. */
export function rateAt({ bwlimit, bwlimitAt, timeZone }: BandwidthSettings, at: Date): number {
  const found = bwlimitAt.map(parseRateSpan).find(({ span }) => holdsAt(span, timeZone, at));
  return found?.rate ?? bwlimit;
}
