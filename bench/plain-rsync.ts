// The baseline: rsync over ssh with pobsync's very flags, started by hand as one would without pobsync.
//
// The command line comes from pobsync's own builders, so the two can't drift apart; `requireSameCommand` watches a
// real backup and sees that it runs just this.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { effectiveSettings } from "../src/domain/effective-settings.ts";
import { parseHostKey } from "../src/domain/host.ts";
import { snapshotName } from "../src/domain/snapshot.ts";
import { askLocalRsync } from "../src/system/local-rsync.ts";
import { sourceList, transferArgs } from "../src/system/rsync-args.ts";
import { dataFolder, hostFolder, snapshotFolder, workplaceOf } from "../src/system/snapshot-tree.ts";
import { knownHostsText, sharedArgs } from "../src/system/ssh-args.ts";
import { processesBelow } from "../tests/support/processes.ts";
import type { TestSshd } from "../tests/support/sshd.ts";
import type { Site } from "./site.ts";
import type { Cost } from "./statistics.ts";
import { timed } from "./timing.ts";

/** What pobsync gives its programs, see src/system/program.ts; `requireSameCommand` compares this as well. */
const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/nonexistent",
  LC_ALL: "C",
};

type Place = { readonly root: string; readonly host: string; readonly runId: number };

export type PlainRsync = {
  /** The command that makes a backup there; `base`: the name of the tree to link with. */
  readonly argv: (place: Place, base: string | null) => string[];
  /** Makes a backup below its own root, laid out as pobsync does. `flushed`: with a `sync -f` after it. */
  readonly backUp: (
    host: string,
    base: string | null,
  ) => Promise<{ plain: Cost; flushed: Cost; name: string; dataPath: string }>;
};

/** @param root the folder that stands for pobsync's backup root, at the same depth */
export async function plainRsync(
  site: Site,
  sshd: TestSshd,
  root: string,
  source: string,
): Promise<PlainRsync> {
  const abilities = await askLocalRsync();
  const sources = join(site.dir, "sources");
  writeFileSync(sources, sourceList([Buffer.from(source)]));
  const settings = effectiveSettings({}, { sources: [source] }).values;
  const key = parseHostKey(sshd.hostKey);
  if (key === null) throw new Error(`not a host key: ${sshd.hostKey}`);
  let runId = 0;

  const argv: PlainRsync["argv"] = (place, base) => {
    const knownHosts = join(site.dir, `known_hosts-${place.host}`);
    writeFileSync(knownHosts, knownHostsText(place.host, [key]));
    const target = {
      alias: place.host,
      address: sshd.address,
      port: sshd.port,
      user: sshd.user,
      identityFile: sshd.identityFile,
    };
    const workplace = workplaceOf(place.root, place.host, place.runId);
    return transferArgs(
      {
        // "none": no connection to share, rsync's ssh opens its own.
        origin: { transport: "ssh", alias: place.host, remoteShell: sharedArgs(target, knownHosts, "none") },
        settings,
        leaveOut: [],
        target: workplace.data,
        partialDir: workplace.partial,
        linkDests: base === null ? [] : [dataFolder(place.root, place.host, base)],
        confineRoot: hostFolder(place.root, place.host),
        dryRun: false,
      },
      abilities,
    );
  };

  return {
    argv,
    async backUp(host, base) {
      runId++;
      const workplace = workplaceOf(root, host, runId);
      const name = snapshotName({
        startedAt: new Date(),
        kind: "manual",
        suffix: runId.toString(16).padStart(6, "0"),
      });
      mkdirSync(workplace.data, { recursive: true, mode: 0o700 });
      mkdirSync(join(hostFolder(root, host), "snapshots"), { recursive: true });
      const run = { env: ENVIRONMENT, cwd: site.dir, output: join(workplace.path, "rsync.log") };
      const plain = await timed({ ...run, argv: argv({ root, host, runId }, base), input: sources });
      const sync = ["sync", "-f", workplace.path];
      const flush = await timed({ ...run, argv: sync, output: "/dev/null" });
      const target = snapshotFolder(root, host, name);
      renameSync(workplace.path, target);
      return { plain, flushed: sum(plain, flush), name, dataPath: join(target, "data") };
    },
  };
}

const sum = (a: Cost, b: Cost): Cost => ({
  wallSeconds: a.wallSeconds + b.wallSeconds,
  cpuSeconds: a.cpuSeconds + b.cpuSeconds,
});

/**
 * Backs a host up that already has a snapshot, and looks at the rsync that pobsync runs. Not measured.
 * @throws Error with both command lines when it isn't the one that the baseline runs
 */
export async function requireSameCommand(
  site: Site,
  plain: PlainRsync,
  root: string,
  host: string,
): Promise<void> {
  const backup = site.pobsync.start("backup", host, "--json");
  let over = false;
  const ended = backup.ended.finally(() => {
    over = true;
  });
  let seen: { argv: string[]; env: string[] } | null = null;
  while (!over && seen === null) {
    seen = rsyncBelow(backup.pid);
    await pause(2);
  }
  const { code, json, stderr } = await ended;
  if (code !== 0) throw new Error(`the first backups ended with ${code}: ${stderr}`);
  if (seen === null) throw new Error("saw no rsync below pobsync, so nobody knows what it ran");
  const { run } = json();
  const expected = [...plain.argv({ root, host, runId: run.id }, run.base), ...environmentLines()];
  // pobsync's ssh words name its folder of the moment; rsync hardly cares which words start its ssh.
  const comparable = (words: readonly string[]) =>
    words.filter((word) => !word.startsWith("--rsh=")).join("\n");
  const actual = [...seen.argv, ...seen.env.toSorted()];
  if (comparable(actual) !== comparable(expected))
    throw new Error(
      `pobsync runs another rsync than the baseline would.\npobsync: ${actual.join(" ")}\nbaseline: ${expected.join(" ")}`,
    );
}

const environmentLines = (): string[] =>
  Object.entries(ENVIRONMENT)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();

/** Arguments and environment of the transfer below that process, once it is there. */
function rsyncBelow(pid: number): { argv: string[]; env: string[] } | null {
  const found = processesBelow(pid).find(({ command }) => /^rsync .*--link-dest=/.test(command));
  if (found === undefined) return null;
  const words = (file: string) => readFileSync(`/proc/${found.pid}/${file}`, "utf8").split("\0").slice(0, -1);
  // sh, in whose place rsync was started, adds these.
  const env = words("environ").filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line));
  return { argv: words("cmdline"), env };
}
