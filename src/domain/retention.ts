// What a retention policy keeps of a host's snapshots, with the reasons, and what may be removed.
import { Problem, printable } from "./problem.ts";
import { durationText } from "./quantity.ts";
import { isoOf, PERIODS } from "./retention-periods.ts";
import {
  COUNTED_RULES,
  type CountedRule,
  isEmptyPolicy,
  type RetentionPolicy,
  wantedBy,
} from "./retention-policy.ts";
import type { Pin, Snapshot } from "./snapshot.ts";
import { offsetMs } from "./wall-clock.ts";

/** What a plan needs to know about a snapshot. All of them are of one host. */
export type PlannedSnapshot = Pick<Snapshot, "name" | "startedAt" | "status" | "state" | "pin">;

export type KeepRule = CountedRule | "within" | "newest" | "newest-clean" | "pinned" | "held";

export interface KeepReason {
  readonly rule: KeepRule;
  /** For a person, such as "daily 3 of 7, 2026-11-22"; printable. */
  readonly text: string;
}

export interface Kept<S> {
  readonly snapshot: S;
  /** At least one; a rule names a snapshot once. */
  readonly reasons: readonly KeepReason[];
}

/** Both newest first, those of equal start by their names, backwards too. */
export interface RetentionPlan<S> {
  readonly keep: readonly Kept<S>[];
  readonly remove: readonly S[];
}

type Given<S> = readonly [snapshot: S, reason: KeepReason];

/** A snapshot and what the wall of the policy's time zone showed when it began. */
interface Dated<S> {
  readonly snapshot: S;
  readonly wallMs: number;
}

const isClean = ({ status }: PlannedSnapshot): boolean => status === "succeeded";

/**
 * Decides about the complete snapshots; others are somebody's unfinished work, and in neither list.
 *
 * @param heldBy names of snapshots that something reads just now, with who does
 * @throws Problem `no_policy` for an empty policy, so that forgetting to ask cannot remove everything
 */
export function planRetention<S extends PlannedSnapshot>(
  snapshots: readonly S[],
  policy: RetentionPolicy,
  now: Date,
  heldBy: ReadonlyMap<string, string> = new Map(),
): RetentionPlan<S> {
  if (isEmptyPolicy(policy))
    throw new Problem("no_policy", "Nothing says how many snapshots are to be kept.");
  const candidates = snapshots.filter(({ state }) => state === "complete").sort(newestFirst);
  const reasons = new Map<S, KeepReason[]>();
  for (const [snapshot, reason] of reasonsFor(candidates, policy, now, heldBy)) {
    const known = reasons.get(snapshot);
    if (known === undefined) reasons.set(snapshot, [reason]);
    else if (known.every(({ rule }) => rule !== reason.rule)) known.push(reason);
  }
  return {
    keep: candidates.flatMap((snapshot) => {
      const found = reasons.get(snapshot);
      return found === undefined ? [] : [{ snapshot, reasons: found }];
    }),
    remove: candidates.filter((snapshot) => !reasons.has(snapshot)),
  };
}

function newestFirst(a: PlannedSnapshot, b: PlannedSnapshot): number {
  const byStart = b.startedAt.getTime() - a.startedAt.getTime();
  if (byStart !== 0) return byStart;
  return a.name < b.name ? 1 : -1;
}

function* reasonsFor<S extends PlannedSnapshot>(
  candidates: readonly S[],
  policy: RetentionPolicy,
  now: Date,
  heldBy: ReadonlyMap<string, string>,
): Generator<Given<S>> {
  const dated = candidates.map((snapshot) => ({ snapshot, wallMs: wallOf(policy, snapshot.startedAt) }));
  for (const rule of COUNTED_RULES) yield* byCount(dated, rule, wantedBy(policy, rule));
  yield* byAge(candidates, policy.keepWithinSeconds ?? 0, now);
  yield* newestOf(candidates, now);
  for (const snapshot of candidates) {
    const { name, pin } = snapshot;
    if (pin !== null && (pin.until === null || pin.until > now))
      yield [snapshot, { rule: "pinned", text: pinText(pin, policy) }];
    const holder = heldBy.get(name);
    if (holder !== undefined) yield [snapshot, { rule: "held", text: printable(holder) }];
  }
}

const wallOf = ({ timeZone }: RetentionPolicy, instant: Date): number =>
  instant.getTime() + offsetMs(timeZone, instant.getTime());

/** One of each of the last periods that have one: the newest clean one, else the newest. */
function* byCount<S extends PlannedSnapshot>(
  dated: readonly Dated<S>[],
  rule: CountedRule,
  wanted: number,
): Generator<Given<S>> {
  if (wanted === 0) return;
  const { numberOf, nameOf, plural } = PERIODS[rule];
  const periods = new Map<number, Dated<S>>();
  for (const [index, one] of dated.entries()) {
    const period = numberOf(one.wallMs, index);
    const chosen = periods.get(period);
    if (chosen === undefined || (!isClean(chosen.snapshot) && isClean(one.snapshot)))
      periods.set(period, one);
  }
  // By the calendar: where the clocks are set back around midnight, snapshots of two days take turns.
  const latest = [...periods].sort(([a], [b]) => b - a).slice(0, wanted);
  for (const [index, [, { snapshot, wallMs }]] of latest.entries()) {
    const name = nameOf(wallMs);
    yield [snapshot, { rule, text: `${rule} ${index + 1} of ${wanted}${name && ", "}${name}` }];
  }
  // Given last: where the oldest stands for its period, that reason is the one that counts.
  const oldest = dated.at(-1);
  if (oldest === undefined || periods.size >= wanted) return;
  const verb = periods.size === 1 ? "is" : "are";
  const text = `oldest, while only ${periods.size} of ${wanted} ${plural} ${verb} there`;
  yield [oldest.snapshot, { rule, text }];
}

/** Measured from the newest that is not in the future: one from a wrong clock must not make all others old. */
function* byAge<S extends PlannedSnapshot>(
  candidates: readonly S[],
  withinSeconds: number,
  now: Date,
): Generator<Given<S>> {
  if (withinSeconds === 0) return;
  const newest = candidates.find(({ startedAt }) => startedAt <= now);
  const afterMs =
    newest === undefined ? Number.NEGATIVE_INFINITY : newest.startedAt.getTime() - withinSeconds * 1000;
  const text = `within ${durationText(withinSeconds)} of the newest`;
  for (const snapshot of candidates)
    if (snapshot.startedAt.getTime() > afterMs) yield [snapshot, { rule: "within", text }];
}

/** The newest, and the newest clean one; and the same again without those that a wrong clock put into the future. */
function* newestOf<S extends PlannedSnapshot>(candidates: readonly S[], now: Date): Generator<Given<S>> {
  const past = candidates.filter(({ startedAt }) => startedAt <= now);
  for (const [those, which] of [
    [candidates, ""],
    [past, " that is not in the future"],
  ] as const) {
    const newest = those[0];
    if (newest === undefined) continue;
    yield [newest, { rule: "newest", text: `the newest${which}` }];
    const clean = those.find(isClean);
    if (clean !== undefined && clean !== newest)
      yield [clean, { rule: "newest-clean", text: `the newest without warnings${which}` }];
  }
}

/** "pinned by ada until 2027-01-01: before the migration". */
function pinText({ by, until, reason }: Pin, policy: RetentionPolicy): string {
  const who = by === null ? "" : ` by ${by}`;
  const end = until === null ? "" : ` until ${momentText(wallOf(policy, until))}`;
  return printable(`pinned${who}${end}${reason === "" ? "" : ": "}${reason}`);
}

/** A day, and the time of day unless that is midnight. */
function momentText(wallMs: number): string {
  const [day = "", time = ""] = isoOf(wallMs).slice(0, 16).split("T");
  return time === "00:00" ? day : `${day} ${time}`;
}
