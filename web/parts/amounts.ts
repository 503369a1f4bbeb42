// Numbers with a unit, as they are typed and as they are stored.
const DURATION = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
] as const;
const SIZE = [
  ["T", 1024 ** 4],
  ["G", 1024 ** 3],
  ["M", 1024 ** 2],
  ["K", 1024],
] as const;

const exactly = (value: number, units: readonly (readonly [string, number])[]): string => {
  const unit = units.find(([, size]) => value !== 0 && value % size === 0);
  return unit === undefined ? String(value) : `${value / unit[1]}${unit[0]}`;
};

/** A stored number as somebody would type it: 2592000 seconds are "30d". */
export const amountInput = (kind: string, value: number): string =>
  kind === "duration"
    ? exactly(value, DURATION)
    : kind === "size" || kind === "rate"
      ? exactly(value, SIZE)
      : String(value);
