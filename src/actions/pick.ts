// The second step of receiving: what the host has and we have not is asked for by its names.
import { asGoneSince } from "../domain/rsync-complaint.ts";
import { shareOfRate, streamsFor } from "../domain/streams.ts";
import type { Comparison } from "../system/comparison.ts";
import { gatherHalves } from "../system/half-files.ts";
import type { Names, TransferHooks, TransferResult } from "../system/transfer.ts";
import { pickArgs, rootAlone } from "../system/two-step-args.ts";
import type { WantedList } from "../system/wanted-list.ts";
import { inStreams, type Work } from "./in-streams.ts";
import { isWhole, type SteppedReception, step, viewsFor } from "./sandbox-steps.ts";

/** What a comparison found, after which nothing is added any more. */
export interface Found {
  readonly wanted: WantedList;
  readonly root: ReturnType<Comparison["end"]>;
  readonly compared: TransferResult;
}

/** The folder above everything, by a name that means just that. */
export const ROOT = Buffer.from("/.\0");

/** Fetches all that is wanted; as far as it came, in the order of the steps. */
export async function pickAll(
  reception: SteppedReception,
  { wanted, root, compared }: Found,
  hooks: TransferHooks,
): Promise<TransferResult[]> {
  const picked: TransferResult[] = [];
  const streams = streamsFor(reception.streams, wanted.files());
  const all = { names: { file: reception.workplace.wanted } };
  if (streams > 1) picked.push(...(await pickInStreams(reception, wanted, streams, compared, hooks)));
  else if (wanted.count() > 0) {
    await gatherHalves(reception.workplace);
    picked.push(await pick(reception, all, compared, hooks));
  }
  if (root === "different" && picked.every((result) => isWhole(result, hooks)))
    picked.push(await pick(reception, { names: ROOT }, compared, hooks));
  return picked;
}

/** Files side by side, and then what they lie in: no two streams have to do with one folder's facts, or with one file. */
async function pickInStreams(
  reception: SteppedReception,
  wanted: WantedList,
  count: number,
  compared: TransferResult,
  hooks: TransferHooks,
): Promise<TransferResult[]> {
  const { workplace, settings, note, streams } = reception;
  note(`What is to be fetched comes in ${count} streams, ${streams.because}.`);
  const { streams: lists, rest } = await wanted.split(count, {
    folder: workplace.streams,
    ...{ partial: workplace.partial, tree: workplace.tree },
  });
  const works: Work[] = lists.map(({ file, partial, bytes }) => ({
    bytes,
    run: (open, ours) => {
      const bwlimit = shareOfRate(settings.bwlimit, open);
      const share = { ...reception, settings: { ...settings, bwlimit } };
      return pick(share, { names: { file }, partial, onlyFiles: true }, compared, {
        ...ours,
        outputFile: `${file}.out`,
      });
    },
  }));
  const fetched = await inStreams(works, hooks, note);
  if (rest.count === 0 || !isWhole(fetched, hooks)) return [fetched];
  const before = fetched.stats.newBytes;
  const after: TransferHooks = {
    ...hooks,
    onProgress: (seen) =>
      hooks.onProgress({ ...seen, bytes: before + seen.bytes, percent: 100, secondsLeft: null }),
    onSeen: ({ entries, newBytes }) =>
      hooks.onSeen?.({ entries: fetched.stats.newFiles + entries, newBytes: before + newBytes }),
  };
  return [fetched, await pick(reception, { names: { file: rest.file } }, compared, after)];
}

/** What is asked for. */
interface Order {
  readonly names: Names;
  /** Where half-sent files are; else those of the first stream. */
  readonly partial?: string;
  readonly onlyFiles?: boolean;
}

/** The host sends these, into a folder that shares nothing with any snapshot. */
async function pick(
  reception: SteppedReception,
  { names, partial, onlyFiles = false }: Order,
  compared: TransferResult,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const { workplace, leftovers, base, rsync } = reception;
  const linkDests = [...leftovers.received, ...(base === null ? [] : [base]), ...leftovers.linked];
  const result = await step(
    reception,
    viewsFor(reception),
    ({ origin, place, isSandboxed }) => {
      const argv = pickArgs(
        {
          ...reception,
          origin,
          isSandboxed,
          onlyFiles,
          confineRoot: reception.folder,
          target: place(workplace.tree),
          partialDir: place(partial ?? workplace.partial),
          linkDests: linkDests.map(place),
        },
        rsync,
      );
      return names === ROOT ? rootAlone(argv) : argv;
    },
    names,
    {
      ...hooks,
      meaning: asGoneSince,
      onProgress: (seen) => hooks.onProgress({ ...seen, files: compared.stats.files }),
    },
  );
  // rsync takes a name that was asked for and is not there for an error; here it was there a moment ago.
  const { hostErrors, serverErrors, otherErrors, special } = result.complaints;
  const isOnlyGone = result.exitCode === 23 && hostErrors + serverErrors + otherErrors + special.length === 0;
  return isOnlyGone ? { ...result, exitCode: 24 } : result;
}
