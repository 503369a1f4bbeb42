// What is received from a host, however that is done.
import type { Settings } from "../domain/settings.ts";
import type { StreamPlan } from "../domain/streams.ts";
import type { Leftovers } from "../system/leftover.ts";
import type { Origin, TransferRequest } from "../system/rsync-args.ts";
import type { Workplace } from "../system/snapshot-tree.ts";

/** What is to come, and where it goes. */
export interface Reception {
  readonly origin: Origin;
  readonly settings: TransferRequest["settings"] & Pick<Settings, "sources">;
  /** Folders of this server that must never be part of the backup. */
  readonly leaveOut: readonly string[];
  /** The host's folder, in which everything of it lies. */
  readonly folder: string;
  readonly workplace: Workplace;
  /** The tree of the snapshot to share unchanged files with. */
  readonly base: string | null;
  readonly leftovers: Leftovers;
  /** How many may fetch at once, where it is received step by step. */
  readonly streams: StreamPlan;
  /** Says something of this run to whoever follows it, and to its log. */
  readonly note: (text: string) => void;
}
