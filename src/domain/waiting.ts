// Why a queued run is not under way yet: one true reason, and about when it begins, as far as the past tells.
import { durationWords, whenText } from "./instant-text.ts";
import type { HostRun, LeasedRun, QueuedRun, QueueFacts } from "./queue-facts.ts";
import { isSpare, ownsHost } from "./run.ts";
import { type Course, courseOf, endOf, median } from "./waiting-estimate.ts";

export const WAIT_REASONS = [
  ...(["host_disabled", "nobody_works", "retry_backoff", "jitter", "later", "window"] as const),
  ...(["host_busy", "slots", "workers_busy", "queue", "soon"] as const),
  // Of a host with nothing in the queue.
  ...(["no_schedule", "schedules_off", "no_scheduler", "skipped", "due"] as const),
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

export interface Waiting {
  readonly reason: WaitReason;
  /** One sentence. */
  readonly message: string;
  /** When that reason ends for certain; null when nobody knows. */
  readonly until: Date | null;
  /** About when it begins, by how long such runs took lately; null without a past to go by. */
  readonly estimate: Date | null;
  /** The run that it waits for. */
  readonly run: number | null;
}

/**
 * The runs of a backup server that could be claimed now, in the order of claims: at most one of each host that is owned. Proof on
 * a schedule is not among them: it takes no place.
 */
export function claimOrder({ queued, locks, now }: QueueFacts, node: string): QueuedRun[] {
  const owned = new Set<number>();
  const rank = ({ byHand }: QueuedRun): number => (byHand ? 0 : 1);
  return queued
    .filter((run) => run.node === node && !isSpare(run) && isClaimable(run, locks, now))
    .sort((a, b) => rank(a) - rank(b) || a.availableAt.getTime() - b.availableAt.getTime() || a.id - b.id)
    .filter(({ kind, hostId }) => {
      if (!ownsHost(kind)) return true;
      if (owned.has(hostId)) return false;
      owned.add(hostId);
      return true;
    });
}

const isClaimable = (run: QueuedRun, locks: QueueFacts["locks"], now: Date): boolean =>
  run.availableAt <= now &&
  (run.enabled || run.kind !== "backup") &&
  !(ownsHost(run.kind) && locks.has(run.hostId)) &&
  isOpen(run, now);

const isOpen = ({ inWindow, window }: QueuedRun, now: Date): boolean =>
  !inWindow || window === null || (window.from <= now && window.until > now);

const of = ({ id, host }: HostRun): string => `run ${id} of ${host}`;

/** What is the same for all that waits on one backup server: worked out once, as a queue may be long. */
interface Line {
  readonly workers: QueueFacts["workers"];
  readonly taken: readonly LeasedRun[];
  /** How many more the server takes, and its workers. */
  readonly slots: number;
  readonly room: number;
  readonly order: readonly QueuedRun[];
  readonly places: ReadonlyMap<number, number>;
  readonly course: Course;
  /** By the id of a host: the run of it that comes first once nobody owns it. */
  readonly firstOfHost: ReadonlyMap<number, QueuedRun>;
}

function lineOf(node: string, facts: QueueFacts): Line {
  const workers = facts.workers.filter((worker) => worker.node === node);
  const taken = facts.running.filter((one) => one.node === node && one.hasSlot);
  const roomOf = ({ workerId, parallel }: (typeof workers)[number]): number =>
    (parallel === 0 ? facts.limit : parallel) -
    facts.running.filter((one) => one.workerId === workerId && one.hasSlot).length;
  const room = workers.reduce((sum, worker) => sum + Math.max(0, roomOf(worker)), 0);
  const slots = Math.max(0, facts.limit - taken.length);
  const order = claimOrder(facts, node);
  return {
    ...{ workers, taken, slots, room, order },
    places: new Map(order.map(({ id }, index) => [id, index])),
    course: courseOf(order, taken, taken.length + Math.min(slots, room), facts),
    firstOfHost: new Map(
      claimOrder({ ...facts, locks: new Map() }, node).flatMap((run) =>
        ownsHost(run.kind) ? [[run.hostId, run]] : [],
      ),
    ),
  };
}

/** Says of each queued run why it is not under way, of all reasons the one that must end first. */
export function reasonsToWait(facts: QueueFacts): (run: QueuedRun, timeZone: string) => Waiting {
  const lines = new Map<string, Line>();
  return (run, timeZone) => {
    const line = lines.get(run.node) ?? lineOf(run.node, facts);
    lines.set(run.node, line);
    return whyWaiting(run, line, { ...facts, timeZone });
  };
}

/** `timeZone`: whose clock is read, for sentences. */
type Facts = QueueFacts & { readonly timeZone: string };

function whyWaiting(run: QueuedRun, line: Line, facts: Facts): Waiting {
  const { now } = facts;
  const at = (instant: Date): string => whenText(instant, now, facts.timeZone);
  const says = (reason: WaitReason, message: string, more: Partial<Waiting> = {}): Waiting => ({
    ...{ reason, message, until: null, estimate: null, run: null },
    ...more,
  });
  if (run.kind === "backup" && !run.enabled)
    return says("host_disabled", `${run.host} is disabled: its backups wait until it is enabled again.`);
  if (line.workers.length === 0)
    return says(
      "nobody_works",
      facts.workers.length === 0
        ? "No worker is running, so what is queued waits."
        : `No worker of the backup server ${run.node} is running, so what is queued for its hosts waits.`,
    );
  if (run.availableAt > now) return { ...says(...tooEarly(run, at)), until: run.availableAt };
  if (!isOpen(run, now) && run.window !== null)
    return says("window", `It waits for the window of ${run.host}, which opens at ${at(run.window.from)}.`, {
      until: run.window.from,
    });
  const holder = ownsHost(run.kind) ? facts.locks.get(run.hostId) : undefined;
  if (holder !== undefined) return byHolder(run, holder, line, facts, at, says);
  return isSpare(run) ? byProof(run, facts, says) : byPlace(run, line, facts, at, says);
}

/** One proof at a time works on a backup server, beside everything else. */
function byProof(run: QueuedRun, { running, queued, locks, now }: QueueFacts, says: Says): Waiting {
  const other = running.find((one) => one.node === run.node && isSpare(one));
  if (other !== undefined)
    return says("queue", `One proof at a time is made on a schedule: ${of(other)} is under way.`, {
      run: other.id,
    });
  const [first] = queued
    .filter((one) => one.node === run.node && isSpare(one) && isClaimable(one, locks, now))
    .sort((a, b) => a.availableAt.getTime() - b.availableAt.getTime() || a.id - b.id);
  if (first === undefined || first.id === run.id)
    return says("soon", "A worker takes it in a moment.", { estimate: now });
  return says("queue", `One proof at a time is made on a schedule: ${of(first)} comes before it.`, {
    run: first.id,
  });
}

type Says = (reason: WaitReason, message: string, more?: Partial<Waiting>) => Waiting;
type At = (instant: Date) => string;

function tooEarly(run: QueuedRun, at: At): [WaitReason, string] {
  const { trigger, dueAt, availableAt, attempt } = run;
  if (trigger === "retry")
    return [
      "retry_backoff",
      `Attempt ${attempt} waits until ${at(availableAt)}, so that what failed may be over.`,
    ];
  if (dueAt !== null && dueAt < availableAt)
    return [
      "jitter",
      `It was due at ${at(dueAt)} and begins at ${at(availableAt)}: its schedule spreads hosts over some time.`,
    ];
  return ["later", `It may begin at ${at(availableAt)}.`];
}

function byHolder(run: QueuedRun, id: number, line: Line, facts: QueueFacts, at: At, says: Says): Waiting {
  const holder = facts.running.find((one) => one.id === id);
  if (holder === undefined) return says("host_busy", `Run ${id} owns ${run.host}.`, { run: id });
  const end = endOf(holder, facts);
  const sentence = `${run.host} is taken by run ${id}, a ${holder.kind}`;
  if (end === null) return says("host_busy", `${sentence}; it begins when that ends.`, { run: id });
  const first = line.firstOfHost.get(run.hostId);
  // Another one of the host that comes first begins then.
  if (first !== undefined && first.id !== run.id)
    return says("host_busy", `${sentence}, and run ${first.id} comes before this one.`, { run: id });
  return says(
    "host_busy",
    `${sentence}: this one begins about ${at(end)}, when that ends; such runs took ${lately(holder, facts)} lately.`,
    { run: id, estimate: end },
  );
}

function byPlace(run: QueuedRun, line: Line, facts: Facts, at: At, says: Says): Waiting {
  const { taken, slots, room, order, places, course } = line;
  const free = Math.min(slots, room);
  const index = places.get(run.id) ?? -1;
  if (index >= 0 && index < free)
    return says("soon", "A worker takes it in a moment.", { estimate: facts.now });
  const begin =
    index < 0
      ? Math.max(course.hostEnds.get(run.hostId) ?? 0, course.after)
      : (course.begins[index] ?? Number.NaN);
  const estimate = Number.isFinite(begin) ? new Date(begin) : null;
  const about = aboutText(estimate, facts, at);
  const before = index <= 0 ? "" : ` ${countWords(index)} before it in the queue.`;
  if (index < 0) {
    const first = order.find(({ hostId, kind }) => hostId === run.hostId && ownsHost(kind));
    return says(
      "queue",
      `${first === undefined ? "Another run" : `Run ${first.id}`} of ${run.host} comes before it: a host has one at a time.${about}`,
      { estimate, run: first?.id ?? null },
    );
  }
  const names = taken.slice(0, 3).map(of).join(", ");
  const holders = taken.length === 0 ? "" : ` (${names}${taken.length > 3 ? ", …" : ""})`;
  if (slots === 0)
    return says(
      "slots",
      `All ${facts.limit === 1 ? "it may run at once is taken" : `${facts.limit} places of the server are taken`}${holders}.${before}${about}`,
      { estimate },
    );
  if (room === 0)
    return says(
      "workers_busy",
      `Each worker has as many runs as it was started for${holders}.${before}${about}`,
      { estimate },
    );
  return says("queue", `It is number ${index + 1} in the queue.${about}`, { estimate });
}

const countWords = (count: number): string => (count === 1 ? "One run is" : `${count} runs are`);

const aboutText = (estimate: Date | null, { now }: QueueFacts, at: At): string =>
  estimate === null || estimate <= now
    ? ""
    : ` By how long such runs took lately, it begins about ${at(estimate)}.`;

const lately = ({ hostId, kind }: HostRun, facts: QueueFacts): string =>
  durationWords(median(facts.tookLately(hostId, kind)) ?? 0);
