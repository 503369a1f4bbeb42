// One of several processes that want the same thing of a database at the same moment; started by rivals.ts.
import { PLAIN_RUN } from "../../src/domain/run.ts";
import { openDatabase, openUnchecked } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { enqueueClaimed } from "../../src/store/run-queue.ts";

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
  const owner = { workerId: name, processIdentity: `process of ${name}`, leaseSeconds: 60 };
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

const [url = "", name = "", ...hosts] = args;
const result =
  task === "migrate" ? await migrateAtOnce(args) : await claimAtOnce(url, name, hosts.map(Number));
process.stdout.write(JSON.stringify(result));
