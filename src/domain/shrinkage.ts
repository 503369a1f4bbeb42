// Has a backup shrunk so much that somebody should look before old snapshots go?

interface Sizes {
  readonly files: number | null;
  readonly bytes: number | null;
}

/** Fewer entries than this prove nothing: one deleted file of two is half. */
const FILES_MIN = 20;

/** A sentence when the new one is smaller than the old by more than the limit, in entries or in bytes; else null. */
export function shrinkage(before: Sizes, after: Sizes, maxPercent: number): string | null {
  if (maxPercent >= 100 || before.files === null || after.files === null || before.files < FILES_MIN)
    return null;
  const lost = (old: number, now: number): number => (old <= 0 ? 0 : (100 * (old - now)) / old);
  const files = lost(before.files, after.files);
  if (files > maxPercent)
    return `${Math.round(files)} % fewer entries than in the last snapshot (${before.files} then, ${after.files} now).`;
  const bytes = lost(before.bytes ?? 0, after.bytes ?? 0);
  if (bytes > maxPercent)
    return `${Math.round(bytes)} % fewer bytes than in the last snapshot (${before.bytes} then, ${after.bytes} now).`;
  return null;
}
