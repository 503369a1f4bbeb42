// Where on the disk a path of a snapshot lies, and what an error of reading it there means.
import type { EntryType } from "../domain/entry.ts";
import { behindLink, type HostPath } from "../domain/host-path.ts";
import { pathText } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import { shellWord } from "../domain/shell-word.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { chooseSnapshot } from "../domain/snapshot-choice.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { whyNotAdopted } from "../system/adopted-tree.ts";
import { readingProblem } from "../system/disk-problem.ts";
import { folderIdentity } from "../system/folder.ts";
import { dataFolder, readMetadata, snapshotFolder } from "../system/snapshot-tree.ts";
import type { NoFile } from "../system/stored-file.ts";
import type { App } from "./app.ts";
import { hostContext, rootHere } from "./host-context.ts";

/** A tree of another tool that a snapshot stands for, and the host's path that it is of. */
export interface LinkedTree {
  readonly tree: string;
  readonly hostPath: string;
}

interface PlaceOnDisk {
  readonly tree: string;
  /** Of what is meant, below the tree, as text with a slash before it; empty: the tree itself. */
  readonly path: string;
  /** The host's path of the tree itself, without a slash at its end. */
  readonly above: string;
  /** What the snapshot stands for, when the path lies above it: the program itself has put a link there. */
  readonly holds: LinkedTree | null;
  /** Refuses with `snapshots_missing` when the tree is not the one any more that it was. */
  readonly requireStill: () => Promise<void>;
}

export interface LocatedPath extends PlaceOnDisk {
  readonly snapshot: Snapshot;
  /** What an error of reading it means; one of anything else is left as it is. */
  readonly problemOf: (error: unknown) => unknown;
  /** What the snapshot has there that cannot be given, said to whoever asked. */
  readonly refusal: (found: NoFile) => Problem;
}

/** Refuses with `not_found`, `root_not_mounted`, `snapshots_missing`, or `content_unreadable`. */
export async function locatePath(app: App, place: HostPath, snapshotGiven: string): Promise<LocatedPath> {
  const { host, site, effective } = await hostContext(app, place.host);
  const root = await rootHere(site);
  const complete = await listSnapshots(app.db, { hostId: host.id, states: ["complete"] });
  const snapshot = chooseSnapshot(host.name, complete, snapshotGiven, effective.values.timeZone);
  const inVersions = `pobsync versions ${shellWord(`${host.name}:${place.path}`)}`;
  const unread = (where: string) => (error: unknown) =>
    readingProblem(
      error,
      where,
      `Look at the backup disk (dmesg, smartctl). Other versions of it: ${inVersions}`,
    );
  const problemOfFolder = unread(snapshotFolder(root, host.name, snapshot.name));
  const found = await placeOnDisk(root, snapshot, place.path).catch((error: unknown) => {
    throw problemOfFolder(error);
  });
  return {
    ...{ ...found, snapshot, problemOf: unread(`${found.tree}${found.path}`) },
    refusal: (thing) =>
      thing.kind === "missing"
        ? new Problem("not_found", `${snapshot.name} of ${host.name} has nothing at ${place.path}.`, {
            hint: `When it was there: ${inVersions}`,
          })
        : notReadable(
            place,
            snapshot,
            thing,
            `${found.above}/${pathText(thing.path)}`.replace(/(?<=.)\/$/, ""),
          ),
  };
}

/** Where a path lies: in the snapshot's own tree, or in that of another tool, to which the program itself has put a link. */
async function placeOnDisk(
  root: string,
  { host, name, startedAt }: Snapshot,
  path: string,
): Promise<PlaceOnDisk> {
  const data = dataFolder(root, host, name);
  const metadata = await readMetadata(root, host, name);
  const adopted = metadata === null || typeof metadata === "string" ? null : metadata.adopted;
  const linked = adopted !== null && !adopted.moved ? adopted : null;
  const identity = linked === null ? await folderIdentity(data) : null;
  const whyNot = async (): Promise<string | null> => {
    if (linked !== null) return whyNotAdopted(data, linked, startedAt);
    const now = await folderIdentity(data);
    return now !== null && now === identity ? null : "is not on disk";
  };
  const requireStill = async (): Promise<void> => {
    const why = await whyNot();
    if (why === null) return;
    throw new Problem("snapshots_missing", `${name} of ${host} ${why}.`, {
      hint: `What lies there: pobsync discover-snapshots --host ${host}`,
    });
  };
  await requireStill();
  if (linked === null) return { tree: data, path, above: "", holds: null, requireStill };
  const { hostPath, path: tree } = linked;
  const above = hostPath === "/" ? "" : hostPath;
  if (`${path}/`.startsWith(`${above}/`))
    return { tree, path: path.slice(above.length), above, holds: null, requireStill };
  const isAbove = path === "/" || hostPath.startsWith(`${path}/`);
  return { tree: data, path, above: "", holds: isAbove ? { tree, hostPath } : null, requireStill };
}

const WHAT: Readonly<Record<EntryType, string>> = {
  f: "a file, and has nothing below it",
  d: "a folder",
  l: "a symbolic link",
  b: "a block device",
  c: "a character device",
  p: "a pipe",
  s: "a socket",
};

type Other = Extract<NoFile, { kind: "other" }>;

/** `path` is that of the thing, as text. */
function notReadable(
  place: HostPath,
  { name, host }: Snapshot,
  { type, target }: Other,
  path: string,
): Problem {
  const to = target === null ? "" : ` to ${pathText(target)}`;
  const command = (verb: string, where: string): string =>
    `pobsync ${verb} ${shellWord(`${host}:${where}`)} --snapshot ${name}`;
  const hint =
    target !== null
      ? `Links are not followed. Where it points: ${command("cat", behindLink(path, pathText(target), place.path))}`
      : `What is known of it: ${command("ls", path)}`;
  return new Problem("bad_input", `${path} is ${WHAT[type]}${to} in ${name} of ${host}.`, { hint });
}
