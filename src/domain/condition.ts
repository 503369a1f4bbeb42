// Conditions: what holds now and should not. Derived anew at each look, never stored; alerts remember them.
import type { Attention, AttentionCode } from "./attention.ts";

/** Something that holds now, of the site, of one backup server or of a host. */
export interface Condition extends Attention {
  /** The same as long as it is the same thing: an alert that is open under this key is about it. */
  readonly key: string;
  readonly hostId: number | null;
  /** The backup server that alone can see it, such as whether its disk is mounted; null: any of them sees it. */
  readonly node: string | null;
  /** Somebody has said of what is behind it that it was seen: then it is no news, and an alert begins acknowledged. */
  readonly acknowledged?: { readonly at: Date; readonly by: string | null; readonly reason: string | null };
}

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

/** All that can be wrong with a host's newest backup is one thing: it has no good one. Its code may change meanwhile. */
export const BACKUP_KEY = "backup";

export const conditionKey = (what: string, where: string | null): string =>
  where === null ? what : `${what}@${where}`;

/** Codes of what is over once a person has said that all is as it should be. */
export const ANOMALY_CODES: readonly AttentionCode[] = [
  ...(["suspicious_change", "snapshot_shrunk", "unusually_slow", "pruning_held"] as const),
];

/** Under which keys there may be alerts about that, of a host. */
export const anomalyKeys = (host: string): string[] => ANOMALY_CODES.map((code) => conditionKey(code, host));

/** Transient failures are tried three times again, the last time 21 minutes after the first. */
const RETRIED_MS = 30 * MINUTE_MS;
const USUAL_GRACE_MS = 5 * MINUTE_MS;

/** By code, where it is not the usual one. */
const GRACE_MS: { readonly [C in AttentionCode]?: number } = {
  // A host that was just added is given a day for its first backup; one that failed has a code of its own.
  never: 24 * HOUR_MS,
  ...{ host_unreachable: RETRIED_MS, name_not_found: RETRIED_MS, connection_refused: RETRIED_MS },
  ...{ connection_lost: RETRIED_MS, no_progress: RETRIED_MS, worker_lost: RETRIED_MS },
  disk_filling: HOUR_MS,
  channel_broken: 15 * MINUTE_MS,
  ping_failing: 15 * MINUTE_MS,
};

/** How long a condition holds before anybody is told. */
export const graceMs = (code: AttentionCode): number => GRACE_MS[code] ?? USUAL_GRACE_MS;

const WELL_MS = 10 * MINUTE_MS;
const WELL_MAX_MS = 6 * HOUR_MS;

/** How long it must be well before anybody believes it; longer each time that it has come back. */
export const wellMs = (flaps: number): number => Math.min(WELL_MAX_MS, WELL_MS * 3 ** flaps);

/** One that comes back within this time after it was over is flapping. */
export const FLAPPING_WITHIN_MS = 24 * HOUR_MS;
