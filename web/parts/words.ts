// Sizes, times and durations as people read them; the same words as on the command line.
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

export function sizeText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

const NUMBER = new Intl.NumberFormat("en");
export const numberText = (value: number): string => NUMBER.format(value);

export const countText = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;

const DURATIONS = [
  ["day", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** The two largest units: "2 h 5 min". */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const at = DURATIONS.findIndex(([, length]) => whole >= length);
  if (at < 0) return "0 s";
  const [unit, length] = DURATIONS[at] ?? ["s", 1];
  const [next, nextLength] = DURATIONS[at + 1] ?? ["", 0];
  const rest = nextLength === 0 ? 0 : Math.floor((whole % length) / nextLength);
  const first = Math.floor(whole / length);
  const name = unit === "day" && first !== 1 ? "days" : unit;
  return rest === 0 ? `${first} ${name}` : `${first} ${name} ${rest} ${next}`;
}

/** "5 min ago", "in 2 h". */
export function agoText(instant: string, now: number): string {
  const seconds = (now - Date.parse(instant)) / 1000;
  if (Math.abs(seconds) < 10) return "now";
  const coarse = coarseDuration(Math.abs(seconds));
  return seconds > 0 ? `${coarse} ago` : `in ${coarse}`;
}

function coarseDuration(seconds: number): string {
  const [unit, length] = DURATIONS.find(([, size]) => seconds >= size) ?? ["s", 1];
  const count = Math.floor(seconds / length);
  return `${count} ${unit === "day" && count !== 1 ? "days" : unit}`;
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
export const momentText = (instant: string): string => MOMENT.format(new Date(instant));
export const exactText = (instant: string): string => EXACT.format(new Date(instant));
