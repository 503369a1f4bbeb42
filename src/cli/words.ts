// Numbers and instants in words, as a person reads them.
const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** 1536 becomes "1.5 KiB". */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return "?";
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < SIZES.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${SIZES[unit]}`;
}

/** 4125000 ms become "1 h 08 min", 640 ms "0.6 s". */
export function durationWords(ms: number): string {
  if (ms < 9950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR)
    return `${Math.floor(seconds / MINUTE)} min ${String(seconds % MINUTE).padStart(2, "0")} s`;
  if (seconds < DAY)
    return `${Math.floor(seconds / HOUR)} h ${String(Math.floor((seconds % HOUR) / MINUTE)).padStart(2, "0")} min`;
  return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`;
}

/** "3 h ago"; an instant in the future is "in 3 h". */
export function agoText(instant: Date | null, now: Date): string {
  if (instant === null) return "never";
  const seconds = Math.round((now.getTime() - instant.getTime()) / 1000);
  const size = Math.abs(seconds);
  const amount =
    size < MINUTE
      ? `${size} s`
      : size < HOUR
        ? `${Math.round(size / MINUTE)} min`
        : size < 2 * DAY
          ? `${Math.round(size / HOUR)} h`
          : `${Math.round(size / DAY)} days`;
  return seconds >= 0 ? `${amount} ago` : `in ${amount}`;
}

/** The server's local time, to the second. */
export function instantText(instant: Date | null): string {
  if (instant === null) return "–";
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
  return `${date} ${two(instant.getHours())}:${two(instant.getMinutes())}:${two(instant.getSeconds())}`;
}

/** An instant as a clock in that zone shows it, to the minute: "2026-11-25 02:15". */
export function zonedText(instant: Date, timeZone: string): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(
    instant,
  );
}
