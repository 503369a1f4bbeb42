// The second step of receiving: what the host has and we have not is asked for by its names.
import { asProblem } from "../domain/problem.ts";
import { asGoneSince } from "../domain/rsync-complaint.ts";
import { shareOfRate, streamsFor } from "../domain/streams.ts";
import type { Comparison, NameList } from "../system/comparison.ts";
import { gatherHalves } from "../system/half-files.ts";
import type { Origin } from "../system/rsync-args.ts";
import type { Names, TransferHooks, TransferResult } from "../system/transfer.ts";
import { pickArgs, rootAlone } from "../system/two-step-args.ts";
import { type WantedList, wantedList } from "../system/wanted-list.ts";
import { inStreams, type Work } from "./in-streams.ts";
import { isWhole, type SteppedReception, siblingView, step, viewsFor } from "./sandbox-steps.ts";

/** What a comparison found, after which nothing is added any more. */
export interface Found {
  readonly root: ReturnType<Comparison["end"]>;
  readonly compared: TransferResult;
}

/** The folder above everything, by a name that means just that. */
export const ROOT = Buffer.from("/.\0");

/** What has to be fetched, as it is found, and how that is done. */
export interface Fetching {
  readonly wanted: NameList;
  /** After the comparison. As far as it came, in the order of the steps. */
  readonly fetch: (found: Found, hooks: TransferHooks) => Promise<TransferResult[]>;
}

/** All of it from the host, in one stream or in several. */
export function fetchingAll(reception: SteppedReception): Fetching {
  const { workplace, base, streams } = reception;
  const wanted = wantedList(workplace.wanted, base, streams.most > 1);
  return { wanted, fetch: (found, hooks) => pickAll(reception, wanted, found, hooks) };
}

/** Fetches all that is wanted; as far as it came, in the order of the steps. */
async function pickAll(
  reception: SteppedReception,
  wanted: WantedList,
  { root, compared }: Found,
  hooks: TransferHooks,
): Promise<TransferResult[]> {
  const picked: TransferResult[] = [];
  const streams = streamsFor(reception.streams, wanted.files());
  const all = { names: { file: reception.workplace.wanted } };
  if (streams > 1) picked.push(...(await pickOverMore(reception, wanted, streams, compared, hooks)));
  else if (wanted.count() > 0) {
    await gatherHalves(reception.workplace);
    picked.push(await pick(reception, all, compared, hooks));
  }
  if (root === "different" && picked.every((result) => isWhole(result, hooks)))
    picked.push(await pick(reception, { names: ROOT }, compared, hooks));
  return picked;
}

/** The remote shells of so many connections besides the first one; fewer where the host does not let more in. */
async function dialMore(
  { dial, note }: SteppedReception,
  count: number,
): Promise<{ shells: (readonly string[])[]; close: () => Promise<void> }> {
  const asked = dial === null ? [] : Array.from({ length: count }, () => dial());
  const answers = await Promise.allSettled(asked);
  const lines = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  const refusal = answers.find((answer) => answer.status === "rejected");
  if (refusal !== undefined)
    note(
      `The host lets ${lines.length} more of ${count} connections in: ${asProblem(refusal.reason).message}`,
    );
  return {
    shells: lines.map(({ remoteShell }) => remoteShell),
    close: async () => void (await Promise.all(lines.map((line) => line.close()))),
  };
}

/** Each stream but the first has a connection of its own: sessions of one connection share its window. */
async function pickOverMore(
  reception: SteppedReception,
  wanted: WantedList,
  count: number,
  compared: TransferResult,
  hooks: TransferHooks,
): Promise<TransferResult[]> {
  const { origin, workplace } = reception;
  const { shells, close } = await dialMore(reception, count - 1);
  try {
    const origins = [origin, ...shells.map((remoteShell) => ({ ...origin, remoteShell }) as typeof origin)];
    if (origins.length > 1) return await pickInStreams(reception, wanted, origins, compared, hooks);
    await gatherHalves(workplace);
    return [await pick(reception, { names: { file: workplace.wanted } }, compared, hooks)];
  } finally {
    await close();
  }
}

/** Files side by side, and then what they lie in: no two streams have to do with one folder's facts, or with one file. */
async function pickInStreams(
  reception: SteppedReception,
  wanted: WantedList,
  origins: readonly Origin[],
  compared: TransferResult,
  hooks: TransferHooks,
): Promise<TransferResult[]> {
  const { workplace, settings, note, streams } = reception;
  note(`What is to be fetched comes in ${origins.length} streams, ${streams.because}.`);
  const { streams: lists, rest } = await wanted.split(origins.length, {
    folder: workplace.streams,
    ...{ partial: workplace.partial, tree: workplace.tree },
  });
  const works: Work[] = lists.map(({ file, partial, bytes }, at) => ({
    bytes,
    run: (open, ours) => {
      const bwlimit = shareOfRate(settings.bwlimit, open);
      const origin = origins[at] ?? reception.origin;
      const share = { ...reception, origin, settings: { ...settings, bwlimit } };
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
  /** A tree of another host, in which these files are likely to be. */
  readonly sibling?: string | null;
}

/** The host sends these, into a folder that shares nothing with any snapshot. */
export async function pick(
  reception: SteppedReception,
  { names, partial, onlyFiles = false, sibling = null }: Order,
  compared: TransferResult,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const { workplace, leftovers, base, rsync } = reception;
  const linkDests = [...leftovers.received, ...(base === null ? [] : [base]), ...leftovers.linked];
  const result = await step(
    reception,
    [...viewsFor(reception), ...(sibling === null ? [] : [siblingView(sibling)])],
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
          sibling: sibling === null ? null : place(sibling),
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
