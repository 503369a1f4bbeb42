// A site whose hosts are backed up by workers: its queue seen from SQL, transfers that take a while, and who is left behind.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Run, RunStatus } from "../../src/domain/run.ts";
import type { Schedule } from "../../src/domain/schedule.ts";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { requireHost } from "../../src/store/hosts.ts";
import { findRun, listRuns } from "../../src/store/runs.ts";
import { findSchedule } from "../../src/store/schedules.ts";
import { type BackupSite, makeSite } from "./backup-site.ts";
import type { RunningCommand } from "./pobsync.ts";
import { processesMentioning, processesWithVariable } from "./processes.ts";
import { randomBytes, seededRandom } from "./random.ts";
import { startSshd, type TestSshd } from "./sshd.ts";
import { runTool } from "./tool.ts";
import { waitUntil } from "./wait-until.ts";

/** Bytes of each file of a host here, and how many a slow host sends a second. */
export const FILE_BYTES = 250_000;
const SLOW = "1M";

export type WorkSite = BackupSite & {
  sshd: TestSshd;
  db: Database;
  /** A host behind the sshd, with so many files, that takes about a quarter of a second for each when it is slow. */
  addHost(host: string, files: number, how: "fast" | "slow"): Promise<string>;
  /** Queues a person's backup and returns the id of its run. */
  queue(host: string): Promise<number>;
  run(id: number): Promise<Run>;
  /** All runs of the host, oldest first. */
  runsOf(host: string): Promise<Run[]>;
  untilRun(id: number, status: RunStatus): Promise<Run>;
  /** Waits until a run is in the middle of its transfer, with so many whole files. */
  untilArrived(host: string, id: number, files: number): Promise<void>;
  schedule(host: string, name?: string): Promise<Schedule>;
  /** As if the schedule had been made long ago, and was due at this moment. */
  makeDue(host: string, at: Date, name?: string): Promise<void>;
  /** The text of a run's log, or null when there is none. */
  log(host: string, id: number): Promise<string | null>;
  /** Command lines of processes of this site, on either end, that are there when their time is over. */
  orphans(): Promise<string[]>;
  dispose(): Promise<void>;
};

export async function makeWorkSite(): Promise<WorkSite> {
  const [site, sshd] = await Promise.all([makeSite(), startSshd()]);
  const { world, ok } = site;
  const db = await openDatabase(world.environment.POBSYNC_DATABASE_URL ?? "");
  const random = seededRandom(11);
  const run = async (id: number): Promise<Run> => {
    const found = await findRun(db, id);
    if (found === null) throw new Error(`there is no run ${id}`);
    return found;
  };
  const schedule = async (host: string, name = "default"): Promise<Schedule> => {
    const found = await findSchedule(db, (await requireHost(db, host)).id, name);
    if (found === null) throw new Error(`${host} has no schedule ${name}`);
    return found;
  };
  const logFile = (host: string, id: number): string => site.pathOf(host, "logs", `${id}.log.gz`);
  return {
    ...site,
    sshd,
    db,
    run,
    schedule,
    async addHost(host, files, how) {
      const source = join(world.hostDir, host);
      mkdirSync(source);
      for (let n = 0; n < files; n += 1) writeFileSync(join(source, `${n}`), randomBytes(random, FILE_BYTES));
      await site.configureHost(host, sshd, "--source", source, "--bwlimit", how === "slow" ? SLOW : "0");
      return source;
    },
    queue: async (host) => (await ok("--json", "backup", host, "--queue")).json().run.id,
    runsOf: async (host) => (await listRuns(db, { hostId: (await requireHost(db, host)).id })).reverse(),
    async untilRun(id, status) {
      const isThere = async () => {
        const found = await run(id);
        return found.status === status && found;
      };
      return waitUntil(isThere, { what: `run ${id} to be ${status}`, deadlineMs: 30_000 });
    },
    async untilArrived(host, id, files) {
      const folder = site.pathOf(host, "incomplete", `${id}`, "received/tree", world.hostDir, host);
      const whole = () => readdirSync(folder).filter((name) => !name.startsWith(".")).length;
      const isThere = () => existsSync(folder) && whole() >= files;
      await waitUntil(isThere, { what: `${files} files of run ${id}`, everyMs: 5, deadlineMs: 20_000 });
    },
    async makeDue(host, at, name) {
      const { id } = await schedule(host, name);
      await db.sql.updateTable("schedules").set({ nextDueAt: at }).where("id", "=", id).execute();
    },
    log: async (host, id) =>
      existsSync(logFile(host, id)) ? (await runTool("zcat", [logFile(host, id)])).toString() : null,
    async orphans() {
      const left = () => [
        ...processesMentioning(world.dir),
        ...processesWithVariable(`HOME=${join(dirname(sshd.identityFile), "home")}`),
      ];
      await waitUntil(() => left().length === 0, { what: "orphans to go", deadlineMs: 4000 }).catch(() => {});
      return left().map(({ command }) => command);
    },
    async dispose() {
      await db.close();
      await world.dispose();
      await sshd.stop();
    },
  };
}

/** How many of these runs were under way at the same time at most, by what is on record. */
export function mostAtOnce(runs: readonly Run[]): number {
  const starts = runs.map((run) => run.startedAt?.getTime() ?? Number.NaN);
  const at = (time: number) =>
    runs.filter((run) => Number(run.startedAt) <= time && Number(run.finishedAt) > time).length;
  return Math.max(...starts.map(at));
}

/** Tells a loop to end and waits for it. */
export async function stopped(command: RunningCommand, signal: NodeJS.Signals = "SIGTERM") {
  command.child.kill(signal);
  return command.ended;
}
