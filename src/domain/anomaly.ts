// Anomalies: what looks odd about a snapshot, as it is stored with it, and what a person has said of that.
import { parseLine } from "./one-line.ts";

/**
 * What a person can say. `acknowledged`: it has been seen and is being looked into; nobody is reminded of it, and pruning stays
 * held. `dismissed`: all is as it should be; pruning goes on.
 */
export const VERDICTS = ["acknowledged", "dismissed"] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface AnomalyVerdict {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly by: string | null;
  readonly at: Date;
}

const REASON_CHARACTERS_MAX = 200;

/** Why a person says so, in one line. Refuses with `bad_input`. */
export const parseVerdictReason = (given: unknown): string =>
  parseLine("The reason", given, REASON_CHARACTERS_MAX);

/** As it is stored and sent. */
export const verdictJson = ({ at, ...verdict }: AnomalyVerdict) => ({ ...verdict, at: at.toISOString() });

/** Reads what `verdictJson` wrote; null for anything that is none. */
export function readVerdict(value: unknown): AnomalyVerdict | null {
  if (typeof value !== "object" || value === null) return null;
  const { verdict, reason, by, at } = value as Record<string, unknown>;
  const found = VERDICTS.find((one) => one === verdict);
  const when = new Date(typeof at === "string" ? at : Number.NaN);
  if (found === undefined || Number.isNaN(when.getTime())) return null;
  return {
    ...{ verdict: found, at: when, by: typeof by === "string" ? by : null },
    reason: typeof reason === "string" ? reason : "",
  };
}

/** "acknowledged by ada: the disk is being restored", in words that follow what it is about. */
export const verdictText = ({ verdict, by, reason }: AnomalyVerdict): string =>
  `${verdict} by ${by ?? "somebody"}${reason === "" ? "" : `: ${reason}`}`;

/** What a warning about a slow backup begins with; see `isMild`. */
export const SLOW = "Unusually slow: ";

/** Warnings that are kept with the snapshot, in the order in which they are said. What is mild comes last. */
const ANOMALIES = ["snapshot_shrunk", "suspicious_change", "unusually_slow"];

/** Of a backup's warnings, why it looks odd: kept with the snapshot until a person has looked, or it is as before. */
export function anomalyOf(warnings: readonly { code: string; message: string }[]): string | null {
  const messages = ANOMALIES.flatMap((wanted) =>
    warnings.filter(({ code }) => code === wanted).map(({ message }) => message),
  );
  return messages.length === 0 ? null : messages.join(" ");
}

/**
 * Nothing but slow: a slow night says more of lines, disks and neighbours than of what is in the files. So it holds no pruning
 * and pins nothing; people are told of it with the other warnings of that backup, until one comes that is not slow.
 */
export const isMild = (anomaly: string): boolean => anomaly.startsWith(SLOW);
