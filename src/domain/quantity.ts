// Quantities that people type: counts, percentages, sizes, rates and durations. Each parser refuses with the reason.
import { badInput } from "./problem.ts";

const KIBI = 1024;
const SIZE_UNITS: Record<string, number> = { "": 1, k: KIBI, m: KIBI ** 2, g: KIBI ** 3, t: KIBI ** 4 };
const DURATION_UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** A whole number within the bounds; nothing else, no signs, no fractions, no exponents. */
export function parseCount(what: string, given: unknown, min: number, max: number): number {
  const text = typeof given === "number" ? String(given) : given;
  if (typeof text !== "string" || !/^\d{1,15}$/.test(text))
    throw badInput(what, given, "is not a whole number.");
  const value = Number(text);
  if (value < min || value > max) throw badInput(what, given, `must lie between ${min} and ${max}.`);
  return value;
}

/** A percentage from 0 to 100, with or without the sign; fractions are allowed. */
export function parsePercent(what: string, given: unknown): number {
  const text = typeof given === "number" ? String(given) : given;
  const match = typeof text === "string" ? /^(\d{1,3}(?:\.\d{1,3})?)\s*%?$/.exec(text) : null;
  const value = Number(match?.[1] ?? Number.NaN);
  if (!(value >= 0 && value <= 100)) throw badInput(what, given, "is not a percentage from 0 to 100.");
  return value;
}

/** A rate such as `500k`, `10M` or `2.5m` as bytes a second; units are powers of 1024, as rsync reads them. */
export function parseRate(what: string, given: unknown): number {
  const text = typeof given === "number" ? String(given) : given;
  const match =
    typeof text === "string" ? /^(\d{1,12}(?:\.\d{1,3})?)\s*([kmgt]?)(?:i?b)?(?:\/s)?$/i.exec(text) : null;
  if (match === null) throw badInput(what, given, "is not a rate such as 500k or 10M (bytes a second).");
  const bytesPerSecond = Math.round(Number(match[1]) * (SIZE_UNITS[(match[2] ?? "").toLowerCase()] ?? 1));
  if (bytesPerSecond < KIBI)
    throw badInput(what, given, "is below 1k (1024 bytes a second), at which no backup would end.");
  if (!Number.isSafeInteger(bytesPerSecond)) throw badInput(what, given, "is too large.");
  return bytesPerSecond;
}

/** A size such as `500k`, `64M` or `2G`, in bytes; powers of 1024, as everywhere here. */
export function parseSize(what: string, given: unknown, minBytes: number, maxBytes: number): number {
  const text = typeof given === "number" ? String(given) : given;
  const match = typeof text === "string" ? /^(\d{1,15})\s*([kmgt]?)(?:i?b)?$/i.exec(text) : null;
  if (match === null) throw badInput(what, given, "is not a size such as 500k, 64M or 2G.");
  const bytes = Number(match[1]) * (SIZE_UNITS[(match[2] ?? "").toLowerCase()] ?? Number.NaN);
  if (!(bytes >= minBytes && bytes <= maxBytes))
    throw badInput(what, given, `must lie between ${sizeInput(minBytes)} and ${sizeInput(maxBytes)}.`);
  return bytes;
}

/** Bytes as the shortest size that `parseSize` reads back exactly. */
export function sizeInput(bytes: number): string {
  for (const unit of ["t", "g", "m", "k"] as const) {
    const size = SIZE_UNITS[unit] as number;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit.toUpperCase()}`;
  }
  return String(bytes);
}

/** A duration such as `90s`, `30m`, `12h` or `30d`, in seconds. A bare number but 0 is refused: nobody knows its unit. */
export function parseDuration(what: string, given: unknown, minSeconds: number, maxSeconds: number): number {
  if (given === "0" && minSeconds === 0) return 0;
  const match = typeof given === "string" ? /^(\d{1,9})\s*([smhdwy])$/i.exec(given) : null;
  if (match === null) throw badInput(what, given, "is not a duration such as 90s, 30m, 12h or 30d.");
  const seconds = Number(match[1]) * (DURATION_UNITS[(match[2] ?? "").toLowerCase()] ?? Number.NaN);
  if (!(seconds >= minSeconds && seconds <= maxSeconds))
    throw badInput(
      what,
      given,
      `must lie between ${durationText(minSeconds)} and ${durationText(maxSeconds)}.`,
    );
  return seconds;
}

/** Seconds as the shortest duration that `parseDuration` reads back exactly. */
export function durationText(seconds: number): string {
  for (const unit of ["d", "h", "m"] as const) {
    const size = DURATION_UNITS[unit] as number;
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}
