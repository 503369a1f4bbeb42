// A site whose database is taken away while a worker works: local hosts, the first of them slow, and one worker.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunJson } from "../../src/contract/types.ts";
import { listHeldRuns } from "../../src/store/held-runs.ts";
import { pobsyncIn, type RunningCommand } from "./pobsync.ts";
import { processesMentioning, signalProcess } from "./processes.ts";
import { endBackoff, lookInto, queueContradictions } from "./queue-contradictions.ts";
import { randomBytes, seededRandom } from "./random.ts";
import { waitUntil } from "./wait-until.ts";
import { makeWorld, type World } from "./world.ts";

export type OutageSite = {
  world: World;
  /** Queues a backup and returns the number of its run. */
  queue(host: string): Promise<number>;
  /** A worker that goes on for ever. */
  startWorker(): RunningCommand;
  untilTransferring(): Promise<void>;
  /** Newest first: host and how it ended. */
  history(): Promise<string[]>;
  /** Waits until nothing is open any more; retries begin at once. */
  untilAllIsDone(worker: RunningCommand): Promise<void>;
  /** Ends the worker in good order and returns what it said of the database, a word a spell. */
  end(worker: RunningCommand): Promise<string[]>;
  contradictions(): Promise<string[]>;
};

const SLOW_BYTES = 3_000_000;
const HOSTS = ["slow", "web1", "web2"];

/** @param leaseSeconds how long a run may go without its database */
export async function makeOutageSite(
  databaseUrl: string | undefined,
  leaseSeconds: number,
): Promise<OutageSite> {
  const world = makeWorld(databaseUrl === undefined ? { inFile: true } : { databaseUrl });
  const url = world.environment.POBSYNC_DATABASE_URL;
  const pobsync = pobsyncIn(world, { environment: { POBSYNC_LEASE_SECONDS: `${leaseSeconds}` } });
  const ok = async (...args: string[]) => {
    const result = await pobsync.run(...args);
    if (result.code !== 0) throw new Error(`${args.join(" ")} ended with ${result.code}: ${result.stderr}`);
    return result;
  };
  await ok("migrate");
  await ok("configure-global", "--backup-root", world.backupRoot, "--max-parallel", "2");
  for (const host of HOSTS) {
    const source = join(world.hostDir, host);
    mkdirSync(source);
    writeFileSync(join(source, "big"), randomBytes(seededRandom(1), host === "slow" ? SLOW_BYTES : 1000));
    await ok("configure-host", host, "--transport", "local", "--source", source, "--bwlimit", "1M");
  }
  return {
    world,
    queue: async (host) => (await ok("--json", "backup", host, "--queue")).json().run.id,
    startWorker: () => pobsync.start("worker", "--loop", "--interval", "1"),
    async untilTransferring() {
      const writes = () =>
        processesMentioning(world.backupRoot).some(({ command }) => command.startsWith("rsync"));
      await waitUntil(writes, { what: "rsync", deadlineMs: 30_000 });
    },
    async history() {
      const runs: RunJson[] = (await ok("--json", "runs", "--all")).json().items;
      return runs.map(
        ({ host, status, problem }) => `${host} ${status}${problem ? `: ${problem.code}` : ""}`,
      );
    },
    async untilAllIsDone(worker) {
      const isDone = () =>
        lookInto(url, async (db) => (await endBackoff(db)) + (await listHeldRuns(db)).length === 0);
      await waitUntil(isDone, { what: "all runs to end", deadlineMs: 40_000 }).catch((error: Error) => {
        throw new Error(`${error.message}; the worker said: ${worker.output()}`);
      });
    },
    async end(worker) {
      signalProcess(worker.pid, "SIGTERM");
      const { code, stderr } = await worker.ended;
      if (code !== 0) throw new Error(`the worker ended with ${code}: ${stderr}`);
      const said = stderr.match(/^.*(database cannot be used|trouble is over|unexpected).*$/gm) ?? [];
      return said.map(
        (line) => /away|over|unexpected/.exec(line.replace("cannot be used", "away"))?.[0] ?? line,
      );
    },
    contradictions: () => lookInto(url, queueContradictions),
  };
}
