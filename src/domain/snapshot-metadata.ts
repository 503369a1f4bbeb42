// snapshot.json: what a snapshot says about itself, so that SQL can be rebuilt from the disk alone.
import { type Adopted, parseAdopted } from "./adopted.ts";
import { type HostConfiguration, parseConfiguration } from "./host-configuration.ts";
import { type Pin, parsePin, type SnapshotKind, type SnapshotStatus } from "./snapshot.ts";

/** Counted by rsync for one transfer. Bytes are apparent sizes unless named otherwise. */
export interface TransferStats {
  /** Entries of every type in the snapshot. */
  readonly files: number;
  readonly regularFiles: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly bytes: number;
  /** Regular files whose content was sent (not shared with an older snapshot). */
  readonly newFiles: number;
  /** Of those, how many have names that the base did not have; left out where that was not counted. */
  readonly createdFiles?: number;
  readonly newBytes: number;
  /** What crossed the connection. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Unchanged files that could not be shared and were copied instead. */
  readonly copiedInsteadOfLinked: number;
  readonly durationMs: number;
}

/** The version of this file that this program writes. Readers accept it and every older one. */
export const METADATA_VERSION = 1;

export interface SnapshotMetadata {
  readonly version: number;
  readonly host: string;
  readonly kind: SnapshotKind;
  readonly status: SnapshotStatus;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly name: string | null;
  readonly runId: number | null;
  readonly base: string | null;
  readonly sources: readonly string[] | null;
  readonly stats: TransferStats | null;
  readonly warnings: readonly unknown[];
  /** Whether the log names every difference from the base. Not when files were also taken from an interrupted attempt. */
  readonly logTellsAll: boolean;
  /** Written into it whenever a person pins the snapshot, long after it was made. */
  readonly pin: Pin | null;
  /** How the host was configured, its own layer of settings only. */
  readonly configuration: HostConfiguration | null;
  /** Where it came from, when another tool made it. */
  readonly adopted: Adopted | null;
  /** Owners, devices and the like are in attributes; see fake-super.ts. */
  readonly fakeSuper: boolean;
}

/** The text of a new snapshot.json, for people as well. What is only being made has no pin yet. */
export function metadataText(metadata: Omit<SnapshotMetadata, "pin">, pobsyncVersion: string): string {
  return `${JSON.stringify({ ...metadata, pobsync: pobsyncVersion }, null, 2)}\n`;
}

/**
 * Reads a snapshot.json. Only version, host, kind, status, startedAt and finishedAt must be there.
 *
 * Returns a sentence instead of the metadata when it cannot be used.
 */
export function parseMetadata(text: string): SnapshotMetadata | string {
  let fields: Record<string, unknown>;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "it is not a JSON object";
    fields = value as Record<string, unknown>;
  } catch {
    return "it is not JSON";
  }
  const { version, host, kind, status } = fields;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1)
    return "its version is missing";
  if (version > METADATA_VERSION) return `its version ${version} is newer than this program`;
  if (typeof host !== "string" || host === "") return "its host is missing";
  if (kind !== "scheduled" && kind !== "manual") return "its kind is neither scheduled nor manual";
  if (status !== "succeeded" && status !== "warning") return "its status is neither succeeded nor warning";
  const startedAt = instant(fields.startedAt);
  const finishedAt = instant(fields.finishedAt);
  if (startedAt === null || finishedAt === null) return "its startedAt or finishedAt is not an instant";
  const configuration = parseConfiguration(fields.configuration);
  return {
    version,
    host,
    kind,
    status,
    startedAt,
    finishedAt,
    name: optionalText(fields.name),
    runId: Number.isInteger(fields.runId) ? (fields.runId as number) : null,
    base: optionalText(fields.base),
    sources: Array.isArray(fields.sources)
      ? fields.sources.filter((s): s is string => typeof s === "string")
      : null,
    stats: parseStats(fields.stats),
    warnings: Array.isArray(fields.warnings) ? fields.warnings : [],
    logTellsAll: fields.logTellsAll === true,
    pin: parsePin(fields.pin),
    configuration,
    adopted: parseAdopted(fields.adopted),
    // Before this had a field, who wanted it had asked rsync for it.
    fakeSuper:
      typeof fields.fakeSuper === "boolean"
        ? fields.fakeSuper
        : configuration?.settings.rsyncArgs?.includes("--fake-super") === true,
  };
}

const optionalText = (value: unknown): string | null => (typeof value === "string" ? value : null);

function instant(value: unknown): Date | null {
  const date = typeof value === "string" ? new Date(value) : new Date(Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

const STATS_FIELDS = [
  "files",
  "regularFiles",
  "directories",
  "symlinks",
  "bytes",
  "newFiles",
  "newBytes",
  "sentBytes",
  "receivedBytes",
  "copiedInsteadOfLinked",
  "durationMs",
] as const satisfies readonly (keyof TransferStats)[];

/** Stored counters, or null when any of them is missing. */
export function parseStats(value: unknown): TransferStats | null {
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Record<string, unknown>;
  if (!STATS_FIELDS.every((name) => typeof fields[name] === "number" && Number.isFinite(fields[name])))
    return null;
  const stats = Object.fromEntries(
    STATS_FIELDS.map((name) => [name, fields[name]]),
  ) as unknown as TransferStats;
  const { createdFiles } = fields;
  return typeof createdFiles === "number" && Number.isFinite(createdFiles)
    ? { ...stats, createdFiles }
    : stats;
}
