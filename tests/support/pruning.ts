// What tests of prunes have in common: cheap snapshots, all that a site holds at a moment, and what a removal must free.
import { linkSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunJson, SnapshotJson } from "../../src/contract/types.ts";
import { snapshotName } from "../../src/domain/snapshot.ts";
import { requireHost } from "../../src/store/hosts.ts";
import { insertSnapshot } from "../../src/store/snapshots.ts";
import { inTransaction } from "../../src/store/transaction.ts";
import type { BackupSite } from "./backup-site.ts";
import type { CommandResult } from "./pobsync.ts";
import { lookInto } from "./queue-contradictions.ts";
import { sqlOf } from "./sql.ts";
import { runTool } from "./tool.ts";
import { type TreeFacts, treeFacts } from "./tree-facts.ts";
import { pathsBelow } from "./tree-paths.ts";

const MINUTE_MS = 60_000;

/** One statement on the site's database, as if somebody had changed it by hand. */
export const changeSql = (site: BackupSite, statement: string): void => sqlOf(site.world).change(statement);

/** Every row of every table, and every file below the backup root. */
export async function everythingOf(
  site: BackupSite,
): Promise<{ tables: Record<string, unknown>; disk: TreeFacts }> {
  const sql = sqlOf(site.world);
  const rows = sql.tables().map((name) => [name, sql.rows(`select * from ${name}`)]);
  return { tables: Object.fromEntries(rows), disk: await treeFacts(site.world.backupRoot) };
}

/** By name, of all that were ever on record. */
export async function statesOf(site: BackupSite, host: string): Promise<Record<string, string>> {
  const { items } = (await site.ok("--json", "snapshots", host, "--all")).json();
  return Object.fromEntries(items.map(({ name, state }: SnapshotJson) => [name, state]));
}

/** What lies in the host's trash. */
export const trashOf = (site: BackupSite, host: string): string[] =>
  site.onDisk(host, "trash" as "snapshots");

/** The whole of each of these snapshots, in order. */
export const wholeOf = (site: BackupSite, host: string, names: readonly string[]): Promise<TreeFacts[]> =>
  Promise.all(names.map((name) => treeFacts(site.pathOf(host, "snapshots", name))));

/**
 * Snapshots as backups make them, a minute apart, on disk and on record, without the time that backups take. Each holds
 * a file of its own and one that all share. Returns their names, newest first.
 */
export async function plantSnapshots(site: BackupSite, host: string, count: number): Promise<string[]> {
  const names: string[] = [];
  await lookInto(site.world.environment.POBSYNC_DATABASE_URL, async (db) => {
    const { id: hostId } = await requireHost(db, host);
    const shared = join(site.world.dir, `shared by ${host}`);
    writeFileSync(shared, "shared");
    for (let n = 0; n < count; n += 1) {
      const startedAt = new Date(Date.now() - (count - n) * MINUTE_MS);
      const name = snapshotName({ startedAt, kind: "manual", suffix: n.toString(16).padStart(6, "0") });
      const folder = site.pathOf(host, "snapshots", name);
      mkdirSync(join(folder, "data"), { recursive: true, mode: 0o700 });
      linkSync(shared, join(folder, "data", "shared"));
      writeFileSync(join(folder, "data", "own"), `${name}\n`.repeat(1000));
      const facts = { name, kind: "manual", status: "succeeded", startedAt, finishedAt: startedAt } as const;
      writeFileSync(join(folder, "snapshot.json"), JSON.stringify({ version: 1, host, ...facts }));
      const more = { hostId, base: null, files: 3, bytes: null, newBytes: null, runId: null };
      await inTransaction(db, (tx) => insertSnapshot(tx, { ...facts, ...more }));
      names.unshift(name);
    }
  });
  symlinkSync(join("snapshots", names[0] ?? ""), site.pathOf(host, "latest"));
  return names;
}

/** Takes away whatever a test has mounted in this site, wherever it has been moved to since. */
export async function unmountAll({ world }: BackupSite): Promise<void> {
  const unescaped = (word = ""): string =>
    word.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
  const points = readFileSync("/proc/self/mountinfo", "latin1")
    .split("\n")
    .map((line) => unescaped(line.split(" ")[4]));
  for (const point of points.filter((one) => one.startsWith(`${world.dir}/`)).reverse())
    await runTool("umount", ["--", point]);
}

const BLOCK_BYTES = 512;

/** Bytes of the disk that only these trees hold: of folders, and of files all of whose names lie in them. */
export function bytesOnlyIn(trees: readonly string[]): number {
  const names = new Map<bigint, number>();
  let blocks = 0n;
  for (const path of trees.flatMap((tree) => [tree, ...pathsBelow(tree).map(({ absolute }) => absolute)])) {
    const stat = lstatSync(path, { bigint: true });
    const seen = (names.get(stat.ino) ?? 0) + 1;
    names.set(stat.ino, seen);
    if (stat.isDirectory() || BigInt(seen) === stat.nlink) blocks += stat.blocks;
  }
  return Number(blocks) * BLOCK_BYTES;
}

/** A host of three snapshots, of which the newest alone stays. */
export type PrunableHost = {
  host: string;
  newest: string;
  middle: string;
  oldest: string;
  /** A snapshot's folder: the oldest's unless another is named. */
  place(name?: string): string;
  prune(): Promise<CommandResult>;
  /** A prune that must fail. Returns what its run says. */
  failingPrune(): Promise<NonNullable<RunJson["problem"]>>;
};

export async function makePrunableHost(site: BackupSite, host: string): Promise<PrunableHost> {
  await site.configureHost(host, null, "--source", "/etc/hostname", "--keep-last", "1");
  const [newest = "", middle = "", oldest = ""] = await plantSnapshots(site, host, 3);
  const prune = () => site.pobsync.run("--json", "retention", host, "--apply", "--yes");
  return {
    ...{ host, newest, middle, oldest, prune },
    place: (name = oldest) => site.pathOf(host, "snapshots", name),
    async failingPrune() {
      const result = await prune();
      const { applied, run } = result.json();
      const is = `ended with ${result.code}, ${run?.status}, applied: ${applied}`;
      if (is !== "ended with 1, failed, applied: false") throw new Error(`a prune that must fail ${is}`);
      return run.problem;
    },
  };
}
