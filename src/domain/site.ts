// The site: the global configuration, one row.
import { parseServerPath } from "./path-input.ts";
import { badInput } from "./problem.ts";
import { parseCount, parseDuration, parsePercent, parseSize } from "./quantity.ts";
import type { SettingsLayer } from "./settings.ts";

/** `pin`: the first key that a host shows is pinned, and said. `confirm`: a person accepts that one, too. */
export type HostKeyPolicy = "pin" | "confirm";

/** Whether rsync receives in a sandbox: where there can be one, always (else no backup begins), or never. */
export const SANDBOX_POLICIES = ["auto", "required", "off"] as const;
export type SandboxPolicy = (typeof SANDBOX_POLICIES)[number];

/** The configuration as it holds on one backup server. */
export interface Site {
  /** Whose root it is. */
  readonly node: string;
  /** Whether this process belongs to that server. What lies on another one cannot be touched from here. */
  readonly isHere: boolean;
  readonly backupRoot: string;
  /** Stands in the marker file too, so that another disk at the same place is noticed. */
  readonly rootId: string;
  /** On each backup server. */
  readonly maxParallel: number;
  /** A backup does not start with less than this share of bytes or inodes free. */
  readonly minFreePercent: number;
  readonly hostKeyPolicy: HostKeyPolicy;
  /** Text of one run's log at most, before compression. */
  readonly logLimitBytes: number;
  /** Logs of runs are removed when they are older; the one inside a snapshot stays as long as the snapshot. */
  readonly logKeepSeconds: number;
  /** Finished runs leave the history when they ended longer ago; null keeps them for ever. */
  readonly historyKeepSeconds: number | null;
  readonly sandbox: SandboxPolicy;
  /** What hosts inherit. */
  readonly settings: SettingsLayer;
}

const DAY = 86_400;

export const SITE_DEFAULTS = {
  maxParallel: 2,
  minFreePercent: 2,
  hostKeyPolicy: "pin",
  logLimitBytes: 64 * 1024 ** 2,
  logKeepSeconds: 90 * DAY,
  historyKeepSeconds: null,
  sandbox: "auto",
} as const;

/** Folders that a backup root can never be: the file system's root, and views of the kernel. */
const IMPOSSIBLE_ROOTS = ["/proc", "/sys", "/dev", "/run"];

export function parseBackupRoot(given: unknown): string {
  const path = parseServerPath("The backup root", given);
  if (path === "/")
    throw badInput(
      "The backup root",
      given,
      "is the root of the whole file system; choose a folder of its own.",
    );
  if (IMPOSSIBLE_ROOTS.some((root) => path === root || path.startsWith(`${root}/`)))
    throw badInput("The backup root", given, "does not survive a restart of this machine.");
  return path;
}

export const parseMaxParallel = (given: unknown): number => parseCount("--max-parallel", given, 1, 1000);

export function parseMinFree(given: unknown): number {
  const percent = parsePercent("--min-free", given);
  if (percent > 90)
    throw badInput("--min-free", given, "leaves next to nothing for backups; 90 is the most.");
  return percent;
}

export function parseHostKeyPolicy(given: unknown): HostKeyPolicy {
  if (given === "pin" || given === "confirm") return given;
  throw badInput("--host-keys", given, "must be pin or confirm.");
}

export function parseSandboxPolicy(given: unknown): SandboxPolicy {
  const found = SANDBOX_POLICIES.find((policy) => policy === given);
  if (found === undefined) throw badInput("--sandbox", given, "must be auto, required or off.");
  return found;
}

export const parseLogLimit = (given: unknown): number =>
  parseSize("--log-limit", given, 64 * 1024, 1024 ** 4);

const parseAge = (what: string, given: unknown): number =>
  typeof given === "number"
    ? parseCount(what, given, DAY, 100 * 365 * DAY)
    : parseDuration(what, given, DAY, 100 * 365 * DAY);

export const parseLogKeep = (given: unknown): number => parseAge("--log-keep", given);

/** `0`, or `forever`: null. */
export const parseHistoryKeep = (given: unknown): number | null =>
  given === null || given === "0" || given === "forever" ? null : parseAge("--history-keep", given);
