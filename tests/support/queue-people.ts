// Who appears in tests of the queue: hosts, the workers that want them, and what a run of theirs comes to.
import { sql } from "kysely";
import { PLAIN_RUN, type RunOutcome } from "../../src/domain/run.ts";
import { SITE_DEFAULTS, type Site } from "../../src/domain/site.ts";
import type { Snapshot } from "../../src/domain/snapshot.ts";
import type { Database } from "../../src/store/database.ts";
import { insertHost, requireHost } from "../../src/store/hosts.ts";
import type { RunEnd } from "../../src/store/run-lease.ts";
import { type ClaimFacts, enqueueClaimed, type NewRun, type Owner } from "../../src/store/run-queue.ts";
import type { RunHolder } from "../../src/store/snapshot-removal.ts";
import { findSnapshot, insertSnapshot, type NewSnapshot } from "../../src/store/snapshots.ts";
import { inTransaction } from "../../src/store/transaction.ts";

export const startedAt = new Date("2026-11-23T02:15:00.250Z");
export const finishedAt = new Date("2026-11-23T02:16:01.500Z");

/** A configuration for tests that never touch its disk. */
export const diskless: Site = {
  ...{ node: "main", isHere: true, backupRoot: "/nowhere", rootId: "none" },
  ...SITE_DEFAULTS,
  settings: {},
};

export const worker = (name: string): Owner => ({
  workerId: name,
  processIdentity: `process of ${name}`,
  node: "main",
  leaseSeconds: 60,
});

/** Adds a host and returns its id. */
export async function addHost(db: Database, name: string): Promise<number> {
  const facts = { address: `${name}.example.org`, transport: "ssh", enabled: true, settings: {} } as const;
  await insertHost(db, name, facts, startedAt);
  return (await requireHost(db, name)).id;
}

export const manualBackup = (hostId: number): NewRun => ({
  hostId,
  kind: "backup",
  trigger: "manual",
  requestedBy: "ada 🦀",
  options: { ...PLAIN_RUN, prune: true },
});

/** The name of a snapshot whose random part is this number. */
export const nameOf = (suffix: number): string =>
  `20261123T021500Z-manual-${suffix.toString(16).padStart(6, "0")}`;

/** Claims the host for a backup. @throws Error when somebody else has it */
export async function claim(db: Database, hostId: number, owner: Owner, suffix = 1): Promise<number> {
  const facts: ClaimFacts = { startedAt, snapshotName: nameOf(suffix) };
  const id = await enqueueClaimed(db, manualBackup(hostId), owner, facts);
  if (id === null) throw new Error(`host ${hostId} is taken`);
  return id;
}

const stats = {
  files: 11,
  regularFiles: 2,
  directories: 8,
  symlinks: 1,
  bytes: 5_000_000_000_000,
  newFiles: 1,
  newBytes: 7,
  sentBytes: 1,
  receivedBytes: 2,
  copiedInsteadOfLinked: 0,
  durationMs: 61_250,
};

export const succeeded: RunOutcome = { status: "succeeded", problem: null, warnings: [], stats };

export const failed: RunOutcome = {
  status: "failed",
  problem: { code: "connection_lost", message: "It broke.", hint: "Try again.", detail: "ssh said\n𝕏" },
  warnings: [],
  stats: null,
};

export const snapshotOf = (hostId: number, runId: number | null, suffix = 1): NewSnapshot => ({
  hostId,
  name: nameOf(suffix),
  kind: "manual",
  status: "succeeded",
  startedAt,
  finishedAt,
  base: null,
  files: stats.files,
  bytes: stats.bytes,
  newBytes: stats.newBytes,
  runId,
});

/** How a run ends, for `finishRun`. */
export const endOf = (outcome: RunOutcome, snapshot: NewSnapshot | null = null, at = finishedAt): RunEnd => ({
  outcome,
  snapshot,
  retry: null,
  finishedAt: at,
});

/** As if the owner had been frozen for so long that its leases ran out a second ago. */
export async function expireLeases(db: Database): Promise<void> {
  await sql`update run_leases set expires_at = ${db.dialect.nowPlus(-1)}`.execute(db.sql);
}

/** A laptop with three snapshots, and its prune, claimed by that owner. */
export async function beginPrune(db: Database, owner: Owner): Promise<{ hostId: number; holder: RunHolder }> {
  const hostId = await addHost(db, "laptop");
  for (const suffix of [1, 2, 3])
    await inTransaction(db, (tx) => insertSnapshot(tx, snapshotOf(hostId, null, suffix)));
  const prune = { ...manualBackup(hostId), kind: "prune", options: PLAIN_RUN } as const;
  const runId = await enqueueClaimed(db, prune, owner, { startedAt, snapshotName: null });
  if (runId === null) throw new Error("the laptop is taken");
  return { hostId, holder: { runId, owner } };
}

/** @throws Error when it is not on record */
export async function storedSnapshot(db: Database, hostId: number, suffix: number): Promise<Snapshot> {
  const found = await findSnapshot(db, hostId, nameOf(suffix));
  if (found === null) throw new Error(`there is no snapshot ${suffix}`);
  return found;
}
