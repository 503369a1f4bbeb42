// One of several processes that want the same thing of a database at the same moment; started by rivals.ts.
import { setImmediate } from "node:timers/promises";
import { Problem } from "../../src/domain/problem.ts";
import { PLAIN_RUN } from "../../src/domain/run.ts";
import { type Database, openDatabase, openUnchecked } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { enqueue, enqueueClaimed } from "../../src/store/run-queue.ts";
import { savePin } from "../../src/store/snapshot-claims.ts";
import { markRemoving } from "../../src/store/snapshot-removal.ts";
import { listSnapshots } from "../../src/store/snapshots.ts";

const [task = "", ...args] = process.argv.slice(2);

/** Says that this process is ready, and waits until all others are: then its stdin is closed. */
async function untilAllAreReady(): Promise<void> {
  process.stdout.write("ready\n");
  for await (const _ of process.stdin);
}

/** Returns, for each database in turn, the migrations that this process applied. */
async function migrateAtOnce(urls: readonly string[]): Promise<string[][]> {
  await untilAllAreReady();
  const applied: string[][] = [];
  for (const url of urls) {
    const db = await openUnchecked(url);
    try {
      applied.push((await migrate(db)).applied);
    } finally {
      await db.close();
    }
  }
  return applied;
}

/** Returns, for each host in turn, the id of the run that got it, or null. */
async function claimAtOnce(
  url: string,
  name: string,
  hostIds: readonly number[],
): Promise<(number | null)[]> {
  const db = await openDatabase(url);
  const owner = { workerId: name, processIdentity: `process of ${name}`, leaseSeconds: 60, node: "main" };
  const startedAt = new Date();
  await untilAllAreReady();
  try {
    const claims: (number | null)[] = [];
    for (const hostId of hostIds) {
      const options = PLAIN_RUN;
      const run = { hostId, kind: "backup", trigger: "manual", requestedBy: name, options } as const;
      claims.push(await enqueueClaimed(db, run, owner, { snapshotName: null, startedAt }));
    }
    return claims;
  } finally {
    await db.close();
  }
}

/** What one does with a snapshot that the other wants to be rid of; false: it lost. */
type Wish = (db: Database, snapshot: { id: number; hostId: number; revision: number }) => Promise<boolean>;

const pinIt: Wish = (db, { id }) => savePin(db, id, { reason: "mine", until: null, by: null });

const holdIt: Wish = async (db, { id, hostId }) => {
  const what = { hostId, kind: "restore", trigger: "manual", requestedBy: null, options: PLAIN_RUN } as const;
  try {
    await enqueue(db, { ...what, reads: [id] }, new Date());
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === "not_found") return false;
    throw error;
  }
};

const removeIt =
  (workerId: string, runId: number): Wish =>
  (db, snapshot) => {
    const owner = { workerId, processIdentity: `process of ${workerId}`, leaseSeconds: 60, node: "main" };
    return markRemoving(db, snapshot, { runId, owner }, null);
  };

async function untilTime(ms: number): Promise<void> {
  while (Date.now() < ms) await setImmediate();
}

/** Returns, for each snapshot in the order of their ids, whether this process had its wish. What it knows is from before. */
async function wishAtOnce(url: string, wish: Wish): Promise<boolean[]> {
  const db = await openDatabase(url);
  try {
    const snapshots = (await listSnapshots(db)).sort((a, b) => a.id - b.id);
    await untilAllAreReady();
    const granted: boolean[] = [];
    const startMs = Math.ceil(Date.now() / 200 + 1) * 200;
    for (const [index, snapshot] of snapshots.entries()) {
      // Both want each at the same moment, or else whoever is first once stays ahead; now and then one is a little late.
      await untilTime(startMs + index * 15 + Math.random() * 2);
      granted.push(await wish(db, snapshot));
    }
    return granted;
  } finally {
    await db.close();
  }
}

function doTask(): Promise<unknown> {
  const [url = "", name = "", ...numbers] = args;
  switch (task) {
    case "migrate":
      return migrateAtOnce(args);
    case "claim":
      return claimAtOnce(url, name, numbers.map(Number));
    case "pin":
      return wishAtOnce(url, pinIt);
    case "hold":
      return wishAtOnce(url, holdIt);
    case "remove":
      return wishAtOnce(url, removeIt(name, Number(numbers[0])));
    default:
      throw new Error(`nobody knows how to ${task}`);
  }
}

process.stdout.write(JSON.stringify(await doTask()));
