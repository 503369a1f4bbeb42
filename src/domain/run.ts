// Runs: one attempt at work. The row is the queue entry, the progress and the history.
import type { ProblemFacts } from "./problem.ts";
import type { RunTask } from "./run-task.ts";
import type { SnapshotKind } from "./snapshot.ts";
import type { TransferStats } from "./snapshot-metadata.ts";

export const RUN_KINDS = ["backup", "restore", "prune", "verify", "discover", "drill"] as const;
export type RunKind = (typeof RUN_KINDS)[number];
export const TRIGGERS = ["manual", "scheduled", "retry"] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Kinds that prove something when a schedule asks for them. */
export const PROOF_KINDS = ["verify", "drill"] as const;
/** Proof on a schedule: nothing waits for it, and it waits for nothing but its like. */
export const isSpare = ({ kind, trigger }: { readonly kind: RunKind; readonly trigger: Trigger }): boolean =>
  trigger === "scheduled" && (PROOF_KINDS as readonly RunKind[]).includes(kind);

/** The life of a run. Finished runs never change; a retry is a new run. */
const NEXT = {
  queued: ["running", "cancelled"],
  running: ["succeeded", "warning", "failed", "cancelled"],
  succeeded: [],
  warning: [],
  failed: [],
  cancelled: [],
} as const;

export type RunStatus = keyof typeof NEXT;
export type FinishedStatus = "succeeded" | "warning" | "failed" | "cancelled";
export const RUN_STATUSES = Object.keys(NEXT) as RunStatus[];

export const isFinished = (status: RunStatus): status is FinishedStatus => NEXT[status].length === 0;
export const FINISHED_STATUSES: readonly FinishedStatus[] = RUN_STATUSES.filter(isFinished);
export const canBecome = (from: RunStatus, to: RunStatus): boolean =>
  (NEXT[from] as readonly RunStatus[]).includes(to);

export const PHASES = [
  ...(["probing", "pre-hook", "transferring", "post-hook", "flushing", "publishing"] as const),
  ...(["pruning", "discovering", "verifying", "repairing"] as const),
  ...(["previewing", "restoring", "checking", "testing"] as const),
] as const;
export type Phase = (typeof PHASES)[number];

/** How far a transfer or a removal is. `percent` and `secondsLeft` are null while nobody can know them. */
export interface Progress {
  readonly percent: number | null;
  readonly bytes: number;
  readonly files: number;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

/** What was asked for, beyond the host's configuration. */
export interface RunOptions {
  readonly prune: boolean;
  /** How many snapshots that prune may remove; null: as many as the policy says. */
  readonly maxDelete: number | null;
  /** A person has looked at what stands in the way of pruning: it goes on all the same. */
  readonly overrideHold: boolean;
  /** A source that was full last time may be empty now. */
  readonly acceptEmpty: boolean;
  /** Whether a transient failure queues another attempt. Not for somebody who waits for the end and sees it. */
  readonly retry: boolean;
  /** A person's backup that waits for a window, as scheduled ones do. */
  readonly waitForWindow: boolean;
  /** Null: what its kind says. */
  readonly task: RunTask | null;
}

/** What a run is asked for when nothing else is said. */
export const PLAIN_RUN: RunOptions = {
  ...{ prune: false, maxDelete: null, overrideHold: false, acceptEmpty: false, retry: true },
  ...{ waitForWindow: false, task: null },
};

/** What keeps a receiving rsync from everything but its host's folder. */
export const PROTECTIONS = ["bubblewrap", "landlock", "none"] as const;
export type Protection = (typeof PROTECTIONS)[number];

/** How a tree gets what the one before it has: by links to its files, or as a snapshot that btrfs makes of it. */
export const SHARINGS = ["hard links", "btrfs snapshot"] as const;
export type Sharing = (typeof SHARINGS)[number];

export interface Run {
  readonly id: number;
  readonly hostId: number;
  readonly host: string;
  readonly kind: RunKind;
  readonly trigger: Trigger;
  /** A person asked for it, or for its first attempt: it comes first, and waits for no window. */
  readonly byHand: boolean;
  readonly status: RunStatus;
  readonly attempt: number;
  readonly retryOf: number | null;
  readonly requestedBy: string | null;
  readonly queuedAt: Date;
  readonly dueAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly worker: string | null;
  readonly phase: Phase | null;
  readonly progress: Progress | null;
  readonly options: RunOptions;
  readonly snapshot: string | null;
  readonly base: string | null;
  /** In what rsync received; null before that. */
  readonly sandbox: Protection | null;
  /** How its tree began; null before that. */
  readonly sharing: Sharing | null;
  readonly stats: TransferStats | null;
  readonly problem: ProblemFacts | null;
  readonly warnings: readonly ProblemFacts[];
  readonly result: RunResult | null;
  readonly cancelRequestedAt: Date | null;
  readonly scheduleId: number | null;
  /** Not claimed before: when it was queued, its due time with jitter, or the end of a retry's backoff. */
  readonly availableAt: Date;
  /** Bytes a second that its transfer began with, 0 for no limit; null before that. */
  readonly rateLimit: number | null;
}

/** Runs of these kinds write in a host's folder, so each of them owns the host; the others only read. */
const OWNING: readonly RunKind[] = ["backup", "prune", "discover"];
export const ownsHost = (kind: RunKind): boolean => OWNING.includes(kind);

/** Whether it begins only while a window of its host is open. What a person asks for begins at once, unless they say so. */
export const waitsForWindow = (
  kind: RunKind,
  byHand: boolean,
  { waitForWindow }: Pick<RunOptions, "waitForWindow">,
): boolean => kind === "backup" && (!byHand || waitForWindow);

/** The kind of snapshot that a backup run makes. A retry takes the kind of its first attempt, which is passed in. */
export function snapshotKindFor(trigger: Trigger, firstTrigger: Trigger): SnapshotKind {
  switch (trigger) {
    case "manual":
      return "manual";
    case "scheduled":
      return "scheduled";
    case "retry":
      return firstTrigger === "scheduled" ? "scheduled" : "manual";
    default:
      return trigger satisfies never;
  }
}

/** What a run came to, where that is not a snapshot: plain data of its kind, as in the contract. */
export type RunResult = Readonly<Record<string, unknown>>;

/** How a run ended, as its owner reports it. */
export interface RunOutcome {
  readonly status: FinishedStatus;
  readonly problem: ProblemFacts | null;
  readonly warnings: readonly ProblemFacts[];
  readonly stats: TransferStats | null;
  readonly result?: RunResult | null;
}
