// Making hosts anew from what their snapshots say, after the database was lost.
import type { RefusedEntry } from "../domain/discovery.ts";
import { parseAddress, parseHostName } from "../domain/host-address.ts";
import type { HostConfiguration } from "../domain/host-configuration.ts";
import { Problem } from "../domain/problem.ts";
import type { SnapshotMetadata } from "../domain/snapshot-metadata.ts";
import { insertHost, listHosts } from "../store/hosts.ts";
import { hostFolders, scanSnapshots } from "../system/snapshot-scan.ts";
import { hostFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { asOne, recordAudit } from "./audit.ts";
import { placeWindows } from "./place-windows.ts";

/** A host that SQL does not know and that has snapshots on disk. */
export interface UnknownHost {
  readonly name: string;
  /** The snapshot that says how it was configured, or the newest one. */
  readonly from: string;
  /** Null: no snapshot says how the host was reached. */
  readonly configuration: HostConfiguration | null;
}

/** Folders below the root that no host has, and those among them that can be no host's, with the reason. */
export async function unknownHosts(
  app: App,
  root: string,
  only: string | null,
): Promise<{ hosts: UnknownHost[]; refused: RefusedEntry[] }> {
  const known = new Set((await listHosts(app.db)).map(({ name }) => name));
  const hosts: UnknownHost[] = [];
  const refused: RefusedEntry[] = [];
  for (const name of await hostFolders(root)) {
    if (known.has(name) || (only !== null && name !== only)) continue;
    const path = hostFolder(root, name);
    if (!isHostName(name)) {
      refused.push({ path, why: "has snapshots, but no host can have such a name" });
      continue;
    }
    const { host, others } = await hostIn(root, name);
    if (host !== null) hosts.push(host);
    else if (others.length > 0)
      refused.push({ path, why: "has no snapshot of a host of that name" }, ...others);
  }
  return { hosts, refused };
}

/** The newest snapshot that tells it makes the host; older versions of pobsync did not write it down. */
async function hostIn(
  root: string,
  name: string,
): Promise<{ host: UnknownHost | null; others: RefusedEntry[] }> {
  const others: RefusedEntry[] = [];
  let best: { name: string; metadata: SnapshotMetadata } | null = null;
  for await (const entry of scanSnapshots(root, name)) {
    if (!("metadata" in entry)) others.push({ path: entry.path, why: entry.why });
    else if (best === null || isBetter(entry.metadata, best.metadata)) best = entry;
  }
  return {
    host: best === null ? null : { name, from: best.name, configuration: best.metadata.configuration },
    others,
  };
}

function isBetter(one: SnapshotMetadata, other: SnapshotMetadata): boolean {
  const [oneTells, otherTells] = [one.configuration !== null, other.configuration !== null];
  return oneTells === otherTells ? one.startedAt > other.startedAt : oneTells;
}

function isHostName(name: string): boolean {
  try {
    return parseHostName(name) === name;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** Writes it with its host keys in one step: a key that was pinned is never simply trusted anew. */
export async function rebuildHost(app: App, { name, from, configuration }: UnknownHost): Promise<void> {
  // Nobody knows whether the name leads to the right machine, so nothing is fetched from there before a person has looked.
  const guessed = { address: addressFrom(name), transport: "ssh", enabled: false, settings: {} } as const;
  await asOne(app, async (tx) => {
    await insertHost(tx.db, name, { ...(configuration ?? guessed), node: app.node }, tx.clock());
    await placeWindows(tx, name);
    const detail = { madeFrom: from, knowsHowItWasReached: configuration !== null };
    await recordAudit(tx, { action: "host.created", subjectKind: "host", subject: name, detail });
  });
}

function addressFrom(name: string): string {
  try {
    return parseAddress(name);
  } catch (error) {
    if (error instanceof Problem) return "unknown.invalid";
    throw error;
  }
}
