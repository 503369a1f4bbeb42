// The worker: settles what the dead left, claims what waits, executes it, and stops in good order.
import { asProblem, Problem } from "../domain/problem.ts";
import { type Run, snapshotKindFor, type Trigger } from "../domain/run.ts";
import { snapshotName } from "../domain/snapshot.ts";
import { type Candidate, freeSlots, isProving, nextCandidates, proofSlot } from "../store/candidates.ts";
import { claimRun, type Owner } from "../store/run-queue.ts";
import { findRun } from "../store/runs.ts";
import { findSite } from "../store/site.ts";
import { lookout } from "./alerts/lookout.ts";
import type { App } from "./app.ts";
import { databaseCopies } from "./copy-database.ts";
import { executeRun } from "./execute-run.ts";
import { spareTime } from "./index-history.ts";
import { ownProcess } from "./own-process.ts";
import { pingSettled, toldLater } from "./pings.ts";
import { windowKeeper } from "./place-windows.ts";
import { presence } from "./presence.ts";
import { whenOver } from "./rounds.ts";
import { type SettledRun, settleLostRuns } from "./settle-lost-run.ts";
import { upkeep } from "./upkeep.ts";

/** What a worker tells whoever started it. */
export interface WorkObserver {
  readonly onStart: (run: Candidate) => void;
  readonly onEnd: (run: Run) => void;
  readonly onSettled: (settled: SettledRun) => void;
  /** Something that keeps it from working, once a spell: it goes on trying. */
  readonly onTrouble: (problem: Problem) => void;
  readonly onRecovery: () => void;
  readonly onStopping: (running: number) => void;
}

export interface WorkOptions {
  /** How many runs at the same time; null: as many as the site allows. */
  readonly parallel: number | null;
  /** False: ends when nothing is due and nothing runs. */
  readonly loop: boolean;
  readonly intervalMs: number;
  /** How long the current runs may go on after `stop`; then they are handed back. */
  readonly graceMs: number;
  readonly stop: AbortSignal;
  readonly observer: WorkObserver;
  /** Executes one claimed run to its end. */
  readonly execute?: typeof executeRun;
}

/** How many runs ended, and how many of them without a snapshot that they should have made. */
export interface WorkDone {
  ended: number;
  failed: number;
}

/** Runs that are looked at as the next one: as many as workers may want at the same moment. */
const CANDIDATES = 16;
/** A claim that lost against another worker is tried again so often before the next round. */
const CLAIMS_MAX = 20;

/** Works until `stop`, or until nothing is left to do. */
export async function work(app: App, options: WorkOptions): Promise<WorkDone> {
  const { observer, stop } = options;
  const owner = ownProcess(app);
  const here = presence(app, owner, "worker", options.parallel ?? 0);
  const clearShelves = upkeep(app);
  const spare = spareTime(app);
  const keepWindows = windowKeeper(app);
  const copies = databaseCopies(app, observer.onTrouble);
  const out = lookout(app, owner.workerId, observer.onTrouble);
  const handBack = new AbortController();
  const told = toldLater();
  const running = new Map<number, Promise<void>>();
  /** Those of them that take no place from others. */
  const proving = new Set<number>();
  const done: WorkDone = { ended: 0, failed: 0 };

  const start = (candidate: Candidate): void => {
    observer.onStart(candidate);
    const execute = options.execute ?? executeRun;
    const watching = { stop: handBack.signal, afterwards: told.add };
    const ending = execute(app, owner, candidate.id, watching).then(
      (run) => {
        done.ended += 1;
        if (run.status === "failed") done.failed += 1;
        observer.onEnd(run);
      },
      (error: unknown) => observer.onTrouble(asProblem(error)),
    );
    running.set(
      candidate.id,
      ending.finally(() => {
        proving.delete(candidate.id);
        return running.delete(candidate.id);
      }),
    );
  };

  /** One look: who is gone, who is next. Returns how many runs were begun. */
  const round = async (): Promise<number> => {
    await here.sayAlive();
    if (options.loop) out.look();
    let begun = 0;
    let failure: unknown = null;
    try {
      await settleLostRuns(
        app,
        owner,
        (runId) => running.has(runId),
        (settled) => {
          observer.onSettled(settled);
          told.add(pingSettled(app, settled.run, settled.isRetried));
        },
      );
    } finally {
      // What cannot be settled or cleared, as when a host's folder is damaged, must not stop all other hosts' backups.
      await keepWindows().catch((error: unknown) => {
        failure = error;
      });
      begun = await fill(app, owner, options, () => running.size - proving.size, start);
      const proof = stop.aborted ? null : await claimProof(app, owner);
      if (proof !== null) {
        proving.add(proof.id);
        start(proof);
        begun += 1;
      }
      await clearShelves();
      spare.use();
      copies.makeWhenDue();
    }
    if (failure !== null) throw failure;
    return begun;
  };

  try {
    let trouble = false;
    for (;;) {
      let begun = 0;
      try {
        begun = await round();
        if (trouble) observer.onRecovery();
        trouble = false;
      } catch (error) {
        const problem = asProblem(error);
        if (!options.loop && running.size === 0) throw problem;
        if (!trouble) observer.onTrouble(problem);
        trouble = true;
      }
      if (stop.aborted || (!options.loop && begun === 0 && running.size === 0 && !trouble)) break;
      await whenOver(options.intervalMs, stop, [...running.values()]);
      if (stop.aborted) break;
    }
    await stopInGoodOrder(running, handBack, options);
    return done;
  } finally {
    await spare.end();
    await copies.end(stop.aborted);
    await out.end();
    await here.sayGone();
    await told.end();
  }
}

/** Claims until this worker or the site has no place left, or nothing waits. */
async function fill(
  app: App,
  owner: Owner,
  { parallel, stop }: WorkOptions,
  busy: () => number,
  start: (candidate: Candidate) => void,
): Promise<number> {
  let begun = 0;
  for (let tries = 0; tries < CLAIMS_MAX && !stop.aborted; tries += 1) {
    const site = await findSite(app);
    if (site === null || busy() >= (parallel ?? site.maxParallel)) break;
    const slots = await freeSlots(app.db, app.node, site.maxParallel);
    const candidates =
      slots.length === 0 ? [] : await nextCandidates(app.db, app.node, app.clock(), CANDIDATES, "pressing");
    if (candidates.length === 0) break;
    const claimed = await claimOneOf(app, owner, candidates, slots);
    if (claimed === null) continue;
    start(claimed);
    begun += 1;
    tries = 0;
  }
  return begun;
}

/** What is read again or tried on a schedule: one at a time beside everything else, so that no backup waits for it. */
async function claimProof(app: App, owner: Owner): Promise<Candidate | null> {
  const [next] = await nextCandidates(app.db, app.node, app.clock(), 1, "spare");
  if (next === undefined || (await isProving(app.db, app.node))) return null;
  const claim = { startedAt: app.clock(), snapshotName: null };
  return (await claimRun(app.db, next, owner, await proofSlot(app.db, app.node), claim)) ? next : null;
}

/** The first of these that nobody else has taken meanwhile. Any free place will do, so that workers don't all want the same. */
async function claimOneOf(
  app: App,
  owner: Owner,
  candidates: readonly Candidate[],
  slots: readonly number[],
): Promise<Candidate | null> {
  for (const candidate of candidates) {
    const slot = slots[Number.parseInt(app.randomHex(2), 16) % slots.length] ?? 1;
    const startedAt = app.clock();
    const claim = { startedAt, snapshotName: await nameFor(app, candidate, startedAt) };
    if (await claimRun(app.db, candidate, owner, slot, claim)) return candidate;
  }
  return null;
}

async function nameFor(app: App, candidate: Candidate, startedAt: Date): Promise<string | null> {
  if (candidate.kind !== "backup") return null;
  const first = candidate.retryOf === null ? null : await findRun(app.db, candidate.retryOf);
  const firstTrigger: Trigger = first?.trigger ?? candidate.trigger;
  const kind = snapshotKindFor(candidate.trigger, firstTrigger);
  return snapshotName({ startedAt, kind, suffix: app.randomHex(3) });
}

/** Lets the current runs end; what is not over by then is ended and queued again. */
async function stopInGoodOrder(
  running: ReadonlyMap<number, Promise<void>>,
  handBack: AbortController,
  { graceMs, observer }: WorkOptions,
): Promise<void> {
  if (running.size === 0) return;
  observer.onStopping(running.size);
  const all = Promise.all(running.values());
  await whenOver(graceMs, null, [all]);
  if (running.size > 0)
    handBack.abort(new Problem("interrupted", "The worker was stopped; the run is queued again."));
  await all;
}
