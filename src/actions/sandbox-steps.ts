// One step of receiving, mostly in a sandbox, and several of them as one transfer.

import { joinTallies } from "../domain/complaint-tally.ts";
import { pathBytes } from "../domain/path-text.ts";
import { type RsyncAbilities, sourceList } from "../system/rsync-args.ts";
import type { Sandbox } from "../system/sandbox.ts";
import type { View } from "../system/sandbox-args.ts";
import { rsyncStarter, type Standpoint } from "../system/sandboxed-rsync.ts";
import { type Names, runTransfer, type TransferHooks, type TransferResult } from "../system/transfer.ts";
import type { Reception } from "./reception.ts";

export interface SteppedReception extends Reception {
  readonly rsync: RsyncAbilities;
  /** Null: there is none, and rsync sees all of this server. */
  readonly sandbox: Sandbox | null;
}

/** Whether rsync came to its end, perhaps with complaints. */
export const isWhole = ({ exitCode, stalled }: TransferResult, { stop }: TransferHooks): boolean =>
  !stop.aborted && !stalled && (exitCode === 0 || exitCode === 23 || exitCode === 24);

export const sourceNames = ({ settings }: Reception): Buffer => sourceList(settings.sources.map(pathBytes));

/** Where rsync may write, and what it may read: the base, and what earlier attempts got. */
export function viewsFor({ workplace, base, leftovers }: Reception): View[] {
  const readOnly = [...(base === null ? [] : [base]), ...leftovers.linked];
  return [
    { folder: workplace.received, at: "/h", isWritable: true },
    ...readOnly.map((folder, at) => ({ folder, at: `/r${at}` as const, isWritable: false })),
  ];
}

/** A tree of another host. */
export const siblingView = (folder: string): View => ({ folder, at: "/s", isWritable: false });

/** Runs rsync inside, where there is a sandbox. */
export async function step(
  { origin, sandbox }: Pick<SteppedReception, "origin" | "sandbox">,
  views: readonly View[],
  wordsFrom: (standpoint: Standpoint) => string[],
  names: Names,
  hooks: TransferHooks,
): Promise<TransferResult> {
  return runTransfer(await rsyncStarter(sandbox, origin, views, wordsFrom), names, hooks);
}

/** Only the last step can have failed altogether; of those that were whole, one that has complaints (23) says more than one without. */
function worstOf(codes: readonly (number | null)[]): number | null {
  const last = codes.at(-1) ?? null;
  if (last !== 0 && last !== 24) return last;
  return codes.includes(23) ? 23 : (codes.find((code) => code !== 0) ?? 0);
}

/** Steps as one transfer: what there is by the first, what came by all. */
export function joined(steps: readonly TransferResult[]): TransferResult {
  const [first, ...more] = steps as [TransferResult, ...TransferResult[]];
  const last = steps.at(-1) as TransferResult;
  const sum = (of: (result: TransferResult) => number): number =>
    steps.reduce((total, result) => total + of(result), 0);
  const added = (of: (result: TransferResult) => number): number =>
    more.reduce((total, result) => total + of(result), 0);
  return {
    exitCode: worstOf(steps.map(({ exitCode }) => exitCode)),
    signal: last.signal,
    stalled: last.stalled,
    lastWords: steps
      .map(({ lastWords }) => lastWords)
      .filter((words) => words !== "")
      .join("\n"),
    matchedBytes: added(({ matchedBytes }) => matchedBytes),
    tooLarge: first.tooLarge,
    changes: first.changes,
    complaints: steps.map(({ complaints }) => complaints).reduce((a, b) => joinTallies(a, b)),
    stats: {
      ...first.stats,
      newFiles: added(({ stats }) => stats.newFiles),
      newBytes: added(({ stats }) => stats.newBytes),
      copiedInsteadOfLinked: added(({ stats }) => stats.copiedInsteadOfLinked),
      sentBytes: sum(({ stats }) => stats.sentBytes),
      receivedBytes: sum(({ stats }) => stats.receivedBytes),
      durationMs: sum(({ stats }) => stats.durationMs),
    },
  };
}
