// What needs a person, worst first: of the site, and host by host.
import type { Attention, AttentionCode } from "../domain/attention.ts";
import { ANOMALY_CODES } from "../domain/condition.ts";
import { countText } from "../domain/count-text.ts";
import { lateSince } from "../domain/health.ts";
import { factsOf, Problem, type ProblemFacts, withNames } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { HostReads } from "./host-reads.ts";
import type { JudgedHost } from "./page-hosts.ts";
import type { HostTroubles } from "./site-facts.ts";

/** More is not for reading: the list of hosts can be sorted by health. */
export const ATTENTION_MAX = 25;

/** Its newest backup is good, and has warnings. */
export const isWarned = ({ health, lastBackup }: JudgedHost): boolean =>
  health === "fresh" && lastBackup?.status === "warning";

/**
 * Of hosts, worst first; at most as many as somebody reads. `all` is how many there would be.
 *
 * @param backups the newest finished backups of the worst hosts, by the host's id: of others nothing is said but that they fail
 */
export async function hostsAttention(
  reads: HostReads,
  hosts: readonly JudgedHost[],
  { missing, verifyFailed, drillFailed, pruneFailed }: HostTroubles,
  backups: ReadonlyMap<number, Run>,
  now: Date,
  max: number = ATTENTION_MAX,
): Promise<{ items: Attention[]; all: number }> {
  const named = new Map(hosts.map((host) => [host.id, host]));
  // A backup that came later has pruned again, or has said itself why not.
  const isNewest = ({ hostId, runId }: { hostId: number; runId: number }): boolean =>
    runId > (named.get(hostId)?.lastBackup?.id ?? 0);
  const failed = [...verifyFailed, ...drillFailed, ...pruneFailed.filter(isNewest)];
  const ailing = (["failing", "never", "late"] as const).flatMap((health) =>
    hosts.filter((host) => host.health === health),
  );
  const warned = hosts.filter(isWarned);
  const [since, dismissed, failedRuns] = await Promise.all([
    reads.failingSince(ailing.slice(0, max).map(({ id }) => id)),
    reads.dismissedRuns(warned.slice(0, max).flatMap(({ id }) => backups.get(id)?.id ?? [])),
    reads.runs(failed.slice(0, max).map(({ runId }) => runId)),
  ]);
  const all = ailing.length + missing.size + failed.length + warned.length;
  const items = [
    ...ailing
      .slice(0, max)
      .map((host) => ofAiling(host, backups.get(host.id), since.get(host.id) ?? null, now)),
    ...[...missing].flatMap(([id, { count }]) => ofMissing(named.get(id)?.name, count)),
    ...failedRuns.flatMap(ofRun),
    ...warned.slice(0, max).flatMap((host) => ofWarnings(backups.get(host.id), dismissed)),
  ];
  const shown = items.sort(worstFirst).slice(0, max);
  return { items: shown, all: Math.max(all, shown.length) };
}

const worstFirst = (a: Attention, b: Attention): number =>
  Number(b.level === "bad") - Number(a.level === "bad");

function ofAiling(host: JudgedHost, backup: Run | undefined, failedSince: Date | null, now: Date): Attention {
  const { name, health, createdAt, lastSuccessAt, schedules } = host;
  if (backup?.status === "failed" && backup.problem !== null && health !== "late")
    return { ...inNamesOf(backup, backup.problem), level: "bad", since: failedSince ?? backup.finishedAt };
  const run = backup?.id ?? null;
  const at = { host: name, level: "bad", detail: null, run } as const;
  if (lastSuccessAt === null)
    return {
      ...{ ...at, code: "never", message: `${name} was never backed up.`, since: createdAt },
      hint: `Back it up now: pobsync backup ${name}`,
    };
  const isScheduled = schedules.length > 0;
  return {
    ...{ ...at, code: "late", since: lateSince(lastSuccessAt, schedules, now) },
    message: isScheduled
      ? `${name} has had no good backup since one was due.`
      : `The newest backup of ${name} is old, and no schedule makes another one.`,
    hint: isScheduled
      ? "See whether scheduler and worker run, and what waits: pobsync doctor, pobsync runs --status open"
      : `Give it a schedule: pobsync schedule ${name} --cron "15 2 * * *"`,
  };
}

function ofMissing(host: string | undefined, count: number): Attention[] {
  if (host === undefined) return [];
  const message = `${countText(count, "snapshot of", "snapshots of")} ${host} ${count === 1 ? "is" : "are"} on record and not on the disk.`;
  const facts = withNames(factsOf(new Problem("snapshots_missing", message)), { HOST: host });
  return [{ ...facts, host, level: "bad", since: null, run: null }];
}

/** What a verification or a drill has found: bad, and not about the newest backup. */
export const DAMAGE: readonly AttentionCode[] = [
  ...(["content_damaged", "content_unreadable", "catalog_unusable"] as const),
  ...(["drill_differs", "drill_command_failed"] as const),
];

/** A verification, a drill or a prune that failed and that no later one has put right. */
function ofRun(run: Run): Attention[] {
  if (run.problem === null) return [];
  const level = DAMAGE.includes(run.problem.code) ? "bad" : "warning";
  return [{ ...inNamesOf(run, run.problem), level, since: run.finishedAt }];
}

/** What a good backup has complained of, what holds pruning up before everything else. */
const ofWarnings = (run: Run | undefined, dismissed: ReadonlySet<number>): Attention[] =>
  run === undefined
    ? []
    : [...new Map(run.warnings.map((warning) => [warning.code, warning])).values()]
        .filter(({ code }) => !(dismissed.has(run.id) && ANOMALY_CODES.includes(code)))
        .sort((a, b) => Number(b.code === "pruning_held") - Number(a.code === "pruning_held"))
        .map((warning) => ({ ...inNamesOf(run, warning), level: "warning", since: run.finishedAt }));

const inNamesOf = ({ id, host }: Run, problem: ProblemFacts) => ({
  ...{ ...withNames(problem, { HOST: host, ID: id }), host, run: id },
});
