// `npm run bench`: measures what was asked for and prints the tables.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setup as build } from "../tests/support/bundle-setup.ts";
import { killAll, processesBelow } from "../tests/support/processes.ts";
import { runTool } from "../tests/support/tool.ts";
import { measureBackups } from "./backup-speed.ts";
import { measureCatalog } from "./catalog.ts";
import { chartSvg } from "./chart.ts";
import { measureConsole } from "./console.ts";
import { measureHistory } from "./history.ts";
import { measureIndexing } from "./indexing.ts";
import { machineFacts } from "./machine.ts";
import { measureMemory } from "./memory.ts";
import { type Benchmark, type Options, parseOptions, USAGE } from "./options.ts";
import { measurePlanning } from "./planning.ts";
import { measureRemoval } from "./removal.ts";
import { markdown, type Section, sectionText } from "./report.ts";
import { measureRestore } from "./restore.ts";
import { measureRivals } from "./rivals.ts";
import { measureStartup } from "./startup.ts";
import { measureVerify } from "./verify.ts";
import { measureDamage } from "./verify-damage.ts";
import { bigFiles, smallFiles } from "./workloads.ts";

const BACKUP_ROUNDS = 5;
/** Of which each makes twenty backups. */
const RIVAL_ROUNDS = 3;
const STARTUP_ROUNDS = 25;
const HISTORY_ROUNDS = 25;
const CATALOG_ROUNDS = 25;
const CONSOLE_ROUNDS = 300;
const CONSOLE_SNAPSHOTS = 100;
/** Of "big" and of "verify", where there are more of them. */
const [MEGABYTES, VERIFY_MEGABYTES] = [512, 256];

const interruption = new AbortController();

/**
 * Progress goes to stderr, so that stdout holds the tables alone. Whoever was not waiting for a program that was ended learns
 * here that all is over.
 */
function say(line: string): void {
  interruption.signal.throwIfAborted();
  console.error(line);
}

async function measure(benchmark: Benchmark, options: Options): Promise<readonly Section[]> {
  const rounds = options.rounds ?? BACKUP_ROUNDS;
  switch (benchmark) {
    case "startup":
      return [await measureStartup(options.rounds ?? STARTUP_ROUNDS, say)];
    case "files":
      return [await measureBackups(smallFiles(options.entries, rounds), rounds, options, say)];
    case "big":
      return [
        await measureBackups(
          bigFiles(options.megabytes ?? MEGABYTES, rounds),
          rounds,
          { ...options, roundTrip: 0 },
          say,
        ),
      ];
    case "memory":
      return [await measureMemory(options.entries, say)];
    case "history":
      return measureHistory(options.runs, options.rounds ?? HISTORY_ROUNDS, say);
    case "planning":
      return [await measurePlanning(options.rounds ?? HISTORY_ROUNDS, say)];
    case "removal":
      return [await measureRemoval(options.entries, rounds, say)];
    case "catalog": {
      const shape = { files: options.live, snapshots: options.snapshots };
      return [await measureCatalog(shape, options.rounds ?? CATALOG_ROUNDS, say, interruption.signal)];
    }
    case "indexing":
      return [await measureIndexing(options.entries, rounds, say)];
    case "verify": {
      const size = { files: options.entries, megabytes: options.megabytes ?? VERIFY_MEGABYTES };
      return [await measureVerify(size, rounds, say), await measureDamage(options.flipAmong, say)];
    }
    case "console": {
      const size = { runs: options.runs, hosts: options.hosts, snapshotsPerHost: CONSOLE_SNAPSHOTS };
      return measureConsole(size, options.rounds ?? CONSOLE_ROUNDS, say);
    }
    case "restore":
      return [await measureRestore(options.entries, rounds, say)];
    case "rivals":
      return [await measureRivals(options.entries, options.rounds ?? RIVAL_ROUNDS, say)];
  }
}

/** Everything that is started from now on, the sshd too, runs there. */
const stayOn = (cpus: string): Promise<unknown> =>
  runTool("taskset", ["-a", "-p", "-c", cpus, String(process.pid)]);

/** Ends what runs; whoever waited for it then fails and takes its images away. */
function cleanUpWhenInterrupted(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      console.error("interrupted: cleaning up");
      interruption.abort(new Error("interrupted"));
      void killAll(processesBelow(process.pid).map(({ pid }) => pid));
    });
}

async function main(options: Options, args: readonly string[]): Promise<void> {
  if (options.cpus !== null) await stayOn(options.cpus);
  const file = options.markdown === null ? null : resolve(options.markdown);
  const picture = options.chart === null ? null : resolve(options.chart);
  process.chdir(join(import.meta.dirname, ".."));
  cleanUpWhenInterrupted();
  const machine = machineFacts(options.cpus);
  await build();
  console.log(`${machine.join("\n")}\n`);
  const sections: Section[] = [];
  for (const benchmark of options.benchmarks) {
    for (const section of await measure(benchmark, options)) {
      console.log(`${sectionText(section)}\n`);
      sections.push(section);
      if (picture !== null && section.chart !== undefined)
        writeFileSync(picture, chartSvg(section.chart, CAPTION, "pobsync"));
    }
    // After each one: the next may take an hour, or fail.
    if (file !== null) writeFileSync(file, markdown(machine, shown(args), sections));
  }
}

const CAPTION = "Time taken; plain rsync is 1, and less is better.";

/** The arguments that decided what was measured; where the file lies is nobody's business. */
const shown = (args: readonly string[]): string[] =>
  args.filter(
    (word, at) => !/^--(markdown|chart)/.test(word) && !/^--(markdown|chart)$/.test(args[at - 1] ?? ""),
  );

function failWith(error: unknown, exitCode: number): void {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = exitCode;
}

const args = process.argv.slice(2);
let options: Options | null = null;
try {
  options = parseOptions(args);
  if (options === null) console.log(USAGE);
} catch (error) {
  failWith(error, 2);
}
if (options !== null) await main(options, args).catch((error: unknown) => failWith(error, 1));
