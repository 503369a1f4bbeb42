// What is received from a host, however that is done.
import type { Settings } from "../domain/settings.ts";
import type { StreamPlan } from "../domain/streams.ts";
import type { Leftovers } from "../system/leftover.ts";
import type { Origin, TransferRequest } from "../system/rsync-args.ts";
import type { Workplace } from "../system/snapshot-tree.ts";
import type { SshConnection } from "../system/ssh-connection.ts";

/** A snapshot of another host that the host trusts. */
export interface Sibling {
  readonly host: string;
  readonly data: string;
}

/** Where files that a host has to send are likely to be already. */
export interface Siblings {
  readonly trees: readonly Sibling[];
  /** Hears what came of it. */
  readonly note: (text: string) => void;
}

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
  /** Access control lists come as attributes; see access-lists.ts. */
  readonly aclsAsAttributes: boolean;
  readonly siblings: Siblings;
  /** How many may fetch at once, where it is received step by step. */
  readonly streams: StreamPlan;
  /** Makes another connection to the host, to be closed by whoever wanted it; null where there is none. */
  readonly dial: (() => Promise<Pick<SshConnection, "remoteShell" | "close">>) | null;
  /** Says something of this run to whoever follows it, and to its log. */
  readonly note: (text: string) => void;
}
