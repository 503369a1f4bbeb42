// Transfers side by side are one transfer: nothing that one of them says is lost, and one that the host refuses is made up for.
import { describe, expect, it } from "vitest";
import { inStreams, type Work } from "../../../src/actions/in-streams.ts";
import { newTally } from "../../../src/domain/complaint-tally.ts";
import type { Progress } from "../../../src/domain/run.ts";
import { openRunLog } from "../../../src/system/run-log.ts";
import type { TransferHooks, TransferResult } from "../../../src/system/transfer.ts";

const result = (more: Partial<TransferResult> = {}, newFiles = 1): TransferResult => ({
  ...{ exitCode: 0, signal: null, stalled: false, lastWords: "", complaints: newTally(), matchedBytes: 0 },
  ...{ tooLarge: { count: 0, paths: [] }, changes: { created: newFiles, replaced: 0, sample: [] } },
  stats: {
    ...{
      files: 0,
      regularFiles: 0,
      directories: 0,
      symlinks: 0,
      bytes: 0,
      newFiles,
      newBytes: 10 * newFiles,
    },
    ...{ sentBytes: 1, receivedBytes: 2, copiedInsteadOfLinked: 0, durationMs: 5 },
  },
  ...more,
});

const REFUSED = result(
  {
    exitCode: 255,
    lastWords: "mux_client_request_session: session request failed: Session open refused by peer",
  },
  0,
);

function watched(stop = new AbortController().signal) {
  const [progress, seen, notes] = [[] as Progress[], [] as number[][], [] as string[]];
  const hooks: TransferHooks = {
    onProgress: (one) => progress.push(one),
    onSeen: ({ entries, newBytes }) => seen.push([entries, newBytes]),
    ...{ stop, stallTimeoutMs: 1000, log: openRunLog("/dev/null"), outputFile: "", isLocal: false },
  };
  return { hooks, progress, seen, notes, note: (text: string) => notes.push(text) };
}

const at = (bytes: number, bytesPerSecond: number): Progress => ({
  ...{ bytes, bytesPerSecond, percent: 7, files: 4, secondsLeft: 1 },
});

/** Ends when it is told to stop, as rsync does. */
const untilStopped: Work["run"] = (_, { stop }) =>
  new Promise((resolve) => {
    const end = (): void => resolve(result({ exitCode: 20, lastWords: "received SIGTERM" }));
    if (stop.aborted) end();
    else stop.addEventListener("abort", end);
  });

/** Lets everybody go on who waits, and whoever comes later, once it was told of so many. */
function gate(count: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let told = 0;
  return {
    tell: (): void => {
      told += 1;
      if (told === count) resolve();
    },
    opened: promise,
  };
}

describe("streams", () => {
  it("are added up, while they run and at the end", async () => {
    const { hooks, progress, seen, note, notes } = watched();
    const all = gate(3);
    const work = (bytes: number, exitCode: number): Work => ({
      bytes: 100,
      run: async (_, ours) => {
        ours.onProgress(at(bytes, 5));
        ours.onSeen?.({ entries: 2, newBytes: bytes });
        all.tell();
        await all.opened;
        return result({ exitCode, complaints: { ...newTally(), vanished: 1 } }, 3);
      },
    });
    const whole = await inStreams([work(20, 24), work(30, 23), work(0, 0)], hooks, note);
    expect(progress.map(({ bytes, percent }) => [bytes, percent])).toEqual([
      [20, 6],
      [50, 16],
      [50, 16],
    ]);
    expect(progress.at(-1)).toMatchObject({ bytesPerSecond: 15, secondsLeft: 17, files: 4 });
    expect(seen.at(-1)).toEqual([6, 50]);
    expect(whole).toMatchObject({ exitCode: 23, stalled: false, complaints: { vanished: 3 } });
    expect(whole.stats).toMatchObject({ newFiles: 9, newBytes: 90, sentBytes: 3, receivedBytes: 6 });
    expect(notes).toEqual([]);
  });

  it("end together when one fails, and say what that one says", async () => {
    const { hooks, note } = watched();
    const failing = result({ exitCode: 11, lastWords: "No space left on device" });
    const works = [untilStopped, async () => failing, untilStopped].map((run) => ({ bytes: 1, run }));
    expect(await inStreams(works, hooks, note)).toMatchObject({
      ...{ exitCode: 11, lastWords: "No space left on device" },
    });
  });

  it("end together when one stands still", async () => {
    const { hooks, note } = watched();
    const works = [untilStopped, async () => result({ exitCode: 20, stalled: true })];
    const ended = await inStreams(
      works.map((run) => ({ bytes: 1, run })),
      hooks,
      note,
    );
    expect(ended.stalled).toBe(true);
  });

  it("end together when one cannot be started, and throw that", async () => {
    const { hooks, note } = watched();
    const works = [untilStopped, () => Promise.reject(new Error("no more processes"))];
    const ended = inStreams(
      works.map((run) => ({ bytes: 1, run })),
      hooks,
      note,
    );
    await expect(ended).rejects.toThrow("no more processes");
  });

  it.each([1, 2])("of which the host takes only %i fetch everything all the same", async (sessions) => {
    const { hooks, note, notes } = watched();
    let running = 0;
    const refused = gate(4 - sessions);
    const fetched: number[] = [];
    const work = (name: number): Work => ({
      bytes: 1,
      run: async () => {
        if (running >= sessions) {
          refused.tell();
          return REFUSED;
        }
        running += 1;
        await refused.opened;
        running -= 1;
        fetched.push(name);
        return result();
      },
    });
    const whole = await inStreams([1, 2, 3, 4].map(work), hooks, note);
    expect(whole).toMatchObject({ exitCode: 0, stats: { newFiles: 4 } });
    expect(fetched.sort()).toEqual([1, 2, 3, 4]);
    expect(notes).toEqual([expect.stringContaining(`came in ${sessions} (rrsync`)]);
  });

  it("fail when the host takes none, each work asked for once or twice", async () => {
    const { hooks, note } = watched();
    let asked = 0;
    const run = async (): Promise<TransferResult> => {
      asked += 1;
      return REFUSED;
    };
    expect(
      await inStreams(
        [1, 2, 3].map(() => ({ bytes: 1, run })),
        hooks,
        note,
      ),
    ).toMatchObject({ exitCode: 255 });
    expect(asked).toBeLessThan(7);
  });
});
