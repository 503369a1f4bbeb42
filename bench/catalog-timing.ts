// How long one look into a catalog takes: from the disk, from memory, and as a whole command.
import { setImmediate as pause } from "node:timers/promises";
import type { App } from "../src/actions/app.ts";
import { seededRandom } from "../tests/support/random.ts";
import { runTool } from "../tests/support/tool.ts";
import type { CatalogLook, Question } from "./catalog-looks.ts";
import type { Site } from "./site.ts";
import { median, spread, verdict } from "./statistics.ts";

export type Picks = { readonly warm: number; readonly cold: number };

export type LookedAt = {
  readonly site: Site;
  readonly app: App;
  /** All files that are read for an answer. */
  readonly files: readonly string[];
  readonly stop: AbortSignal;
};

export const TIMING_COLUMNS = [
  "",
  "entries",
  "warm ms",
  "warm goal",
  "cold ms",
  "cold goal",
  "command, ms",
] as const;

const SEED = 20_261_127;
const WARM_UP_PICKS = 3;
export const COMMAND_ROUNDS = 3;

export async function timeLook(at: LookedAt, look: CatalogLook, picks: Picks): Promise<string[]> {
  const random = seededRandom(SEED);
  const entries: number[] = [];
  const asked = async (count: number, before: () => Promise<unknown>): Promise<number[]> => {
    const times: number[] = [];
    for (let pick = 0; pick < count; pick++) {
      await before();
      at.stop.throwIfAborted();
      const question = look.question(random);
      const begin = performance.now();
      const { items } = await question.ask(at.app);
      times.push(performance.now() - begin);
      entries.push(items.length);
    }
    return times;
  };
  await asked(WARM_UP_PICKS, pause);
  entries.length = 0;
  const cold = await asked(picks.cold, () => eachFile(at.files, cool));
  await eachFile(at.files, heat);
  const warm = await asked(picks.warm, pause);
  const commands = await timeCommand(at, () => look.question(random));
  return [
    ...[look.what, spread(entries, 0)],
    ...[spread(warm, 1), judged(warm, look.limitMs), spread(cold, 1), judged(cold, look.limitMs)],
    median(commands).toFixed(0),
  ];
}

async function timeCommand({ site }: LookedAt, question: () => Question): Promise<number[]> {
  const times: number[] = [];
  for (let round = -1; round < COMMAND_ROUNDS; round++) {
    const { wallSeconds } = await site.timed(["--json", ...question().words]);
    if (round >= 0) times.push(wallSeconds * 1000);
  }
  return times;
}

async function eachFile(files: readonly string[], work: (file: string) => Promise<unknown>): Promise<void> {
  for (const file of files) await work(file);
}

/** Out of the page cache. */
const cool = (file: string) => runTool("dd", [`if=${file}`, "iflag=nocache", "count=0"]);
/** Into it. */
const heat = (file: string) => runTool("dd", [`if=${file}`, "of=/dev/null", "bs=1M"]);

/** By the median, as everywhere; and whether the slowest pick kept it as well. */
function judged(times: readonly number[], limitMs: number | null): string {
  if (limitMs === null) return "";
  const byMedian = verdict(times, limitMs);
  return median(times) <= limitMs && Math.max(...times) > limitMs ? `${byMedian}, not by all` : byMedian;
}
