// A site with years of history, always the same one: hosts, schedules, finished runs, a queue, snapshots.
import type { Insertable } from "kysely";
import { PLAIN_RUN, type RunKind, type RunStatus, type Trigger } from "../src/domain/run.ts";
import { snapshotName } from "../src/domain/snapshot.ts";
import type { Database } from "../src/store/database.ts";
import type { Sql, Tables } from "../src/store/tables.ts";
import { below, seededRandom } from "../tests/support/random.ts";
import { noteDueTimes } from "./history-schedules.ts";

type NewRun = Insertable<Tables["runs"]> & { id: number };

export const NOW = new Date("2026-11-23T09:00:00.000Z");
const YEARS = 3;
const START = NOW.getTime() - YEARS * 365 * 86_400_000;
/** Hosts and snapshots of each that a history has when nothing else is said. */
export const HOSTS = 300;
const SNAPSHOTS_PER_HOST = 67;
/** Every fourth host is also backed up every hour, which makes half of all runs. */
const BUSY_EVERY = 4;
/** One host of which no run ever failed: what is looked for in vain costs most. */
export const FLAWLESS_HOST = 8;
/** Restores of long ago; then never again. */
const RESTORES = 40;
export const QUEUED = 400;
const SEED = 20_261_125;
/** SQLite takes 32,766 parameters a statement at most. */
const ROWS_A_STATEMENT = 500;
const ROWS_A_TRANSACTION = 20_000;

export type History = { readonly runs: number; readonly snapshots: number };
export type HistoryShape = { readonly hosts: number; readonly snapshotsPerHost: number };

/** Fills an empty, migrated database. @param finished runs that have ended */
export async function fillHistory(
  db: Database,
  finished: number,
  { hosts, snapshotsPerHost }: HistoryShape = { hosts: HOSTS, snapshotsPerHost: SNAPSHOTS_PER_HOST },
): Promise<History> {
  await db.sql.transaction().execute((tx) => addHosts(tx, hosts));
  const random = seededRandom(SEED);
  const newest = new Map<number, NewRun[]>();
  let rows: NewRun[] = [];
  const flush = async () => {
    await db.sql
      .transaction()
      .execute((tx) => insertAll(rows, (some) => tx.insertInto("runs").values(some).execute()));
    rows = [];
  };
  for (let id = 1; id <= finished; id++) {
    const run = finishedRun(random, { id, of: finished, hosts });
    rows.push(run);
    if (run.snapshotName) keepNewest(newest, run, snapshotsPerHost);
    if (rows.length === ROWS_A_TRANSACTION) await flush();
  }
  for (let id = finished + 1; id <= finished + QUEUED; id++) rows.push(queuedRun(id, NOW, hosts));
  await flush();
  await addRunning(db, finished + QUEUED + 1);
  await noteDueTimes(db);
  return { runs: finished + QUEUED + 2, snapshots: await addSnapshots(db, newest) };
}

export async function insertAll<Row>(
  rows: readonly Row[],
  insert: (some: Row[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT)
    await insert(rows.slice(at, at + ROWS_A_STATEMENT));
}

const isBusy = (hostId: number): boolean => hostId % BUSY_EVERY === 0;

async function addHosts(tx: Sql, count: number): Promise<void> {
  const at = { createdAt: new Date(START), updatedAt: new Date(START) };
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const rows = ids.map((id) => ({
    id,
    name: `host-${String(id).padStart(3, "0")}`,
    address: `host-${id}.example.org`,
    transport: "ssh",
    enabled: id % 60 !== 0,
    hostKeys: [{ type: "ssh-ed25519", key: "A".repeat(68) }],
    own: { sources: ["/etc", "/home", "/srv"] },
    ...at,
  }));
  await tx.insertInto("hosts").values(rows).execute();
  const schedule = (hostId: number, id: number, name: string, cron: string) => ({
    ...{ id, hostId, name, cron, prune: true, jitterSeconds: 600, enabled: true, ...at },
    // A year ahead: the site is looked at later than it was made, and must not look as if nobody had kept it.
    nextDueAt: new Date(NOW.getTime() + 365 * 86_400_000),
  });
  const nightly = ids.map((id) => schedule(id, id, "nightly", "0 2 * * *"));
  const hourly = ids.filter(isBusy).map((id) => schedule(id, count + id, "hourly", "15 * * * *"));
  await tx
    .insertInto("schedules")
    .values([...nightly, ...hourly])
    .execute();
}

function finishedRun(
  random: () => number,
  { id, of, hosts }: { id: number; of: number; hosts: number },
): NewRun {
  const share = id / of;
  const queued = START + Math.floor((NOW.getTime() - START) * share);
  const hostId =
    random() < 0.5 ? BUSY_EVERY * (1 + below(random, hosts / BUSY_EVERY)) : 1 + below(random, hosts);
  const [kind, trigger, status] = character(random, id, hostId);
  const seconds = 5 + below(random, 1800);
  const startedAt = new Date(queued + 1000 * below(random, 600));
  const isWhole = status === "succeeded" || status === "warning";
  const isScheduled = trigger === "scheduled" && kind === "backup";
  return {
    ...{ id, hostId, kind, trigger, status },
    attempt: trigger === "retry" ? 2 : 1,
    retryOf: trigger === "retry" ? Math.max(1, id - 300) : null,
    requestedBy: trigger === "manual" ? "ada" : null,
    queuedAt: new Date(queued),
    dueAt: isScheduled ? new Date(queued) : null,
    startedAt,
    finishedAt: new Date(startedAt.getTime() + seconds * 1000),
    workerId: "backup1:4711:3fa9c1",
    phase: kind === "backup" ? "publishing" : null,
    options: { ...PLAIN_RUN, prune: true },
    snapshotName:
      isWhole && kind === "backup"
        ? snapshotName({
            startedAt,
            kind: trigger === "manual" ? "manual" : "scheduled",
            suffix: (id % 2 ** 24).toString(16).padStart(6, "0"),
          })
        : null,
    stats: isWhole && kind === "backup" ? statsOf(random, seconds) : null,
    problem: status === "failed" ? PROBLEM : status === "cancelled" ? CANCELLED : null,
    warnings: status === "warning" ? [WARNING] : [],
    scheduleId: isScheduled ? hostId + (isBusy(hostId) && id % 25 !== 0 ? hosts : 0) : null,
    availableAt: new Date(queued),
  };
}

function character(random: () => number, id: number, hostId: number): [RunKind, Trigger, RunStatus] {
  const [dice, fate] = [random(), random()];
  const worst = hostId === FLAWLESS_HOST ? "succeeded" : "failed";
  const status = fate < 0.88 ? "succeeded" : fate < 0.95 ? "warning" : fate < 0.995 ? worst : "cancelled";
  if (id <= RESTORES) return ["restore", "manual", status];
  if (dice < 0.85) return ["backup", "scheduled", status];
  if (dice < 0.88) return ["backup", "retry", status];
  if (dice < 0.92) return ["backup", "manual", status];
  return dice < 0.995 ? ["prune", "scheduled", status] : ["discover", "manual", status];
}

const PROBLEM = {
  code: "connection_lost",
  message: "The connection to the host broke during the transfer.",
  hint: "It is tried again by itself. If it keeps happening, look at the network between the two.",
  detail: Array.from(
    { length: 6 },
    (_, at) => `rsync: [receiver] read error: Connection reset by peer (104) ${at}`,
  ).join("\n"),
};
const CANCELLED = {
  code: "interrupted",
  message: "The backup was cancelled.",
  hint: "Start it again.",
  detail: null,
};
const WARNING = {
  code: "files_unreadable",
  message: "3 files could not be read.",
  hint: "Look at the log: pobsync log ID",
  detail: '/home/ada/.cache/keyring: "Permission denied (13)"\n/srv/db/lock: "Permission denied (13)"',
};

function statsOf(random: () => number, seconds: number) {
  const files = 10_000 + below(random, 900_000);
  return {
    files,
    regularFiles: Math.floor(files * 0.85),
    directories: Math.floor(files * 0.1),
    symlinks: Math.floor(files * 0.05),
    bytes: files * (20_000 + below(random, 60_000)),
    newFiles: below(random, 5000),
    newBytes: below(random, 2 ** 31),
    sentBytes: below(random, 2 ** 20),
    receivedBytes: below(random, 2 ** 31),
    copiedInsteadOfLinked: 0,
    durationMs: seconds * 1000,
  };
}

/** A run that waits, of one host after another (or of the first so many). */
export const queuedRun = (id: number, at: Date, hosts = HOSTS): NewRun => ({
  ...{ id, hostId: 1 + (id % hosts), kind: "backup", status: "queued", attempt: 1 },
  trigger: id % 10 === 0 ? "manual" : "scheduled",
  queuedAt: at,
  availableAt: at,
  options: PLAIN_RUN,
  warnings: [],
});

async function addRunning(db: Database, firstId: number): Promise<void> {
  const owner = { workerId: "backup1:4711:3fa9c1", processIdentity: "a process of the past" };
  for (const [slot, id] of [firstId, firstId + 1].entries()) {
    const run = { ...queuedRun(id, NOW), status: "running", phase: "transferring", startedAt: NOW };
    await db.sql
      .insertInto("runs")
      .values({ ...run, workerId: owner.workerId })
      .execute();
    const lease = { runId: id, slot: slot + 1, ...owner, acquiredAt: NOW, expiresAt: NOW };
    await db.sql.insertInto("runLeases").values(lease).execute();
    await db.sql.insertInto("hostLocks").values({ hostId: run.hostId, runId: id }).execute();
  }
}

function keepNewest(newest: Map<number, NewRun[]>, run: NewRun, count: number): void {
  const list = newest.get(run.hostId) ?? [];
  list.push(run);
  if (list.length > count) list.shift();
  newest.set(run.hostId, list);
}

async function addSnapshots(db: Database, newest: ReadonlyMap<number, readonly NewRun[]>): Promise<number> {
  let id = 0;
  const rows = [...newest.values()].flatMap((runs) =>
    runs.map((run, at) => {
      const base = at === 0 ? undefined : runs[at - 1];
      id += 1;
      return {
        ...{ id, hostId: run.hostId, name: run.snapshotName ?? "", status: run.status },
        kind: run.trigger === "manual" ? "manual" : "scheduled",
        state: at % 10 === 3 ? "removed" : "complete",
        startedAt: run.startedAt ?? NOW,
        finishedAt: run.finishedAt ?? NOW,
        baseName: base?.snapshotName ?? null,
        baseId: base === undefined ? null : id - 1,
        ...{ files: 500_000, bytes: 20_000_000_000, newBytes: 100_000_000, runId: run.id },
        pin: at === 0 ? { reason: "before the move", until: null, by: "ada" } : null,
      };
    }),
  );
  await db.sql
    .transaction()
    .execute((tx) => insertAll(rows, (some) => tx.insertInto("snapshots").values(some).execute()));
  return rows.length;
}
