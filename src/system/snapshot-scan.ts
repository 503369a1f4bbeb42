// Looking at what lies below a host's folder: snapshots of ours, and everything else with the reason why it is none.
import type { BigIntStats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { RefusedEntry } from "../domain/discovery.ts";
import { pathText } from "../domain/path-text.ts";
import { parseSnapshotName } from "../domain/snapshot.ts";
import { parseMetadata, type SnapshotMetadata } from "../domain/snapshot-metadata.ts";
import { whyNotAdopted } from "./adopted-tree.ts";
import { readSmallFile } from "./read-small-file.ts";
import { hostFolder } from "./snapshot-tree.ts";
import { isSubvolumeHere } from "./subvolume.ts";

/** What lies at one place among the snapshots. */
export type ScannedEntry =
  | { readonly name: string; readonly metadata: SnapshotMetadata }
  | (RefusedEntry & {
      /** The snapshot whose place it takes; null when its name is not that of one. */
      readonly name: string | null;
      /** Whether a snapshot may lie there all the same, so that one on record must not be given up. */
      readonly unclear: boolean;
    });

/** Why nothing of a host can be looked at: what stands where its folders should be. Null: they are there, or nothing is. */
export async function whyNoSnapshots(root: string, host: string): Promise<RefusedEntry | null> {
  let device: bigint | null = null;
  for (const path of [hostFolder(root, host), join(hostFolder(root, host), "snapshots")]) {
    const facts = await factsAt(path);
    if (facts === null) return null;
    if (!facts.isDirectory()) return { path: pathText(Buffer.from(path)), why: whyNoFolder(facts) };
    if (device !== null && facts.dev !== device) return { path: pathText(Buffer.from(path)), why: MOUNTED };
    device = facts.dev;
  }
  return null;
}

/** Every entry among a host's snapshots, in the order of names. Follows no link and opens nothing but snapshot.json. */
export async function* scanSnapshots(root: string, host: string): AsyncGenerator<ScannedEntry> {
  const folder = join(hostFolder(root, host), "snapshots");
  const device = (await factsAt(folder))?.dev;
  const names = await readdir(folder, { encoding: "buffer" }).catch(ignoringAbsence);
  for (const bytes of (names ?? []).sort(Buffer.compare)) {
    const name = parseSnapshotName(bytes.toString("latin1")) === null ? null : bytes.toString("latin1");
    const path = pathText(Buffer.concat([Buffer.from(`${folder}/`), bytes]));
    if (name === null) {
      yield { name, path, why: "is not named like a snapshot", unclear: false };
      continue;
    }
    const found = await lookAt(join(folder, name), name, host, device);
    // Removed while we looked.
    if (found === null) continue;
    yield typeof found === "object" && "why" in found ? { name, path, ...found } : { name, metadata: found };
  }
}

type Refusal = { readonly why: string; readonly unclear: boolean };
const MOUNTED = "is another file system that is mounted there";

async function lookAt(
  path: string,
  name: string,
  host: string,
  device: bigint | undefined,
): Promise<SnapshotMetadata | Refusal | null> {
  const never = (why: string): Refusal => ({ why, unclear: false });
  const facts = await factsAt(path);
  if (facts === null) return null;
  if (!facts.isDirectory()) return never(whyNoFolder(facts));
  if (facts.dev !== device) return never(MOUNTED);
  const data = await factsAt(join(path, "data"));
  if (data === null) return never("has no data folder");
  const metadata = await readSelf(path);
  // Its tree is there, so somebody who mends snapshot.json has a snapshot again.
  if (typeof metadata === "string") return { why: metadata, unclear: true };
  if (metadata.host !== host) return never(`says that it is of the host ${quotedName(metadata.host)}`);
  if (metadata.name !== null && metadata.name !== name)
    return never(`says that it is the snapshot ${quotedName(metadata.name)}`);
  const { adopted } = metadata;
  if (adopted !== null && !adopted.moved) {
    const why = await whyNotAdopted(join(path, "data"), adopted, metadata.startedAt);
    return why === null ? metadata : never(why);
  }
  if (!data.isDirectory()) return never(`has a data that ${whyNoFolder(data)}`);
  // A subvolume of btrfs has a device number of its own.
  return data.dev === device || (await isSubvolumeHere(join(path, "data")))
    ? metadata
    : never("has a data on another file system that is mounted there");
}

async function readSelf(path: string): Promise<SnapshotMetadata | string> {
  const file = join(path, "snapshot.json");
  const text = await readSmallFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EACCES" || error.code === "EPERM") return null;
    throw error;
  });
  if (text === null)
    return (await factsAt(file)) === null
      ? "has no snapshot.json"
      : "has a snapshot.json that is no plain, readable file of a sensible size";
  const metadata = parseMetadata(text);
  return typeof metadata === "string" ? `has a snapshot.json that cannot be used: ${metadata}` : metadata;
}

/** Folders directly below the root that have snapshots, or could have: their names as path text, in order. */
export async function hostFolders(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(root, { encoding: "buffer" })).sort(Buffer.compare)) {
    const path = Buffer.concat([Buffer.from(`${root}/`), name]);
    const folders = [path, Buffer.concat([path, Buffer.from("/snapshots")])];
    const facts = await Promise.all(folders.map(factsAt));
    if (facts.every((each) => each?.isDirectory() === true)) found.push(pathText(name));
  }
  return found;
}

const factsAt = async (path: string | Buffer): Promise<BigIntStats | null> =>
  (await lstat(path, { bigint: true }).catch(ignoringAbsence)) ?? null;

const whyNoFolder = (facts: BigIntStats): string =>
  facts.isSymbolicLink() ? "is a link, and links are not followed" : "is not a folder";

const quotedName = (given: string): string => `"${pathText(Buffer.from(given.slice(0, 80)))}"`;

function ignoringAbsence(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  return undefined;
}
