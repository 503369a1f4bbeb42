// One running backup, seen from outside: how far it is, and who plays which part in it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { HostUnderTest } from "./host-under-test.ts";
import type { RunningCommand } from "./pobsync.ts";
import { processesBelow, type RunningProcess } from "./processes.ts";
import type { TestSshd } from "./sshd.ts";
import { waitUntil } from "./wait-until.ts";

export const victims = [
  "pobsync",
  "rsync",
  "receiver",
  "ssh master",
  "ssh client",
  "guard",
  "sync",
  "remote rsync",
] as const;
/** Those that a backup of this very machine has. */
export const localVictims: readonly Victim[] = ["pobsync", "rsync", "receiver", "guard", "sync"];
export type Victim = (typeof victims)[number];

const isRsync = ({ command }: RunningProcess): boolean => command.startsWith("rsync -aH");

const FINDERS: Record<
  Exclude<Victim, "pobsync">,
  (below: RunningProcess[], sshd: TestSshd | null) => RunningProcess[]
> = {
  // The one that pobsync started: it makes folders and links.
  rsync: (below) => below.filter(isRsync).slice(0, 1),
  // The last one that it forked: it writes what arrives.
  receiver: (below) => below.filter(isRsync).slice(1).slice(-1),
  "ssh master": (below) => below.filter(({ command }) => command.includes("ControlMaster=yes")),
  // Of the transfer, not of the probe.
  "ssh client": (below) =>
    below.filter(({ command }) => command.startsWith("ssh ") && /--server --sender -\w*X/.test(command)),
  guard: (below) =>
    below.filter(({ command }) => command.includes("pobsync-guard") && command.includes("rsync -aH")),
  sync: (below) => below.filter(({ command }) => command.startsWith("sync -f")),
  "remote rsync": (_, sshd) =>
    processesBelow(sshd?.pid ?? 0).filter(({ command }) => /^rsync --server --sender -\w*X/.test(command)),
};

/** Who plays this part in the backup at this moment, or null. */
export function findVictim(backup: RunningCommand, sshd: TestSshd | null, victim: Victim): number | null {
  if (hasEnded(backup)) return null;
  if (victim === "pobsync") return backup.pid;
  return FINDERS[victim](processesBelow(backup.pid), sshd)[0]?.pid ?? null;
}

export const hasEnded = ({ child }: RunningCommand): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** Waits until somebody plays the part, or the backup has ended without. */
export async function awaitVictim(
  backup: RunningCommand,
  sshd: TestSshd | null,
  victim: Victim,
): Promise<void> {
  const isThere = (): boolean => hasEnded(backup) || findVictim(backup, sshd, victim) !== null;
  await waitUntil(isThere, { what: `the ${victim} of a backup`, deadlineMs: 30_000, everyMs: 1 });
}

export const stages = ["started", "transferring", "flushing", "published"] as const;
export type Stage = (typeof stages)[number];

/** How far a backup is, told from what it has made. @param known the snapshots that were there before it */
export function stageOf({ site, host, source }: HostUnderTest, known: readonly string[]): Stage {
  if (site.onDisk(host, "snapshots").some((name) => !known.includes(name))) return "published";
  const newest = site.onDisk(host, "incomplete").sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) return "started";
  const workplace = site.pathOf(host, "incomplete", newest);
  if (existsSync(join(workplace, "snapshot.json"))) return "flushing";
  return existsSync(join(workplace, "data", source)) ? "transferring" : "started";
}
