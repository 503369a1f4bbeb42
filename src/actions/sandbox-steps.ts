// One step of receiving, mostly in a sandbox, and several of them as one transfer.

import { joinTallies } from "../domain/complaint-tally.ts";
import { pathBytes } from "../domain/path-text.ts";
import type { RsyncAbilities } from "../system/rsync-abilities.ts";
import { sourceList } from "../system/rsync-args.ts";
import type { Sandbox } from "../system/sandbox.ts";
import type { View } from "../system/sandbox-args.ts";
import { rsyncStarter, type Standpoint } from "../system/sandboxed-rsync.ts";
import { type Names, runTransfer, type TransferHooks, type TransferResult } from "../system/transfer.ts";
import { comparisonArgs } from "../system/two-step-args.ts";
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
  return runTransfer(rsyncStarter(sandbox, origin, views, wordsFrom), names, hooks);
}

/** The first step. Nothing can be written inside. */
export function compareWith(
  reception: SteppedReception,
  tree: string,
  isEmpty: boolean,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const { folder, rsync } = reception;
  return step(
    reception,
    [{ folder: tree, at: "/r0", isWritable: false }],
    ({ origin, place, isSandboxed }) =>
      comparisonArgs(
        { ...reception, origin, base: place(tree), isEmpty, isSandboxed, confineRoot: folder },
        rsync,
      ),
    sourceNames(reception),
    {
      ...hooks,
      // What is only compared counts as no bytes yet.
      onSeen: (seen) => {
        hooks.onProgress({
          ...{ files: seen.entries, bytes: 0, bytesPerSecond: 0 },
          ...{ percent: null, secondsLeft: null },
        });
        hooks.onSeen?.(seen);
      },
    },
  );
}

/** rsync's codes for a transfer that came to its end, the worst last. */
const WHOLE = [0, 24, 23];

/** How steps, or streams, ended together: as the one that did not come to its end, else as the worst. */
function codeOf(results: readonly TransferResult[]): number | null {
  const codes = results.map(({ exitCode }) => exitCode);
  const broken = codes.find((code) => !WHOLE.includes(code ?? -1));
  if (broken !== undefined) return broken;
  return WHOLE[Math.max(...codes.map((code) => WHOLE.indexOf(code ?? -1)))] ?? null;
}

/**
 * Transfers that ran side by side as one.
 *
 * @param failed the one that ended the others, whose last words tell of nothing but that
 */
export function sideBySide(
  results: readonly TransferResult[],
  failed: TransferResult | null,
  durationMs: number,
): TransferResult {
  const [first] = results as [TransferResult, ...TransferResult[]];
  const { exitCode, signal, stalled, lastWords } = failed ?? {
    ...first,
    exitCode: codeOf(results),
    lastWords: allWords(results),
  };
  const sum = (of: (result: TransferResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    ...{ exitCode, signal, stalled, lastWords, tooLarge: first.tooLarge },
    matchedBytes: sum(({ matchedBytes }) => matchedBytes),
    complaints: results.map(({ complaints }) => complaints).reduce(joinTallies),
    changes: {
      created: sum(({ changes }) => changes.created),
      replaced: sum(({ changes }) => changes.replaced),
      sample: results.flatMap(({ changes }) => changes.sample),
    },
    stats: {
      ...first.stats,
      newFiles: sum(({ stats }) => stats.newFiles),
      newBytes: sum(({ stats }) => stats.newBytes),
      copiedInsteadOfLinked: sum(({ stats }) => stats.copiedInsteadOfLinked),
      sentBytes: sum(({ stats }) => stats.sentBytes),
      receivedBytes: sum(({ stats }) => stats.receivedBytes),
      durationMs,
    },
  };
}

const allWords = (results: readonly TransferResult[]): string =>
  results
    .map(({ lastWords }) => lastWords)
    .filter((words) => words !== "")
    .join("\n");

/** Steps as one transfer: what there is by the first, what came by all. */
export function joined(steps: readonly TransferResult[]): TransferResult {
  const [first, ...more] = steps as [TransferResult, ...TransferResult[]];
  const last = steps.at(-1) as TransferResult;
  const sum = (of: (result: TransferResult) => number): number =>
    steps.reduce((total, result) => total + of(result), 0);
  const added = (of: (result: TransferResult) => number): number =>
    more.reduce((total, result) => total + of(result), 0);
  return {
    exitCode: codeOf(steps),
    signal: last.signal,
    stalled: last.stalled,
    lastWords: allWords(steps),
    matchedBytes: added(({ matchedBytes }) => matchedBytes),
    tooLarge: first.tooLarge,
    changes: first.changes,
    complaints: steps.map(({ complaints }) => complaints).reduce(joinTallies),
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
