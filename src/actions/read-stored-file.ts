// Reading a file out of a snapshot, from the disk itself: no catalog is needed for it.
import { posix } from "node:path";
import type { Readable } from "node:stream";
import type { EntryType } from "../domain/entry.ts";
import { bytesBelowRoot, type HostPath } from "../domain/host-path.ts";
import { pathText } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import { shellWord } from "../domain/shell-word.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { chooseSnapshot } from "../domain/snapshot-choice.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { whyNotAdopted } from "../system/adopted-tree.ts";
import { requireRoot } from "../system/backup-root.ts";
import { folderExists } from "../system/folder.ts";
import { dataFolder, readMetadata } from "../system/snapshot-tree.ts";
import { openStored, type StoredThing } from "../system/stored-file.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";

export interface StoredFile {
  readonly snapshot: Snapshot;
  readonly size: number;
  /** To be read to its end, or destroyed. */
  readonly content: Readable;
}

/**
 * Opens a regular file of a snapshot.
 *
 * Refuses with `not_found`, with `bad_input` what is no regular file, with `snapshots_missing` when the snapshot is not on
 * disk.
 */
export async function readStoredFile(app: App, place: HostPath, snapshotGiven: string): Promise<StoredFile> {
  const { host, site, effective } = await hostContext(app, place.host);
  const root = await requireRoot(site.backupRoot, site.rootId);
  const complete = await listSnapshots(app.db, { hostId: host.id, states: ["complete"] });
  const snapshot = chooseSnapshot(host.name, complete, snapshotGiven, effective.values.timeZone);
  const { tree, path, above } = await placeOnDisk(root, snapshot, place.path);
  const found = await openStored(tree, Buffer.from(bytesBelowRoot(path)));
  switch (found.kind) {
    case "file":
      return { snapshot, size: found.size, content: found.content };
    case "missing":
      throw new Problem("not_found", `${snapshot.name} of ${host.name} has nothing at ${place.path}.`, {
        hint: `When it was there: pobsync versions ${shellWord(`${host.name}:${place.path}`)}`,
      });
    case "other":
      throw notReadable(place, snapshot, found, `${above}/${pathText(found.path)}`.replace(/(?<=.)\/$/, ""));
    default:
      return found satisfies never;
  }
}

interface PlaceOnDisk {
  readonly tree: string;
  /** Of the file, below the tree, as text with a slash before it. */
  readonly path: string;
  /** The host's path of the tree itself, without a slash at its end. */
  readonly above: string;
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
  const isLinked = adopted !== null && !adopted.moved;
  const why = isLinked
    ? await whyNotAdopted(data, adopted, startedAt)
    : (await folderExists(data))
      ? null
      : "is not on disk";
  if (why !== null)
    throw new Problem("snapshots_missing", `${name} of ${host} ${why}.`, {
      hint: `What lies there: pobsync discover-snapshots --host ${host}`,
    });
  const own = { tree: data, path, above: "" };
  if (!isLinked) return own;
  const above = adopted.hostPath === "/" ? "" : adopted.hostPath;
  if (!`${path}/`.startsWith(`${above}/`)) return own;
  return { tree: adopted.path, path: path.slice(above.length), above };
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

type Other = Extract<StoredThing, { kind: "other" }>;

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
      ? `Links are not followed. Where it points: ${command("cat", targetOf(path, target) + place.path.slice(path.length))}`
      : `What is known of it: ${command("ls", path)}`;
  return new Problem("bad_input", `${path} is ${WHAT[type]}${to} in ${name} of ${host}.`, { hint });
}

/** Where a link points, as an absolute path. */
const targetOf = (link: string, target: Buffer): string =>
  posix.resolve(posix.dirname(link), pathText(target));
