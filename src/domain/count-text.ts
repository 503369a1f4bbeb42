// Counts and sizes in words.
/** 1204 becomes "1,204". By hand, because the first use of a locale costs 18 ms, half of a whole command. */
export const numberText = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ",");

/** "1 file", "2 files", "1,204 files". */
export const countText = (value: number, one: string, many = `${one}s`): string =>
  `${numberText(value)} ${value === 1 ? one : many}`;

/** 1536 becomes "1.5 KiB". */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** unit;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
