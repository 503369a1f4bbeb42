// Proof on a schedule: a piece of what is stored to be read again, and restore drills, each host in turn.
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { Host } from "../domain/host.ts";
import { isDrillDue, nextPiece } from "../domain/proof.ts";
import { PLAIN_RUN, type RunKind, type RunOptions } from "../domain/run.ts";
import type { Site } from "../domain/site.ts";
import { listHostsHere } from "../store/hosts.ts";
import { listProofs, newestSnapshots, noteQueued, openProofs, type StoredProof } from "../store/proofs.ts";
import { enqueue } from "../store/run-queue.ts";
import { listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { drillRun, USUAL_DRILL } from "./drill.ts";
import { hostContext } from "./host-context.ts";

/** So many of a kind wait at most: one runs at a time, and the others would only grow old. */
const WAITING_MAX = 4;

const UNKNOWN: Omit<StoredProof, "hostId"> = {
  ...{ weight: null, lastDrill: null, verifyQueuedAt: null, drillQueuedAt: null },
};

/** Queues what is due. The disk is known to be there. */
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

  const pieces = stored.flatMap((host) => {
    const { weight, verifyQueuedAt } = about(host);
    const within = settingsOf(host).verifyWithinSeconds;
    if (within === null || weight === null || !isFree("verify", host)) return [];
    const piece = nextPiece(weight.bytes, within, verifyQueuedAt, now);
    return piece === null ? [] : [{ host, seen: verifyQueuedAt, ...piece }];
  });
  for (const { host, seen, bytes } of longestWaiting(pieces, ({ seen }) => seen, roomFor("verify")))
    if (await noteQueued(app.db, host.id, "verifyQueuedAt", seen, now)) await queuePiece(app, host, bytes);

  const drills = stored.flatMap((host) => {
    const { lastDrill, drillQueuedAt } = about(host);
    const every = settingsOf(host).drillEverySeconds;
    if (every === null || !isFree("drill", host)) return [];
    return isDrillDue(every, [lastDrill?.at ?? null, drillQueuedAt], now)
      ? [{ host, seen: drillQueuedAt }]
      : [];
  });
  for (const { host, seen } of longestWaiting(drills, (one) => one.seen, roomFor("drill")))
    if (await noteQueued(app.db, host.id, "drillQueuedAt", seen, now)) await queueDueDrill(app, host);
}

/** Whose turn it is, and no more than there is room for. */
const longestWaiting = <T>(due: readonly T[], since: (one: T) => Date | null, room: number): T[] =>
  due
    .toSorted((one, other) => (since(one)?.getTime() ?? 0) - (since(other)?.getTime() ?? 0))
    .slice(0, Math.max(0, room));

async function queuePiece(app: App, { id }: Host, bytes: number): Promise<void> {
  const complete = await listSnapshots(app.db, { hostId: id, states: ["complete"] });
  const task = {
    ...({ do: "verify", snapshot: null, percent: null, bytes, olderThanSeconds: null } as const),
    ...{ since: app.clock().getTime(), damagedOnly: false, repair: false },
  };
  const options = { ...PLAIN_RUN, retry: false, task };
  await queueByItself(
    app,
    id,
    "verify",
    options,
    complete.map((snapshot) => snapshot.id),
  );
}

async function queueDueDrill(app: App, host: Host): Promise<void> {
  const { options, reads } = await drillRun(app, await hostContext(app, host.name), USUAL_DRILL);
  await queueByItself(app, host.id, "drill", options, reads);
}

const queueByItself = (
  app: App,
  hostId: number,
  kind: RunKind,
  options: RunOptions,
  reads: readonly number[],
) => enqueue(app.db, { hostId, kind, trigger: "scheduled", requestedBy: null, options, reads }, app.clock());
