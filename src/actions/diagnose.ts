// The doctor: what is wrong with this installation, and the command that repairs it.

import { join } from "node:path";
import { countText } from "../domain/count-text.ts";
import { copyTime, isCopyMissed } from "../domain/database-copies.ts";
import { IN_ATTRIBUTES } from "../domain/fake-super.ts";
import { asProblem, factsOf, Problem, type ProblemFacts } from "../domain/problem.ts";
import { rootAdvice } from "../domain/root-advice.ts";
import { NO_TABLES } from "../store/database.ts";
import { type HeldRun, listHeldRuns } from "../store/held-runs.ts";
import { listHosts } from "../store/hosts.ts";
import { countOpenRuns } from "../store/runs.ts";
import { listSchedules } from "../store/schedules.ts";
import { findSite } from "../store/site.ts";
import { requireAttributes } from "../system/attribute-support.ts";
import { readMarker, requireRoom } from "../system/backup-root.ts";
import { whyNoSubvolumesIn } from "../system/begin-tree.ts";
import { copiesFolder, listCopies } from "../system/database-copies.ts";
import { findInstallation, type Installation } from "../system/installation.ts";
import { askLocalRsync } from "../system/local-rsync.ts";
import { livenessOf } from "../system/process-identity.ts";
import { runProgramWithin } from "../system/program.ts";
import { rootExposure } from "../system/root-exposure.ts";
import { isOnBtrfs } from "../system/subvolume.ts";
import type { App } from "./app.ts";
import { rootHere } from "./host-context.ts";
import { describeKeys } from "./look-at-keys.ts";
import { nobodyWorks } from "./nobody-works.ts";
import { whoIsAlive } from "./presence.ts";
import { findReceiver } from "./receive.ts";

export interface Finding {
  readonly what: string;
  readonly found: string | null;
  /** What would be better, where nothing is wrong. */
  readonly advice: string | null;
  readonly problem: ProblemFacts | null;
}

/** What a look comes to: a sentence, or one with something that would be better. */
type Look = string | { readonly found: string; readonly advice: string };

const ANSWER_WITHIN_MS = 10_000;

const WAYS: Readonly<Record<Installation, string>> = {
  container: "a container",
  debian: "the Debian package",
  npm: "an npm package",
  checkout: "a source tree",
};

/** How services are started that don't run, where that is not the usual way. */
const STARTING: Partial<Readonly<Record<Installation, string>>> = {
  container:
    "Start them: docker compose up --detach scheduler worker. See why they ended: docker compose logs scheduler worker",
  debian: "Start it: systemctl start pobsync. See why it ended: journalctl -u 'pobsync*'",
};

/** Everything that can be looked at without a host. `openApp` may fail: then the database is the last finding. */
export async function diagnose(openApp: () => Promise<App>): Promise<Finding[]> {
  const opening = openApp();
  const way = findInstallation(process.argv[1] ?? "");
  const findings = await Promise.all([
    look("installation", async () => WAYS[way]),
    look("Node", async () => process.versions.node),
    look("rsync", describeRsync),
    look("ssh client", describeSsh),
    look("user", async () => describeUser()),
    look("database", async () => `${(await opening.catch(adviseCopy)).db.dialect.name}, up to date`),
  ]);
  const app = await opening.catch(() => null);
  if (app === null) return findings;
  return [
    ...findings,
    ...(await Promise.all([
      look("backup root", () => describeRoot(app)),
      look("sandbox", () => describeSandbox(app)),
      look("sharing", () => describeSharing(app)),
      look("keys of hosts", () => describeKeys(app)),
      look("runs", () => describeRuns(app)),
      look("workers", () => describeWorkers(app, STARTING[way])),
      look("copy of the database", () => describeCopies(app)),
    ])),
  ];
}

async function look(what: string, work: () => Promise<Look>): Promise<Finding> {
  try {
    const seen = await work();
    const { found, advice } = typeof seen === "string" ? { found: seen, advice: null } : seen;
    return { what, found, advice, problem: null };
  } catch (error) {
    return { what, found: null, advice: null, problem: factsOf(asProblem(error)) };
  }
}

async function describeRsync(): Promise<string> {
  const abilities = await askLocalRsync();
  const notes = [
    abilities.xxh128 ? null : "without xxh128",
    abilities.confineRoot ? null : "without --confine-root",
  ].filter((note) => note !== null);
  const [, major = 0, minor = 0] = /^v?(\d+)\.(\d+)/.exec(abilities.version)?.map(Number) ?? [];
  if (major < 3 || (major === 3 && minor < 2))
    throw new Problem("rsync_missing", `rsync ${abilities.version} is too old.`, {
      hint: "Install rsync 3.2 or newer.",
    });
  return [abilities.version, ...notes].join(", ");
}

async function describeSsh(): Promise<string> {
  const { code, stderr } = await runProgramWithin(ANSWER_WITHIN_MS, ["ssh", "-V"]);
  if (code !== 0)
    throw new Problem("rsync_missing", "The ssh client cannot be started.", {
      hint: "apt install openssh-client",
    });
  return stderr.trim();
}

function describeUser(): string {
  const uid = process.getuid?.();
  return uid === 0 ? "root, owners are kept on the files themselves" : `number ${uid}, ${IN_ATTRIBUTES}`;
}

async function describeRoot(app: App): Promise<Look> {
  const site = await findSite(app);
  if (site === null) throw new Problem("not_configured", "There is no global configuration yet.");
  await rootHere(site);
  await requireRoom(site.backupRoot, site.minFreePercent);
  if (process.getuid?.() !== 0) await requireAttributes(site.backupRoot);
  const advice = rootAdvice(site.backupRoot, await rootExposure(site.backupRoot));
  return advice === null ? site.backupRoot : { found: site.backupRoot, advice };
}

async function describeSandbox(app: App): Promise<string> {
  const site = await findSite(app);
  if (site === null || (await readMarker(site.backupRoot)) !== site.rootId)
    return "not tried: the backup disk is not there";
  const { sandbox, whyNoSandbox } = await findReceiver(site.backupRoot, site.sandbox);
  if (sandbox === null) return `none: ${whyNoSandbox}`;
  return sandbox.kind === "landlock"
    ? "landlock: it keeps contents and keys out of reach, but not owners and modes, as bubblewrap does"
    : sandbox.kind;
}

/** How a new snapshot shares with the last one what did not change. */
async function describeSharing(app: App): Promise<string> {
  const site = await findSite(app);
  if (site === null || (await readMarker(site.backupRoot)) !== site.rootId)
    return "not tried: the backup disk is not there";
  if (!(await isOnBtrfs(site.backupRoot))) return "hard links";
  if (site.settings.btrfsSnapshots !== "auto") return "hard links: --btrfs-snapshots off";
  const whyNot = await whyNoSubvolumesIn(site.backupRoot);
  return whyNot === null ? "btrfs snapshots" : `hard links: ${whyNot}`;
}

async function describeRuns(app: App): Promise<string> {
  const isLost = ({ processIdentity, expired }: HeldRun): boolean =>
    processIdentity === null || expired || livenessOf(processIdentity) === "dead";
  const held = await listHeldRuns(app.db);
  const lost = held.filter(isLost);
  if (lost.length > 0)
    throw new Problem(
      "worker_lost",
      `The process that worked on ${lost.map(({ host }) => host).join(", ")} is gone; its run still stands as running.`,
      { hint: "The next worker settles it: pobsync worker, or pobsync up" },
    );
  return held.length === 0 ? "none is running" : `${held.length} running`;
}

async function describeWorkers(app: App, starting: string | undefined): Promise<string> {
  const alive = await whoIsAlive(app);
  const keepers = [
    ...new Set((await listHosts(app.db)).flatMap(({ enabled, node }) => (enabled ? [node] : []))),
  ];
  const schedules = (await listSchedules(app.db)).filter(({ enabled }) => enabled).length;
  const [missing] = nobodyWorks(alive, schedules, (await countOpenRuns(app.db)).queued, keepers);
  if (missing !== undefined)
    throw starting === undefined ? missing : new Problem(missing.code, missing.message, { hint: starting });
  const count = (wanted: string): number => alive.filter(({ role }) => role === wanted).length;
  return `${countText(count("worker"), "worker")}, ${countText(count("scheduler"), "scheduler")}`;
}

/** Whoever has lost a database looks for it here first. */
function adviseCopy(error: unknown): never {
  const problem = asProblem(error);
  if (problem.code !== "database_missing" && problem.message !== NO_TABLES) throw error;
  throw new Problem(problem.code, problem.message, {
    hint: `${problem.hint}. If there was one before, the backup disk has a copy of each night: pobsync loaddata ${copiesFolder("BACKUP_ROOT")}/NEWEST`,
    detail: problem.detail,
    cause: error,
  });
}

async function describeCopies(app: App): Promise<string> {
  const site = await findSite(app);
  if (site !== null && (await readMarker(site.backupRoot)) !== site.rootId)
    return "not looked for: the backup disk is not there";
  const [newest] = site === null ? [] : await listCopies(site.backupRoot);
  const madeAt = newest === undefined ? null : copyTime(newest);
  if (site === null || newest === undefined || madeAt === null)
    return "none yet: a worker makes one each night";
  const path = join(copiesFolder(site.backupRoot), newest);
  if (isCopyMissed(madeAt, app.clock()))
    throw new Problem("database_copy_old", `The newest copy of the database is ${path}.`);
  return path;
}
