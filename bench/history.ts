// How fast lists and counts are with a long history, on SQLite and on MariaDB.
import { type Database, openDatabase, openUnchecked } from "../src/store/database.ts";
import { migrate } from "../src/store/migrate.ts";
import { forgetRuns } from "../src/store/runs.ts";
import { explained } from "./explain.ts";
import { fillHistory } from "./history-data.ts";
import { CLAIMING, crowd, type Look, looks, whenSoManyHadEnded } from "./history-looks.ts";
import { mariadbPlace, type Place, sqlitePlace } from "./places.ts";
import { countText, type Section, sizeText } from "./report.ts";
import { spread, verdict } from "./statistics.ts";

const LIMIT_MS = 20;
const WARM_UP_ROUNDS = 3;
const FORGOTTEN_AT_ONCE = 1000;
/** Of the finished runs, which lets 100,000 of a million go. */
const FORGOTTEN_SHARE = 0.1;

export async function measureHistory(
  runs: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Section[]> {
  const sections: Section[] = [];
  for (const make of [sqlitePlace, mariadbPlace]) {
    const place = await make();
    try {
      sections.push(await measureIn(place, runs, rounds, say));
    } finally {
      await place.remove();
    }
  }
  return sections;
}

async function measureIn(
  place: Place,
  runs: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Section> {
  const progress = (line: string) => say(`history, ${place.title}: ${line}`);
  progress(`filling in ${countText(runs)} runs`);
  const filledMs = await withDatabase(openUnchecked, place.url, async (db) => {
    await migrate(db);
    return took(() => fillHistory(db, runs));
  });
  await place.gatherStatistics();
  const bytes = await place.bytes();
  progress(`filled within ${(filledMs / 1000).toFixed(0)} s, ${sizeText(bytes)}`);
  const rows: string[][] = [];
  const measured = looks(runs);
  const cold = await coldCalls(place, measured);
  await withDatabase(openDatabase, place.url, async (db) => {
    const time = async (look: Look, first = "") => {
      const row = await timeLook(db, look, rounds, first);
      rows.push(row);
      progress(row.slice(0, 2).join(": "));
      if (row[3]?.includes("missed")) progress(await explained(db, (same) => look.run(same, 0)));
    };
    for (const [at, look] of measured.entries()) await time(look, (cold[at] ?? Number.NaN).toFixed(1));
    rows.push(...(await timeForgetting(db, runs)));
    progress(rows.at(-1)?.slice(0, 2).join(": ") ?? "");
    await crowd(db);
    await place.gatherStatistics();
    for (const look of CLAIMING) await time(look);
  });
  return {
    title: `${countText(runs)} finished runs, ${place.title}`,
    notes: [
      `${sizeText(bytes)}, filled within ${(filledMs / 1000).toFixed(0)} s. ${rounds} rounds after a warm-up, each time ` +
        "with another host where it is about one. The first call is the cold one; several after another share what " +
        `they brought into memory. ${place.note}`,
    ],
    columns: ["", "ms", "first call, ms", "goal"],
    rows,
  };
}

/** What each look takes in a place where nothing is in memory, or only what the ones before it left there. */
async function coldCalls(place: Place, measured: readonly Look[]): Promise<number[]> {
  await place.cool();
  return withDatabase(openDatabase, place.url, async (db) => {
    const times: number[] = [];
    for (const look of measured) times.push(await took(() => look.run(db, 0)));
    return times;
  });
}

async function timeLook(db: Database, look: Look, rounds: number, first: string): Promise<string[]> {
  const times: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const time = await took(() => look.run(db, WARM_UP_ROUNDS + round));
    await look.undo?.(db);
    if (round >= 0) times.push(time);
  }
  return [look.what, spread(times), first, look.isJudged === false ? "" : verdict(times, LIMIT_MS)];
}

async function timeForgetting(db: Database, runs: number): Promise<string[][]> {
  const before = await whenSoManyHadEnded(db, Math.floor(runs * FORGOTTEN_SHARE));
  const times: number[] = [];
  let forgotten = 0;
  const total = await took(async () => {
    for (let count = FORGOTTEN_AT_ONCE; count === FORGOTTEN_AT_ONCE; forgotten += count)
      times.push(
        await took(async () => {
          count = await forgetRuns(db, before, FORGOTTEN_AT_ONCE);
        }),
      );
  });
  return [
    [`forgetting ${countText(FORGOTTEN_AT_ONCE)} runs`, spread(times), "", ""],
    [`forgetting ${countText(forgotten)} runs`, total.toFixed(0), "", ""],
  ];
}

async function took(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

async function withDatabase<Result>(
  open: (url: string) => Promise<Database>,
  url: string,
  work: (db: Database) => Promise<Result>,
): Promise<Result> {
  const db = await open(url);
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
