// How fast a long history of many files answers, from memory and from the disk.
import { mkdirSync, statSync } from "node:fs";
import { openCatalog } from "../src/catalog/catalog.ts";
import { type Database, openDatabase } from "../src/store/database.ts";
import { requireHost } from "../src/store/hosts.ts";
import { insertSnapshot } from "../src/store/snapshots.ts";
import { catalogFile } from "../src/system/catalog-file.ts";
import { hostFolder } from "../src/system/snapshot-tree.ts";
import { appOn } from "./app-on.ts";
import { type CatalogShape, fillCatalog, type IndexedNight } from "./catalog-data.ts";
import { type CatalogLook, catalogLooks, HOST } from "./catalog-looks.ts";
import { COMMAND_ROUNDS, type LookedAt, type Picks, TIMING_COLUMNS, timeLook } from "./catalog-timing.ts";
import type { CatalogTree } from "./catalog-tree.ts";
import { countText, type Section, sizeText } from "./report.ts";
import { makeSite } from "./site.ts";

const NOW = new Date("2026-11-24T12:00:00Z");

/** How often each is asked: a quick look varies more from one place to the next than from one time to the next. */
const picksOf = (rounds: number): Record<CatalogLook["pace"], Picks> => ({
  quick: { warm: rounds * 8, cold: rounds },
  slow: { warm: rounds, cold: Math.min(rounds, 5) },
  slowest: { warm: Math.min(rounds, 5), cold: Math.min(rounds, 3) },
});

const HOW =
  "Each time a folder, file, pattern or pair of snapshots is picked at random, and the action that the command calls opens " +
  "the catalog, asks, and closes it again, as each command does. ls, versions and diff give all there is unless a page is " +
  "said, find gives its first page, which is 1,000 as is a page of diff. Cold: before each pick the catalog and the database " +
  "went out of the page cache. Goals are held against medians; one that some pick has missed says so. The last column is the " +
  `whole command with --json, start-up included, warm, the median of ${COMMAND_ROUNDS}.`;

type Filled = {
  readonly tree: CatalogTree;
  /** Names, oldest first. */
  readonly snapshots: readonly string[];
  readonly file: string;
  readonly seconds: number;
};

export async function measureCatalog(
  shape: CatalogShape,
  rounds: number,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<Section> {
  const site = makeSite();
  try {
    await site.set("migrate");
    await site.set("configure-global", "--backup-root", site.backupRoot);
    await site.addLocalHost(HOST, "/srv/data");
    const db = await openDatabase(site.databaseUrl);
    try {
      const filled = await fill(db, site.backupRoot, shape, say, stop);
      const files = [filled.file, site.databaseUrl.replace(/^sqlite:/, "")];
      return await measured({ site, app: appOn(db, NOW), files, stop }, filled, shape, rounds, say);
    } finally {
      await db.close();
    }
  } finally {
    await site.dispose();
  }
}

async function fill(
  db: Database,
  root: string,
  shape: CatalogShape,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<Filled> {
  const { id: hostId } = await requireHost(db, HOST);
  mkdirSync(hostFolder(root, HOST), { recursive: true });
  const file = catalogFile(root, HOST);
  const snapshots: string[] = [];
  const onNight = async ({ name, startedAt, entries }: IndexedNight): Promise<void> => {
    await db.sql.transaction().execute((tx) =>
      insertSnapshot(tx, {
        ...{ hostId, name, kind: "scheduled", status: "succeeded", startedAt, finishedAt: startedAt },
        ...{ base: snapshots.at(-1) ?? null, files: entries, bytes: 0, newBytes: 0, runId: null },
      }),
    );
    snapshots.push(name);
    say(`catalog: ${snapshots.length}/${shape.snapshots} snapshots, ${countText(entries)} entries`);
  };
  const begin = performance.now();
  const catalog = openCatalog(file, "write");
  try {
    const tree = await fillCatalog(catalog, shape, onNight, stop);
    return { tree, snapshots, file, seconds: (performance.now() - begin) / 1000 };
  } finally {
    catalog.close();
  }
}

async function measured(
  at: LookedAt,
  { tree, snapshots, file, seconds }: Filled,
  shape: CatalogShape,
  rounds: number,
  say: (line: string) => void,
): Promise<Section> {
  const picks = picksOf(rounds);
  const rows: string[][] = [];
  for (const look of catalogLooks(tree, snapshots)) {
    rows.push(await timeLook(at, look, picks[look.pace]));
    say(`catalog: ${rows.at(-1)?.join(" | ")}`);
  }
  const { versions, paths } = counted(file);
  const { size } = statSync(file);
  return {
    title: `Looking into a catalog of ${countText(shape.files)} files and ${countText(shape.snapshots)} snapshots`,
    notes: [
      `${sizeText(size)} for ${countText(versions)} versions of ${countText(paths)} paths: ${(size / versions).toFixed(0)} ` +
        `bytes a version. Filled within ${seconds.toFixed(0)} s. In each snapshot but the first, 0.6 % of the files have ` +
        `changed, 0.2 % came and 0.2 % went. Folders hold some 25 files; the big one holds ${countText(bigEntries(tree))}, and ` +
        `that of sessions ${countText(tree.busyNow.length)} with other names every night.`,
      `Picks, warm and cold: ${picksText(picks.quick)} of ls, versions and diff in one folder; ${picksText(picks.slow)} of find ` +
        `and diff of neighbours; ${picksText(picks.slowest)} of the first and last. ${HOW}`,
    ],
    columns: TIMING_COLUMNS,
    rows,
  };
}

const picksText = ({ warm, cold }: Picks): string => `${warm} and ${cold}`;

function counted(file: string): { versions: number; paths: number } {
  const catalog = openCatalog(file, "read");
  try {
    const count = (table: string): number =>
      Number(catalog.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count);
    return { versions: count("versions"), paths: count("paths") };
  } finally {
    catalog.close();
  }
}

/** In the newest snapshot. */
function bigEntries({ folders, folderOf, live, liveCount }: CatalogTree): number {
  const big = folders.length - 2;
  return live.subarray(0, liveCount).reduce((sum, number) => sum + (folderOf[number] === big ? 1 : 0), 0);
}
