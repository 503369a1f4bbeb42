// A prune seen from outside at one moment: what SQL and the disk say of it, and so at which of its steps it is.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { BackupSite } from "./backup-site.ts";

/** In their order, but that each snapshot is deleted and noted in turn. */
export const STEPS = ["planning", "marking", "moving", "deleting", "noting", "finishing"] as const;
export type PruneStep = (typeof STEPS)[number];

type SnapshotRow = { name: string; state: string; trashUntil: string | null };
export type RunRow = { id: number; kind: string; status: string; attempt: number; phase: string | null };

/** What is on record of the site's only host that is pruned. */
export type PruneState = {
  /** Newest first. */
  snapshots: SnapshotRow[];
  runs: RunRow[];
  /** Leases and locks. */
  held: string[];
};

export function readPrune(site: BackupSite): PruneState {
  const db = new DatabaseSync(join(site.world.stateDir, "pobsync.sqlite3"), {
    timeout: 5000,
    readOnly: true,
  });
  const all = <Row>(query: string): Row[] => db.prepare(query).all() as Row[];
  try {
    db.exec("begin");
    return {
      snapshots: all(
        "select name, state, trash_until as trashUntil from snapshots order by started_at desc, id desc",
      ),
      runs: all("select id, kind, status, attempt, phase from runs order by id"),
      held: all<{ what: string }>(
        "select 'lease of run ' || run_id as what from run_leases union all select 'lock of run ' || run_id from host_locks",
      ).map(({ what }) => what),
    };
  } finally {
    db.close();
  }
}

/** Null when no prune is under way. @param kept how many snapshots the policy keeps */
export function stepOf(site: BackupSite, host: string, state: PruneState, kept: number): PruneStep | null {
  if (!state.runs.some(({ status, phase }) => status === "running" && phase === "pruning")) return null;
  const complete = state.snapshots.filter((one) => one.state === "complete").length;
  if (complete === state.snapshots.length) return "planning";
  if (complete > kept) return "marking";
  const going = state.snapshots.filter((one) => one.state === "removing");
  const isIn = (folder: string, suffix = "") =>
    going.filter(({ name }) => existsSync(site.pathOf(host, folder, name + suffix)));
  if (isIn("snapshots").length > 0) return "moving";
  const trashed = isIn("trash");
  if (trashed.length + isIn("trash", ".doomed").length < going.length) return "noting";
  return going.length === 0 || trashed.every(({ trashUntil }) => trashUntil !== null)
    ? "finishing"
    : "deleting";
}
