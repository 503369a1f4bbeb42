// The baseline: rsync over ssh with pobsync's very flags, started by hand as one would without pobsync.
//
// The command line comes from pobsync's own builders: it is the one that pobsync runs without a sandbox, but for
// --confine-root, which nobody would type and which costs rsync time, and with access control lists asked for by -A alone. `requireSandbox`
// watches a real backup and sees that it compares before it fetches, in a sandbox, with the same wishes (but that access control
// lists come as attributes).
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { effectiveSettings } from "../src/domain/effective-settings.ts";
import { parseHostKey } from "../src/domain/host.ts";
import { snapshotName } from "../src/domain/snapshot.ts";
import { askLocalRsync } from "../src/system/local-rsync.ts";
import { type Origin, sourceList, transferArgs } from "../src/system/rsync-args.ts";
import { dataFolder, hostFolder, snapshotFolder, workplaceOf } from "../src/system/snapshot-tree.ts";
import { knownHostsText, sharedArgs } from "../src/system/ssh-args.ts";
import { comparisonArgs } from "../src/system/two-step-args.ts";
import type { TestSshd } from "../tests/support/sshd.ts";
import { ENVIRONMENT, requireSeen, seeRsync } from "./seen-rsync.ts";
import type { Site } from "./site.ts";
import { type Cost, sum } from "./statistics.ts";
import { timed } from "./timing.ts";

type Place = { readonly root: string; readonly host: string; readonly runId: number };

export type PlainRsync = {
  /** The command with which pobsync compares a host with its newest snapshot in the sandbox. */
  readonly comparison: (host: string) => string[];
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
  let runId = 0;

  const argv = ({ root: at, host, runId: id }: Place, base: string | null): string[] => {
    const workplace = workplaceOf(at, host, id);
    return transferArgs(
      {
        origin: overSsh(site, sshd, host),
        settings,
        leaveOut: [],
        target: workplace.data,
        partialDir: workplace.partial,
        linkDests: base === null ? [] : [dataFolder(at, host, base)],
        confineRoot: hostFolder(at, host),
        ...{ dryRun: false, isSandboxed: false },
      },
      { ...abilities, confineRoot: false },
    );
  };
  return {
    comparison: (host) =>
      comparisonArgs(
        {
          ...{ origin: overSsh(site, sshd, host), settings, base: "/r0" },
          ...{ leaveOut: [], isSandboxed: true, confineRoot: "/" },
        },
        { ...abilities, aclsAsAttributes: true },
      ),
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

/** A host behind this sshd, as pobsync reaches it, but by a connection that is not shared: rsync's ssh opens its own. */
export function overSsh(site: Site, sshd: TestSshd, alias: string): Origin {
  const key = parseHostKey(sshd.hostKey);
  if (key === null) throw new Error(`not a host key: ${sshd.hostKey}`);
  const knownHosts = join(site.dir, `known_hosts-${alias}`);
  writeFileSync(knownHosts, knownHostsText(alias, [key]));
  const { address, port, user, identityFile } = sshd;
  const target = {
    alias,
    address,
    port,
    user,
    hasAes: true,
    credentials: { from: "file", path: identityFile },
  } as const;
  const [ssh = "ssh", ...words] = sharedArgs(target, knownHosts, "none");
  // Those words keep ssh from dialling by itself, which is what it is to do here. The first of two options counts.
  return { transport: "ssh", alias, remoteShell: [ssh, "-o", "ProxyCommand=none", ...words] };
}

/**
 * Backs a host up that already has a snapshot, and looks at the rsync that pobsync runs. Not measured.
 * @throws Error when there was no sandbox; with both command lines when the first rsync in it isn't the expected one
 */
export async function requireSandbox(site: Site, plain: PlainRsync, host: string): Promise<void> {
  const { seen, result } = await seeRsync(site, ["backup", host], /^rsync .*--dry-run -ii/);
  const { run } = result.json();
  if (run.sandbox !== "bubblewrap")
    throw new Error("pobsync had no sandbox, so its numbers are those without");
  requireSeen(seen, plain.comparison(host));
}
