// How each of the programs is set up, makes a backup and drops the oldest one.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestSshd } from "../tests/support/sshd.ts";
import { runTool } from "../tests/support/tool.ts";
import type { Site } from "./site.ts";
import type { Volume } from "./volume.ts";

export type Contestant = {
  readonly name: string;
  /** Whether it runs on the backup server, and the host answers through sshd; else it is the other way round. */
  readonly pulls: boolean;
  /** The folder with all that it stores. */
  readonly store: string;
  /** Makes an empty place for the backups of this round; not measured. */
  readonly begin: (round: number) => Promise<void>;
  readonly backUp: () => Promise<void>;
  /** What is left to do after a full backup, which nobody waits for; null: nothing. */
  readonly finish: (() => Promise<void>) | null;
  readonly dropOldest: () => Promise<void>;
};

/** In the order of the tables; the first one is what the others are compared with. */
export const RIVALS = ["plain rsync", "pobsync", "rsnapshot", "restic", "borg"] as const;

type Setting = {
  readonly site: Site;
  readonly sshd: TestSshd;
  /** For what is no backup: configuration, caches. */
  readonly folder: string;
  /** The folder that is backed up. */
  readonly tree: string;
  /** One for each of RIVALS. */
  readonly stores: readonly Volume[];
};

/** Backups of a round that are kept when the oldest is dropped: of full, unchanged, incremental and another, all but the first. */
const KEPT = 3;

export async function makeContestants(setting: Setting): Promise<Contestant[]> {
  const [rsync, pobsync, rsnapshot, restic, borg] = setting.stores.map(({ path }) => path);
  if (
    rsync === undefined ||
    pobsync === undefined ||
    rsnapshot === undefined ||
    restic === undefined ||
    borg === undefined
  )
    throw new Error("each contestant needs a volume");
  return [
    plainRsync(setting, rsync),
    await pobsyncItself(setting, pobsync),
    rsnapshotOf(setting, rsnapshot),
    resticOf(setting, restic),
    borgOf(setting, borg),
  ];
}

/** An ssh of one's own, whose host key has been seen: what each of them is told to use. */
const sshWords = ({ sshd, folder }: Setting): string[] => [
  ...["ssh", "-F", "none", "-p", String(sshd.port), "-i", sshd.identityFile, "-o", "IdentitiesOnly=yes"],
  ...["-o", "StrictHostKeyChecking=accept-new", "-o", `UserKnownHostsFile=${join(folder, "known_hosts")}`],
];
const login = ({ sshd }: Setting): string => `${sshd.user}@${sshd.address}`;

function plainRsync(setting: Setting, store: string): Contestant {
  let place = "";
  let made = 0;
  return {
    ...{ name: "plain rsync", pulls: true, store, finish: null },
    async begin(round) {
      place = join(store, String(round));
      mkdirSync(place);
      made = 0;
    },
    async backUp() {
      made++;
      const base = made === 1 ? [] : [`--link-dest=../${made - 1}`];
      const ssh = sshWords(setting).join(" ");
      const what = ["-aHAXS", "--numeric-ids", "--delete", ...base, "-e", ssh];
      await runTool("rsync", [...what, `${login(setting)}:${setting.tree}/`, join(place, `${made}/`)]);
    },
    async dropOldest() {
      const [oldest = ""] = readdirSync(place).sort();
      await runTool("rm", ["-rf", "--one-file-system", "--", join(place, oldest)]);
    },
  };
}

async function pobsyncItself({ site, sshd, tree }: Setting, store: string): Promise<Contestant> {
  let host = "";
  await site.set("migrate");
  await site.set("configure-global", "--backup-root", store, "--trash-keep", "0");
  return {
    ...{ name: "pobsync", pulls: true, store },
    async begin(round) {
      host = `host-${round}`;
      await site.addSshHost(host, sshd, tree);
      await site.set("configure-host", host, "--keep-last", String(KEPT));
    },
    backUp: async () => void (await site.set("backup", host)),
    // A full backup leaves its catalog to a worker's spare time, or to the first look, which this is.
    finish: async () => void (await site.set("ls", `${host}:${tree}`)),
    dropOldest: async () => void (await site.set("retention", host, "--apply", "--yes")),
  };
}

function rsnapshotOf(setting: Setting, store: string): Contestant {
  const config = join(setting.folder, "rsnapshot.conf");
  return {
    ...{ name: "rsnapshot", pulls: true, store, finish: null },
    async begin(round) {
      const [ssh = "ssh", ...words] = sshWords(setting);
      const lines = [
        ["config_version", "1.2"],
        ["snapshot_root", `${join(store, String(round))}/`],
        ["cmd_cp", "/bin/cp"],
        ["cmd_rm", "/bin/rm"],
        ["cmd_rsync", "/usr/bin/rsync"],
        ["cmd_ssh", `/usr/bin/${ssh}`],
        ["ssh_args", words.join(" ")],
        ["rsync_short_args", "-aHAXS"],
        ["rsync_long_args", "--delete --numeric-ids --relative --delete-excluded"],
        // The faster of its two ways.
        ["link_dest", "1"],
        // It drops the oldest when it begins the fourth.
        ["retain", "alpha", String(KEPT)],
        ["backup", `${login(setting)}:${setting.tree}/`, "host/"],
      ];
      writeFileSync(config, `${lines.map((words) => words.join("\t")).join("\n")}\n`);
    },
    backUp: async () => void (await runTool("rsnapshot", ["-c", config, "alpha"])),
    dropOldest: async () => {},
  };
}

function resticOf(setting: Setting, store: string): Contestant {
  let repository = "";
  const run = (...words: string[]) => {
    const server = [...sshWords(setting), login(setting), "/usr/lib/openssh/sftp-server"].join(" ");
    const to = ["-o", `sftp.command=${server}`, "-r", `sftp:${login(setting)}:${repository}`];
    const cache = ["--cache-dir", join(setting.folder, "restic-cache")];
    return runTool("restic", [...to, ...cache, ...words], {
      env: { RESTIC_PASSWORD: "of no use to anybody" },
    });
  };
  return {
    ...{ name: "restic", pulls: false, store, finish: null },
    async begin(round) {
      repository = join(store, String(round));
      await run("init");
    },
    backUp: async () => void (await run("backup", setting.tree)),
    dropOldest: async () => void (await run("forget", "--keep-last", String(KEPT), "--prune")),
  };
}

function borgOf(setting: Setting, store: string): Contestant {
  let repository = "";
  let made = 0;
  const run = (...words: string[]) =>
    runTool("borg", words, {
      env: {
        BORG_REPO: `ssh://${login(setting)}${repository}`,
        BORG_RSH: sshWords(setting).join(" "),
        BORG_BASE_DIR: join(setting.folder, "borg"),
        BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
      },
    });
  return {
    ...{ name: "borg", pulls: false, store, finish: null },
    async begin(round) {
      repository = join(store, String(round));
      made = 0;
      await run("init", "--encryption", "none");
    },
    async backUp() {
      made++;
      await run("create", `::${made}`, setting.tree);
    },
    async dropOldest() {
      await run("prune", "--keep-last", String(KEPT));
      await run("compact");
    },
  };
}
