// A site with two hosts and a worker, whose queue waits: for tests of what is said about that.
import type { App } from "../../src/actions/app.ts";
import { PLAIN_RUN } from "../../src/domain/run.ts";
import type { Database } from "../../src/store/database.ts";
import { claimRun, enqueue, type NewRun } from "../../src/store/run-queue.ts";
import { findRun } from "../../src/store/runs.ts";
import { saveSite } from "../../src/store/site.ts";
import { sayAlive, type WorkerRole } from "../../src/store/workers.ts";
import { addHost, diskless, manualBackup, worker } from "./queue-people.ts";

export const bob = worker("bob");
export const MINUTE = 60_000;

export type WaitingSite = Awaited<ReturnType<typeof waitingSite>>;

/** @param clock the test's */
export async function waitingSite(db: Database, clock: () => Date) {
  await saveSite(db, { ...diskless, maxParallel: 1 }, clock());
  const web = await addHost(db, "web1");
  const nas = await addHost(db, "nas");
  const app = {
    ...{ node: "main", db, clock, version: "test", leaseSeconds: 60, requestedBy: "ada" },
    ...{ randomHex: () => "00", hasher: [], secretKeyFile: "/nowhere" },
    actor: { name: "ada", kind: "console" as never, address: null },
  } as App;
  const ago = (minutes: number): Date => new Date(clock().getTime() - minutes * MINUTE);
  const alive = (role: WorkerRole, parallel = 0, node = "main") => {
    const workerId = role === "worker" ? `bob of ${node}` : role;
    return sayAlive(db, { workerId, role, node, processIdentity: "elsewhere", parallel }, clock());
  };
  const queue = (hostId: number, changes: Partial<NewRun> = {}) => {
    const usual = { ...manualBackup(hostId), options: PLAIN_RUN, trigger: "scheduled" as const };
    return enqueue(db, { ...usual, availableAt: ago(1), ...changes }, ago(1));
  };
  const start = async (id: number, startedAt: Date, slot = 1, name = "bob of main") => {
    const run = await findRun(db, id);
    if (run === null) throw new Error(`there is no run ${id}`);
    return claimRun(db, run, { ...bob, workerId: name }, slot, { startedAt, snapshotName: null });
  };
  await alive("worker");
  return { web, nas, app, ago, alive, queue, start };
}
