// Has a host changed in a way that somebody should look at before old snapshots go? What files that were encrypted look like.
import { countText, numberText } from "./count-text.ts";
import { median } from "./own-past.ts";

/** Regular files of a backup against those of the snapshot before it. */
export interface ChangedFiles {
  readonly before: number;
  readonly now: number;
  /** Names that were not there. */
  readonly created: number;
  /** Names that were there, with other content. */
  readonly replaced: number;
}

/** Files whose names are not there any more. */
export const goneFiles = ({ before, now, created }: Omit<ChangedFiles, "replaced">): number =>
  Math.max(0, before + created - now);

/** Bits a byte of the beginning of a file, in both snapshots. Null: too short to tell, or not there. */
export interface Randomness {
  readonly before: number | null;
  readonly now: number | null;
}

/** Fewer files prove nothing: ten of twenty may well change in a day. */
const FILES_MIN = 50;
const SHARE_MIN = 0.5;
/** A host that always changes much is looked at only when it is much more than usual. */
const TIMES_MORE = 3;
const PAST_MIN = 3;
/** Text, documents and programs lie below the first; what is compressed or encrypted lies above the second. */
const [READABLE_BITS, RANDOM_BITS] = [7, 7.8];
const SAMPLES_MIN = 8;

/** What all sentences of this kind begin with; see `isSuspicion`. */
export const SUSPICION = "Suspicious change: ";

/**
 * A sentence for each thing that is suspicious.
 *
 * @param past of the backups before, newest first: which share of the files was new or had new content
 * @param sample of files with new content
 * @param deleted what is to be said of files that are gone, unless as many with other names have come
 */
export function suspicions(
  { before, now, created, replaced }: ChangedFiles,
  past: readonly number[],
  sample: readonly Randomness[],
  deleted: string | null = null,
): string[] {
  const found: string[] = [];
  // The one in the middle: one large change must not hide all that come after it.
  const usual = median(past);
  // Without a past nobody knows whether this host is always like that.
  const isUnusual = (count: number): boolean =>
    past.length >= PAST_MIN &&
    before >= FILES_MIN &&
    count / before >= SHARE_MIN &&
    count / before >= TIMES_MORE * usual;
  const gone = goneFiles({ before, now, created });
  if (gone / before >= SHARE_MIN && isUnusual(created))
    found.push(
      `${SUSPICION}${numberText(gone)} of ${countText(before, "file")} are gone, and ${numberText(created)} with other names have come.`,
    );
  else if (deleted !== null) found.push(`${SUSPICION}${deleted}`);
  if (isUnusual(replaced))
    found.push(
      `${SUSPICION}${numberText(replaced)} of ${countText(before, "file")} have new content; ` +
        `usually it is ${Math.round(100 * usual)} %.`,
    );
  const compared = sample.filter((one) => one.before !== null && one.now !== null);
  const scrambled = compared.filter(
    (one) => (one.before ?? 8) < READABLE_BITS && (one.now ?? 0) > RANDOM_BITS,
  );
  if (scrambled.length >= SAMPLES_MIN && scrambled.length >= compared.length / 2)
    found.push(
      `${SUSPICION}of ${compared.length} changed files that were looked into, ${scrambled.length} could be read before and look encrypted now.`,
    );
  return found;
}

/** Only a person can say that it is right; a shrunk snapshot is no matter any more once a later one is as large as before. */
export const isSuspicion = (anomaly: string): boolean => anomaly.includes(SUSPICION);

/** Bits a byte, from 0 to 8, by how often each value occurs (Shannon). */
export function bitsPerByte(content: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const byte of content) counts[byte] = (counts[byte] ?? 0) + 1;
  let bits = 0;
  for (const count of counts)
    if (count > 0) bits -= (count / content.length) * Math.log2(count / content.length);
  return bits;
}
