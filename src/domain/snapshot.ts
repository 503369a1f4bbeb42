// Snapshots: their names, their states, and the metadata that makes each one self-describing.
import type { AnomalyVerdict } from "./anomaly.ts";
import { badInput, Problem } from "./problem.ts";

export type SnapshotKind = "scheduled" | "manual";
/** What the run that made it ended as. */
export type SnapshotStatus = "succeeded" | "warning";
export const SNAPSHOT_STATES = ["complete", "removing", "removed", "missing"] as const;
export type SnapshotState = (typeof SNAPSHOT_STATES)[number];

/** A person's reason to keep a snapshot; `until` null means for ever. */
export interface Pin {
  readonly reason: string;
  readonly until: Date | null;
  readonly by: string | null;
}

/** A pin as it is stored, in SQL and in `snapshot.json`. */
export const pinJson = ({ reason, until, by }: Pin) => ({ reason, until: until?.toISOString() ?? null, by });

/** Reads what `pinJson` wrote; null for anything that is not a pin. */
export function parsePin(value: unknown): Pin | null {
  if (typeof value !== "object" || value === null) return null;
  const { reason, until, by } = value as Record<string, unknown>;
  const end = typeof until === "string" ? new Date(until) : null;
  return {
    reason: typeof reason === "string" ? reason : "",
    // A date that cannot be read must not end a pin.
    until: end === null || Number.isNaN(end.getTime()) ? null : end,
    by: typeof by === "string" ? by : null,
  };
}

/** A snapshot on record. Sizes are apparent sizes in bytes; `newBytes` is what this run had to store anew. */
export interface Snapshot {
  readonly id: number;
  readonly hostId: number;
  readonly host: string;
  readonly name: string;
  readonly kind: SnapshotKind;
  readonly state: SnapshotState;
  readonly status: SnapshotStatus;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly base: string | null;
  readonly files: number | null;
  readonly bytes: number | null;
  readonly newBytes: number | null;
  readonly runId: number | null;
  readonly pin: Pin | null;
  readonly verifiedAt: Date | null;
  readonly verifyResult: string | null;
  /** Goes up whenever something is said that may keep it: a pin, the end of one, a run that reads it. */
  readonly revision: number;
  /** The run that removes it or has removed it. */
  readonly removalRunId: number | null;
  readonly removedAt: Date | null;
  /** While it is `removing`: it stays in the trash until then, and can be brought back. */
  readonly trashUntil: Date | null;
  /** What its removal gave back, in bytes of the disk; null where that is not known. */
  readonly freedBytes: number | null;
  /** Why it looked odd when it was made, as sentences. */
  readonly anomaly: string | null;
  /** What a person has said of that. */
  readonly anomalyVerdict: AnomalyVerdict | null;
  /** The tree of another tool that it stands for, as text; such a tree is never removed. Null for one of our own. */
  readonly adoptedFrom: string | null;
  /** Owners, devices and the like are in attributes of its files; see fake-super.ts. */
  readonly fakeSuper: boolean;
}

const NAME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-(scheduled|manual)-([0-9a-f]{6})$/;

/** What a snapshot's name says. Its instant is the start of the run, in whole seconds. */
export interface SnapshotNameParts {
  readonly startedAt: Date;
  readonly kind: SnapshotKind;
  readonly suffix: string;
}

/** `20261123T021500Z-scheduled-3fa9c1`: sorts by time, says why it exists, and never collides with another attempt. */
export function snapshotName(parts: SnapshotNameParts): string {
  const stamp = parts.startedAt.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const name = `${stamp}-${parts.kind}-${parts.suffix}`;
  if (!NAME.test(name)) throw new Problem("internal_error", `"${name}" cannot be the name of a snapshot.`);
  return name;
}

/** The parts of a snapshot's name, or null when it is not one (also for an impossible date). */
export function parseSnapshotName(name: string): SnapshotNameParts | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, kind, suffix] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const startedAt = new Date(iso);
  // 31 February parses as 3 March: only what reads back unchanged was a date.
  if (Number.isNaN(startedAt.getTime()) || startedAt.toISOString() !== iso) return null;
  return { startedAt, kind: kind as SnapshotKind, suffix: suffix as string };
}

/** Refuses what is not the name of a snapshot before it becomes part of a path. */
export function requireSnapshotName(given: string): string {
  if (parseSnapshotName(given) === null)
    throw badInput("The snapshot", given, "is not the name of one; pobsync snapshots lists them.");
  return given;
}
