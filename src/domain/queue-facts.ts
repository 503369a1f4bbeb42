// The queue as claims look at it, at one moment.
import type { RunKind, Trigger } from "./run.ts";
import type { Opening } from "./timetable.ts";

export interface HostRun {
  readonly id: number;
  readonly hostId: number;
  readonly host: string;
  readonly node: string;
  readonly kind: RunKind;
}

/** A run that waits, as far as claims look at it. */
export interface QueuedRun extends HostRun {
  readonly trigger: Trigger;
  /** A person asked for it, or for its first attempt. */
  readonly byHand: boolean;
  readonly availableAt: Date;
  readonly queuedAt: Date;
  readonly dueAt: Date | null;
  readonly attempt: number;
  readonly enabled: boolean;
  /** It begins only while a window is open. */
  readonly inWindow: boolean;
  /** The one that is open or opens next; null where nothing bounds its host. */
  readonly window: Opening | null;
}

/** A run under way. */
export interface LeasedRun extends HostRun {
  readonly trigger: Trigger;
  readonly startedAt: Date;
  readonly workerId: string;
  /** False for a person's own and for proof on a schedule, which take none of the places. */
  readonly hasSlot: boolean;
}

/** Everything that claims look at, at one moment. */
export interface QueueFacts {
  readonly now: Date;
  readonly queued: readonly QueuedRun[];
  readonly running: readonly LeasedRun[];
  /** By the id of a host: the run that owns it. */
  readonly locks: ReadonlyMap<number, number>;
  /** Workers that are alive; `parallel` 0: as many as the site allows. */
  readonly workers: readonly {
    readonly workerId: string;
    readonly node: string;
    readonly parallel: number;
  }[];
  /** Runs at the same time on each backup server. */
  readonly limit: number;
  /** How long good runs of a kind of a host took lately, in seconds; none when there were none. */
  readonly tookLately: (hostId: number, kind: RunKind) => readonly number[];
}
