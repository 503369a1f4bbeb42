// Where a restore goes: what stands there, and in what rsync may write to it.
import { badInput } from "../domain/problem.ts";
import { type Entry, foldersAbove, standingsOf } from "../domain/restore-plan.ts";
import { type ProbeWay, probeSources } from "../system/probe.ts";
import { lookAround } from "../system/restore-place.ts";
import type { RestoreBox } from "../system/restore-transfer.ts";
import type { HostContext } from "./host-context.ts";
import type { ReachedHost } from "./reach-host.ts";
import { findReceiver, type Receiver } from "./receive.ts";

/** What stands on the way; `below` by the path in the snapshot. `isDeep`: rsync cannot make the folder by itself. */
export async function lookAtPlace(
  target: HostContext | null,
  reached: ReachedHost,
  path: string,
  entries: readonly Entry[],
  dir: string | null,
) {
  const top = dir === null || dir === "/" ? "" : dir;
  const folders = path !== "/" && dir !== null ? [] : entries.flatMap((entry) => foldersAbove(entry.path));
  const way = [...new Set(folders)].sort();
  const toTop = top === "" ? [] : [...foldersAbove(top), top];
  const asked = [...toTop, ...way.map((folder) => `${top}${folder}`)];
  const found =
    asked.length === 0
      ? []
      : reached.origin.transport === "local" || target === null
        ? await lookAround(asked)
        : (await probeSources(await probeWay(target, reached), asked)).sources;
  const type = found.find((one) => one.path === top)?.type;
  if (type === "file" || type === "other") throw badInput("The folder", top, "is no folder.");
  const standings = standingsOf(found);
  const isMissing = standings.get(top) === "missing";
  return {
    below: new Map(way.map((folder) => [folder, standings.get(`${top}${folder}`) ?? "missing"])),
    isMissing,
    isDeep: isMissing && standings.get(toTop.at(-2) ?? "") === "missing",
  };
}

/**
 * Landlock would not keep attributes from being changed through a link, and rsync's own guards do. Whoever is not root has only their
 * own user and group in a namespace, so other groups and access control lists would be lost.
 */
export async function boxFor({ site }: HostContext): Promise<RestoreBox | null> {
  if (process.getuid?.() !== 0) return null;
  const { rsync, sandbox } = await ownSandbox(site);
  return sandbox?.kind === "bubblewrap" ? { sandbox, insecureLinks: rsync.insecureLinks } : null;
}

/** A site that makes no backup without a sandbox still wants its files back. */
const ownSandbox = (site: HostContext["site"]): Promise<Receiver> =>
  findReceiver(site.backupRoot, site.sandbox === "off" ? "off" : "auto");

const probeWay = async (
  { effective, site }: HostContext,
  { origin, stop, connection }: ReachedHost,
): Promise<ProbeWay> => ({
  ...{ origin, stop, remoteRsync: effective.values.remoteRsync },
  sandbox: (await ownSandbox(site)).sandbox,
  broken: () => connection?.broken() ?? null,
});
