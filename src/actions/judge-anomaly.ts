// A person's word about what looks odd on a host: that it has been seen, or that it is as it should be.
import { type AnomalyVerdict, isMild, parseVerdictReason, type Verdict } from "../domain/anomaly.ts";
import { anomalyKeys } from "../domain/condition.ts";
import { Problem } from "../domain/problem.ts";
import { isOpenAnomaly, settleableDoubt } from "../domain/pruning-hold.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { acknowledgeAlertsAbout } from "../store/alerts.ts";
import { saveTrust } from "../store/hosts.ts";
import { saveAnomalyVerdict } from "../store/snapshot-anomalies.ts";
import { listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { asOne, recordAudit } from "./audit.ts";
import { type HostContext, hostContext } from "./host-context.ts";
import { isPinnedByUs, unpinOurs } from "./look-for-anomalies.ts";
import { holdFacts, hostHold } from "./plan-retention.ts";

/** What looks odd on a host and waits for a person's word. */
export interface Anomaly {
  /** Null: the clock is in doubt, and no snapshot. */
  readonly snapshot: string | null;
  readonly message: string;
  readonly holdsPruning: boolean;
  readonly verdict: AnomalyVerdict | null;
}

/** Null when nothing waits for a word. What holds pruning comes before a newest backup that was only slow. */
function anomalyIn(context: HostContext, snapshots: readonly Snapshot[], now: Date): Anomaly | null {
  const doubt = settleableDoubt(holdFacts(context, snapshots, null), now);
  if (doubt !== null) {
    const { snapshot, why } = doubt;
    const verdict = snapshot?.anomalyVerdict ?? null;
    return { snapshot: snapshot?.name ?? null, message: why, holdsPruning: true, verdict };
  }
  const newest = snapshots.find(({ state }) => state === "complete");
  if (newest?.anomaly == null || !isMild(newest.anomaly) || !isOpenAnomaly(newest, context.host.trust))
    return null;
  const { name: snapshot, anomaly: message, anomalyVerdict: verdict } = newest;
  return { snapshot, message, holdsPruning: false, verdict };
}

export const hostAnomaly = async (app: App, context: HostContext): Promise<Anomaly | null> =>
  anomalyIn(context, await listSnapshots(app.db, { hostId: context.host.id }), app.clock());

export interface JudgedAnomaly {
  readonly host: string;
  readonly verdict: AnomalyVerdict;
  /** What it is about. */
  readonly message: string;
  /** The snapshots that looked odd, newest first. */
  readonly snapshots: readonly string[];
  /** What holds pruning from now on. */
  readonly held: Problem | null;
  /** Snapshots that pobsync has pinned and could not let go of here; the next prune does. */
  readonly stillPinned: readonly string[];
}

/**
 * `acknowledged`: nobody is reminded of it any more, and pruning stays held. `dismissed`: all that is there now is as it should
 * be, so pruning goes on, and what we have pinned is left to the rules. A snapshot that is made meanwhile is no part of it.
 *
 * Refuses with `bad_input`, `not_configured`, `not_found`, or `no_anomaly` when nothing waits for a word.
 */
export async function judgeAnomaly(
  app: App,
  name: string,
  verdict: Verdict,
  reason: unknown,
): Promise<JudgedAnomaly> {
  const word = { verdict, reason: parseVerdictReason(reason), by: app.requestedBy, at: app.clock() };
  const context = await hostContext(app, name);
  const { host } = context;
  const all = await listSnapshots(app.db, { hostId: host.id });
  const anomaly = anomalyIn(context, all, word.at);
  if (anomaly === null)
    throw new Problem("no_anomaly", `Nothing on ${host.name} looks odd that nobody has dismissed.`, {
      hint: `What holds pruning, if anything does: pobsync retention ${host.name}`,
    });
  const odd = all.filter((one) => isOpenAnomaly(one, host.trust));
  const snapshots = odd.map((one) => one.name);
  const newestId = all.reduce((newest, { id }) => Math.max(newest, id), 0);
  await asOne(app, async (tx) => {
    const ids = odd.map(({ id }) => id);
    await saveAnomalyVerdict(tx.db, ids, word);
    if (verdict === "dismissed") await saveTrust(tx.db, host.id, { at: word.at, snapshotId: newestId });
    await acknowledgeAlertsAbout(tx.db, anomalyKeys(host.name), word);
    await recordAudit(tx, {
      ...{ action: `anomaly.${verdict}`, subjectKind: "host", subject: host.name },
      detail: { reason: word.reason, about: anomaly.message, snapshots },
    });
  });
  const stillPinned = verdict === "dismissed" ? await unpinHere(app, context, all) : [];
  const held = await hostHold(app, await hostContext(app, name));
  return { host: host.name, verdict: word, message: anomaly.message, snapshots, held, stillPinned };
}

/** Where the disk is not at hand, the next prune takes the pins off. Returns what is still pinned. */
async function unpinHere(
  app: App,
  { host, site }: HostContext,
  all: readonly Snapshot[],
): Promise<readonly string[]> {
  const pinned = all.filter(isPinnedByUs);
  try {
    if (site.isHere) await unpinOurs(app, host.name, pinned);
    return site.isHere ? [] : pinned.map((one) => one.name);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const left = await listSnapshots(app.db, { hostId: host.id });
    return left.filter(isPinnedByUs).map((one) => one.name);
  }
}
