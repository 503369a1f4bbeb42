// Rounds of killing: something of a backup dies at a random moment, and then everything must still be true.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { HostUnderTest } from "./host-under-test.ts";
import type { CommandResult, RunningCommand } from "./pobsync.ts";
import {
  processesMentioning,
  processesWithVariable,
  type RunningProcess,
  signalProcess,
} from "./processes.ts";
import { below, pick } from "./random.ts";
import { awaitVictim, findVictim, hasEnded, type Stage, stageOf, stages, type Victim } from "./victims.ts";
import { waitUntil } from "./wait-until.ts";

export type KillRound = {
  /** What of the backup was there when the victim died; null: the backup was over before that. */
  killedWhile: Stage | null;
  /** Sentences about what is not as it must be; none when all is well. */
  violations: string[];
};

/** Within how many milliseconds of reaching a stage pobsync is killed. */
const PATIENCE: Record<Stage, number> = { started: 700, transferring: 500, flushing: 60, published: 15 };

/** About how long the others live, in milliseconds; somewhere in that time they are killed. */
const LIVES: Record<Exclude<Victim, "pobsync">, number> = {
  rsync: 450,
  receiver: 400,
  "ssh master": 800,
  "ssh client": 400,
  guard: 400,
  sync: 15,
  "remote rsync": 400,
};

const ORPHANS_GONE_WITHIN_MS = 2000;

/** Changes the source, starts a backup, kills the victim (SIGKILL) at a random moment, and backs up again. */
export async function killRound(under: HostUnderTest, victim: Victim): Promise<KillRound> {
  const { site, host, history } = under;
  await under.change();
  const known = site.onDisk(host, "snapshots");
  const backup = site.pobsync.start("--json", "backup", host);
  const { moment, pid } = await momentToKill(under, backup, known, victim);
  const killedWhile = pid === null ? null : stageOf(under, known);
  if (pid !== null) signalProcess(pid, "SIGKILL");

  const result = await backup.ended;
  const violations = [
    ...(await orphans(under, backup)),
    ...history.brokenOnes(),
    ...wrongEnd(result, victim, pid !== null),
    ...(await secondBackup(under)),
    ...(await history.differences()),
    ...(await history.contradictions()),
    ...privateFolders(backup).map((name) => `/tmp/${name} is left`),
  ];
  const what = `${victim} killed ${moment}, while ${killedWhile}`;
  return { killedWhile, violations: violations.map((line) => `${what}: ${line}`) };
}

/** Waits for it. This random time is the one in our tests, because here the moment is what they are about. */
async function momentToKill(
  under: HostUnderTest,
  backup: RunningCommand,
  known: readonly string[],
  victim: Victim,
): Promise<{ moment: string; pid: number | null }> {
  const { random, sshd } = under;
  if (victim !== "pobsync") {
    await awaitVictim(backup, sshd, victim);
    const patience = below(random, LIVES[victim]);
    await pause(patience);
    return { moment: `${patience} ms after its start`, pid: findVictim(backup, sshd, victim) };
  }
  const stage = pick(random, stages) ?? "started";
  const hasReached = (): boolean => stages.indexOf(stageOf(under, known)) >= stages.indexOf(stage);
  const what = `a backup to be ${stage}`;
  await waitUntil(() => hasEnded(backup) || hasReached(), { what, everyMs: 1, deadlineMs: 30_000 });
  const patience = below(random, PATIENCE[stage]);
  await pause(patience);
  return { moment: `${patience} ms after it was ${stage}`, pid: hasEnded(backup) ? null : backup.pid };
}

/** Whoever of the killed backup, on either end, is still there when its time is over. */
export async function orphans({ site, sshd }: HostUnderTest, backup: RunningCommand): Promise<string[]> {
  const left = (): RunningProcess[] => [
    ...processesMentioning(site.world.dir),
    ...processesMentioning(`/tmp/pobsync-${backup.pid}-`),
    ...(sshd === null ? [] : processesWithVariable(`HOME=${join(dirname(sshd.identityFile), "home")}`)),
  ];
  const areGone = (): boolean => left().length === 0;
  await waitUntil(areGone, { what: "orphans to go", deadlineMs: ORPHANS_GONE_WITHIN_MS }).catch(() => {});
  return left().map(({ command }) => `an orphan runs: ${command}`);
}

/** A command that was not killed itself ends on its own terms: with a snapshot, or with a named problem. */
function wrongEnd(
  { code, signal, stdout, stderr }: CommandResult,
  victim: Victim,
  killed: boolean,
): string[] {
  // Killed or not: it may have been over just before the signal came.
  if (code === 0) return [];
  if (victim === "pobsync" && killed) return signal === "SIGKILL" ? [] : [`it ended with ${code ?? signal}`];
  if (!killed || code === null) return [`it ended with ${code ?? signal}: ${stderr}`];
  const { run } = JSON.parse(stdout);
  const isNamed = run.status === "failed" && run.problem !== null && run.problem.code !== "internal_error";
  return isNamed && code === 1
    ? []
    : [`it ended with ${code}, ${run.status}: ${JSON.stringify([run.problem, run.warnings])}`];
}

async function secondBackup({ site, host }: HostUnderTest): Promise<string[]> {
  const { code, stdout, stderr } = await site.pobsync.run("--json", "backup", host);
  return code === 0 ? [] : [`the next backup ended with ${code}: ${stderr}${stdout}`];
}

/** Sockets and keys of a process that is gone. */
const privateFolders = ({ pid }: RunningCommand): string[] =>
  readdirSync("/tmp").filter((name) => name.startsWith(`pobsync-${pid}-`));
