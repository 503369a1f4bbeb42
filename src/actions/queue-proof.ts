// Proof on a schedule: a piece of what is stored to be read again, and restore drills, each host in turn.
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { Host } from "../domain/host.ts";
import { isDrillDue, nextPiece } from "../domain/proof.ts";
import { PLAIN_RUN, type RunKind, type RunOptions } from "../domain/run.ts";
import type { Site } from "../domain/site.ts";
import { listHostsHere } from "../store/hosts.ts";
import { listProofs, newestSnapshots, openProofs, queueProven, type StoredProof } from "../store/proofs.ts";
import type { App } from "./app.ts";
import { drillRun, USUAL_DRILL } from "./drill.ts";
import { hostContext } from "./host-context.ts";

/** So many of a kind wait at most: one runs at a time, and the others would only grow old. */
const WAITING_MAX = 4;

const UNKNOWN: Omit<StoredProof, "hostId"> = {
  ...{ weight: null, lastDrill: null, verifyQueuedAt: null, drillQueuedAt: null },
};

/** A host whose turn it is, and when it had its last one. */
interface Turn {
  readonly host: Host;
  readonly seen: Date | null;
}

/**
 * Queues what is due. The disk is known to be there. What cannot be queued for one host keeps none of the others from it; the
 * first failure is thrown at the end.
 */
export async function queueProof(app: App, site: Site): Promise<void> {
  const now = app.clock();
  const newest = await newestSnapshots(app.db);
  const proofs = await listProofs(app.db);
  const open = await openProofs(app.db, site.node);
  const stored = (await listHostsHere(app)).filter(({ id }) => newest.has(id));
  const isFree = (kind: RunKind, { id }: Host): boolean =>
    !open.some((run) => run.kind === kind && run.hostId === id);
  const roomFor = (kind: RunKind): number =>
    WAITING_MAX - open.filter((run) => run.kind === kind && run.status === "queued").length;
  const about = (host: Host) => proofs.get(host.id) ?? { ...UNKNOWN, hostId: host.id };
  const settingsOf = (host: Host) => effectiveSettings(site.settings, host.settings).values;
  const failures: unknown[] = [];
  const queueEach = async <T extends Turn>(turns: readonly T[], queue: (turn: T) => Promise<void>) => {
    for (const turn of turns)
      await queue(turn).catch((error: unknown) => {
        failures.push(error);
      });
  };

  const pieces = stored.flatMap((host) => {
    const { weight, verifyQueuedAt: seen } = about(host);
    const within = settingsOf(host).verifyWithinSeconds;
    if (within === null || weight === null || !isFree("verify", host)) return [];
    const piece = nextPiece(weight.bytes, within, seen, now);
    return piece === null ? [] : [{ host, seen, ...piece }];
  });
  await queueEach(longestWaiting(pieces, roomFor("verify")), (turn) => queuePiece(app, turn, turn.bytes));

  const drills = stored.flatMap((host) => {
    const { lastDrill, drillQueuedAt: seen } = about(host);
    const every = settingsOf(host).drillEverySeconds;
    if (every === null || !isFree("drill", host)) return [];
    return isDrillDue(every, [lastDrill?.at ?? null, seen], now) ? [{ host, seen }] : [];
  });
  await queueEach(longestWaiting(drills, roomFor("drill")), (turn) => queueDueDrill(app, turn));
  if (failures.length > 0) throw failures[0];
}

/** Whose turn it is, and no more than there is room for. */
const longestWaiting = <T extends Turn>(due: readonly T[], room: number): T[] =>
  due
    .toSorted((one, other) => (one.seen?.getTime() ?? 0) - (other.seen?.getTime() ?? 0))
    .slice(0, Math.max(0, room));

/** It holds nothing while it waits, or no prune would get on meanwhile: what is there when it begins is read. */
async function queuePiece(app: App, turn: Turn, bytes: number): Promise<void> {
  const task = {
    ...({ do: "verify", snapshot: null, percent: null, bytes, olderThanSeconds: null } as const),
    ...{ since: app.clock().getTime(), damagedOnly: false, repair: false },
  };
  await queueByItself(app, turn, "verify", { ...PLAIN_RUN, retry: false, task });
}

async function queueDueDrill(app: App, turn: Turn): Promise<void> {
  const { options, reads } = await drillRun(app, await hostContext(app, turn.host.name), USUAL_DRILL);
  await queueByItself(app, turn, "drill", options, reads);
}

const queueByItself = (
  app: App,
  { host, seen }: Turn,
  kind: "verify" | "drill",
  options: RunOptions,
  reads: readonly number[] = [],
) => {
  const run = {
    ...({ hostId: host.id, kind, trigger: "scheduled", requestedBy: null } as const),
    ...{ options, reads },
  };
  return queueProven(app.db, run, seen, app.clock());
};
