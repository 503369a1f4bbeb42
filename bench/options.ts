// What a person may ask of the benchmarks, and the help text that says so.
import { parseArgs } from "node:util";
import type { Disks } from "./backup-speed.ts";
import { FILE_SYSTEMS, type FileSystem } from "./volume.ts";

export const BENCHMARKS = [
  ...(["startup", "files", "big", "memory", "history", "removal", "planning"] as const),
  ...(["catalog", "indexing", "verify", "restore", "console", "rivals"] as const),
] as const;
export type Benchmark = (typeof BENCHMARKS)[number];

export type Options = {
  readonly benchmarks: readonly Benchmark[];
  /** Timed rounds; null: each benchmark's own number. */
  readonly rounds: number | null;
  /** Small files of every benchmark that has some; entries of the smaller tree of `memory`, whose bigger one has ten times as many. */
  readonly entries: number;
  /** Size of each big file of `big` and of `verify`; null: each benchmark's own. */
  readonly megabytes: number | null;
  /** Finished runs of `history` and of `console`. */
  readonly runs: number;
  /** Hosts of `console`, of which each has 100 snapshots. */
  readonly hosts: number;
  /** Files in each snapshot of `catalog`. */
  readonly live: number;
  readonly snapshots: number;
  /** Files of `verify` among which one has a flipped byte. */
  readonly flipAmong: number;
  /** What the disks of "files" and "big" are. */
  readonly disks: Disks;
  /** Milliseconds to the host of "files" and back; 0: it is near. */
  readonly roundTrip: number;
  /** A list as taskset reads it, or null: every CPU. */
  readonly cpus: string | null;
  /** Where the tables are written as well, or null. */
  readonly markdown: string | null;
  /** Where the picture of `rivals` is written, or null. */
  readonly chart: string | null;
};

export const USAGE = `Usage: npm run bench -- [startup|files|big|memory|history|removal|planning|catalog|indexing|verify|restore|console|rivals|all]… [options]

Compares pobsync with plain rsync (or an empty Node program, or cat) in one run: interleaved rounds, a ratio a round,
medians (least–most). Builds dist/ first. "files", "big", "memory", "removal", "indexing", "verify", "restore" and "rivals"
need root, because they mount fresh file systems, whose images lie below $TMPDIR (/tmp) and are removed at the end. "history"
and "console" need a MariaDB server's programs, and 3 GB there; "console" needs Chromium too; "catalog" needs 1 GB.

  startup   pobsync --help and pobsync status, against an empty Node program
  files     full and incremental backup of many small files over loopback ssh, against plain rsync
  big       the same with two big files
  memory    peak memory of the pobsync process with many entries, and with ten times as many
  history   lists and counts with a million finished runs, on SQLite and on MariaDB, and letting old ones go
  removal   removing a tree of many small files, against rm -rf: one that shares no files with others, and one that
            shares 95 % of them
  planning  a retention plan for 10,000 snapshots
  catalog   ls, versions, find and diff in the catalog of a host with a million files and 100 snapshots, of which each
            changed 1 %; with a cold and a warm disk
  indexing  what indexing adds to the backups of "files", full and incremental: against a pobsync built without it, and
            by itself
  verify    reading what is stored again, from a cold disk: small files, four big ones, and both, against find and cat;
            then whether one flipped byte is found among many files, and nothing else
  restore   restoring many small files to a new folder, here and over loopback ssh, against plain rsync
  console   what the console's pages ask for on a large site, its first load and memory, and opening a folder of 10,000 entries
  rivals    a full backup, one of what has not changed, an incremental one and a whole night, against plain rsync, rsnapshot,
            restic and borg
            (apt-get install rsnapshot restic borgbackup, and 30 GB there with the usual numbers)
  all       everything but rivals (default)

  --rounds N        timed rounds (default: startup, history, planning and catalog 25, console 300, rivals 3, the others 5; memory
                    always takes one, and so does the flipped byte; indexing takes three times as many incremental ones)
  --entries N       small files of "files", "removal", "indexing", "verify", "restore" and "rivals"; entries of the smaller tree of
                    "memory" (default 100000)
  --megabytes N     size of each of the two files of "big" (default 512), and of the four of "verify" (default 256)
  --runs N          finished runs of "history" and "console" (default 1000000)
  --hosts N         hosts of "console", of which each has 100 snapshots (default 1000)
  --live N          files in each snapshot of "catalog" (default 1000000)
  --snapshots N     snapshots of "catalog" (default 100)
  --flip-among N    files of "verify" of which one has a flipped byte (default 100000)
  --file-system F   of the backup disks of "files" and "big": ext4 (default) or btrfs
  --plain-on F      of plain rsync's disk, when it is another one
  --round-trip MS   how far away the host of "files" is (default 0: here); everything but the distance stays as it is
  --cpus LIST       run everything on these CPUs only, as in 0,1 or 0-3
  --markdown FILE   also write the tables to this file
  --chart FILE      also draw "rivals" into this file (SVG)

Example: npm run bench -- files --entries 5000 --rounds 3`;

/** @returns null when help was asked for @throws Error with a sentence for the person who typed it */
export function parseOptions(args: readonly string[]): Options | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      rounds: { type: "string" },
      entries: { type: "string", default: "100000" },
      megabytes: { type: "string" },
      runs: { type: "string", default: "1000000" },
      hosts: { type: "string", default: "1000" },
      live: { type: "string", default: "1000000" },
      snapshots: { type: "string", default: "100" },
      "flip-among": { type: "string", default: "100000" },
      "file-system": { type: "string", default: "ext4" },
      "plain-on": { type: "string" },
      "round-trip": { type: "string", default: "0" },
      cpus: { type: "string" },
      markdown: { type: "string" },
      chart: { type: "string" },
    },
  });
  if (values.help) return null;
  if (values.cpus !== undefined && !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(values.cpus))
    throw new Error(`--cpus ${values.cpus}: write it as 0,1 or 0-3`);
  const benchmarks = chosen(positionals);
  if (values.chart !== undefined && !benchmarks.includes("rivals"))
    throw new Error("--chart draws rivals, which was not asked for");
  return {
    benchmarks,
    rounds: values.rounds === undefined ? null : count("--rounds", values.rounds, 1, 1000),
    entries: count("--entries", values.entries, 100, 1_000_000),
    megabytes: values.megabytes === undefined ? null : count("--megabytes", values.megabytes, 8, 65_536),
    runs: count("--runs", values.runs, 20_000, 10_000_000),
    hosts: count("--hosts", values.hosts, 8, 10_000),
    live: count("--live", values.live, 2000, 10_000_000),
    snapshots: count("--snapshots", values.snapshots, 2, 10_000),
    flipAmong: count("--flip-among", values["flip-among"], 100, 10_000_000),
    disks: {
      ours: fileSystem("--file-system", values["file-system"]),
      plain: fileSystem("--plain-on", values["plain-on"] ?? values["file-system"]),
    },
    roundTrip: count("--round-trip", values["round-trip"], 0, 10_000),
    cpus: values.cpus ?? null,
    markdown: values.markdown ?? null,
    chart: values.chart ?? null,
  };
}

function chosen(names: readonly string[]): readonly Benchmark[] {
  const unknown = names.find((name) => name !== "all" && !BENCHMARKS.some((one) => one === name));
  if (unknown !== undefined) throw new Error(`there is no benchmark "${unknown}"; see --help`);
  const isAll = names.length === 0 || names.includes("all");
  return BENCHMARKS.filter((one) => names.includes(one) || (isAll && one !== "rivals"));
}

function fileSystem(name: string, text: string): FileSystem {
  const found = FILE_SYSTEMS.find((one) => one === text);
  if (found === undefined) throw new Error(`${name} ${text}: must be ${FILE_SYSTEMS.join(" or ")}`);
  return found;
}

function count(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new Error(`${name} ${text}: must be a whole number from ${min} to ${max}`);
  return value;
}
