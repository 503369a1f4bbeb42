// Everything that a restore needs before a byte moves: the tree, the place, the way there. Nothing is changed by it.
import { rateAt } from "../domain/bandwidth.ts";
import { USUAL_EXCLUDES } from "../domain/effective-settings.ts";
import { Problem } from "../domain/problem.ts";
import { placeOf, type RestoreOrder, type RestorePlace } from "../domain/restore.ts";
import {
  type Delivery,
  type Entry,
  outermost,
  patternBelow,
  renamedDelivery,
  rootedDeliveries,
} from "../domain/restore-plan.ts";
import { ownerWarnings, type RestoreWriter } from "../domain/restore-warnings.ts";
import { shellWord } from "../domain/shell-word.ts";
import type { SnapshotMetadata } from "../domain/snapshot-metadata.ts";
import { findSnapshot } from "../store/snapshots.ts";
import { whyNotAdopted } from "../system/adopted-tree.ts";
import { readingProblem } from "../system/disk-problem.ts";
import type { RestorePass, RestoreRequest } from "../system/restore-args.ts";
import { isEmptyPlace } from "../system/restore-place.ts";
import { isInTree, topOf } from "../system/restore-source.ts";
import type { RestoreBox } from "../system/restore-transfer.ts";
import { dataFolder, readMetadata, snapshotFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { guardedBelow, requireOutside } from "./guarded-places.ts";
import { type HostContext, hostContext, rootHere } from "./host-context.ts";
import { asWriter } from "./identities.ts";
import { boxFor, lookAtPlace } from "./look-at-place.ts";
import { type Contact, type ReachedHost, reachHost, thisMachine } from "./reach-host.ts";

export interface ReadyRestore {
  readonly order: RestoreOrder;
  readonly place: RestorePlace;
  readonly snapshotId: number;
  readonly data: string;
  readonly deliveries: readonly {
    readonly delivery: Delivery;
    readonly request: Omit<RestoreRequest, keyof RestorePass>;
  }[];
  /** The folder on this server that may have to be made; null for every other target. */
  readonly localFolder: string | null;
  /** Nothing is at the place yet. */
  readonly isNew: boolean;
  /** In what rsync runs; null: there is no sandbox, or rsync has to see more. */
  readonly box: RestoreBox | null;
  readonly targetHost: HostContext | null;
  readonly reached: ReachedHost;
  readonly stallTimeoutSeconds: number;
  readonly warnings: readonly Problem[];
}

/**
 * Looks at the snapshot and at the place. Whoever calls closes `reached`.
 *
 * Refuses with `not_found`, `bad_input`, `snapshots_missing`, or the Problem for which a host cannot be reached.
 */
export async function prepareRestore(
  app: App,
  context: HostContext,
  order: RestoreOrder,
  contact: Contact,
): Promise<ReadyRestore> {
  const { host, site } = context;
  const root = await rootHere(site);
  const unread = (error: unknown): never => {
    const hint = `Look at the backup disk (dmesg, smartctl), or take another one: pobsync snapshots ${host.name}`;
    throw readingProblem(error, snapshotFolder(root, host.name, order.snapshot), hint);
  };
  const tree = await treeOf(app, root, context, order).catch(unread);
  const entries = await entriesOf(tree, host.name, order).catch(unread);
  const { target } = order;
  const named =
    target.to === "folder"
      ? null
      : target.to === "in-place" || target.host === host.name
        ? context
        : await hostContext(app, target.host);
  const targetHost = named === null ? null : await asWriter(app, named);
  const reached = await reach(app, targetHost, contact);
  try {
    const isHere = reached.origin.transport === "local";
    const dir = target.to === "in-place" ? null : target.dir;
    const standing = await lookAtPlace(targetHost, reached, order.path, entries, dir);
    const deliveries =
      dir !== null && order.path !== "/"
        ? entries.map((entry) => renamedDelivery(entry, dir))
        : rootedDeliveries(entries, dir ?? "/", standing.below, tree.isGenuine);
    const isGuarded = isHere
      ? await requireOutside(app, root, deliveries, entries, order.delete, dir !== null && order.path !== "/")
      : [];
    const { values } = (targetHost ?? context).effective;
    const isNew = dir !== null && (isHere ? await isEmptyPlace(dir) : standing.isMissing);
    return {
      ...{ order, place: placeOf(host.name, order), snapshotId: tree.snapshotId, data: tree.data },
      deliveries: await Promise.all(
        deliveries.map(async (delivery) => ({
          delivery,
          request: {
            ...{ source: tree.data, destination: reached.origin, remoteRsync: values.remoteRsync },
            ...{ base: delivery.base, delete: order.delete },
            bwlimit: isHere ? 0 : rateAt(values, app.clock()),
            ...{ asRoot: process.getuid?.() === 0, makeBase: !isHere && standing.isDeep },
            decoding: tree.fakeSuper ? ("given" as const) : ("none" as const),
            keep: neverBackedUp(context, tree.metadata).flatMap(
              (pattern) => patternBelow(pattern, delivery.anchor) ?? [],
            ),
            leaveAlone: await guardedBelow(isGuarded, delivery.base),
            oneFileSystem: staysOnOneFileSystem(context, tree.metadata),
            sandboxed: null,
          },
        })),
      ),
      localFolder: isHere ? dir : null,
      ...{ isNew, box: (isNew || !isHere) && tree.ourLink === null ? await boxFor(context) : null },
      ...{ targetHost: isHere ? null : targetHost, reached },
      stallTimeoutSeconds: values.stallTimeoutSeconds,
      warnings: ownerWarnings(writerOf(targetHost, isHere), tree.fakeSuper),
    };
  } catch (error) {
    await reached.close();
    throw error;
  }
}

interface Tree {
  readonly data: string;
  readonly snapshotId: number;
  readonly fakeSuper: boolean;
  readonly metadata: SnapshotMetadata | null;
  /** Where in the tree a link of ours stands for it; `/` is the tree itself. Null: there is none. */
  readonly ourLink: string | null;
  readonly isGenuine: (path: string) => boolean;
}

async function treeOf(app: App, root: string, { host }: HostContext, order: RestoreOrder): Promise<Tree> {
  const snapshot = await findSnapshot(app.db, host.id, order.snapshot);
  if (snapshot === null || snapshot.state !== "complete")
    throw new Problem("not_found", `${host.name} has no complete snapshot ${order.snapshot}.`, {
      hint: `pobsync snapshots ${host.name} lists what is there.`,
    });
  const onDisk = { hint: `What lies there: pobsync discover-snapshots --host ${host.name}` };
  const found = await readMetadata(root, host.name, snapshot.name);
  if (found === null)
    throw new Problem("snapshots_missing", `${snapshot.name} of ${host.name} is not on disk.`, onDisk);
  const metadata = typeof found === "string" ? null : found;
  const data = dataFolder(root, host.name, snapshot.name);
  const adopted = metadata?.adopted ?? null;
  if (metadata !== null && adopted !== null && !adopted.moved) {
    const why = await whyNotAdopted(data, adopted, metadata.startedAt);
    if (why !== null)
      throw new Problem("snapshots_missing", `${snapshot.name} of ${host.name} ${why}.`, onDisk);
  }
  return {
    ...{ data, snapshotId: snapshot.id, fakeSuper: snapshot.fakeSuper, metadata },
    ourLink: adopted === null || adopted.moved ? null : adopted.hostPath,
    // Above what was adopted there are only folders that we made to hold it.
    isGenuine: (path) =>
      adopted === null || adopted.hostPath === "/" || `${path}/`.startsWith(`${adopted.hostPath}/`),
  };
}

/** What is sent. `/` is the tree with its own root only where that was backed up; else it is what was. */
async function entriesOf(
  { data, metadata, ourLink }: Tree,
  host: string,
  { path, snapshot }: RestoreOrder,
): Promise<Entry[]> {
  const asEntry = (entry: string): Entry => ({ path: entry, isOurLink: entry === ourLink });
  if (path !== "/") {
    if (await isInTree(data, path, ourLink)) return [asEntry(path)];
    throw new Problem("not_found", `${snapshot} of ${host} has nothing at ${path}.`, {
      hint: `When it was there: pobsync versions ${shellWord(`${host}:${path}`)}`,
    });
  }
  const adopted = metadata?.adopted ?? null;
  const wanted =
    adopted !== null && adopted.hostPath !== "/" ? [adopted.hostPath] : (metadata?.sources ?? []);
  if (adopted === null && wanted.includes("/")) return [asEntry("/")];
  const sources = adopted !== null && adopted.hostPath === "/" ? [] : outermost(wanted);
  const there: Entry[] = [];
  for (const source of sources.length > 0 ? sources : await topOf(data))
    if (await isInTree(data, source, ourLink)) there.push(asEntry(source));
  if (there.length === 0) throw new Problem("not_found", `That snapshot of ${host} is empty.`);
  return there;
}

async function reach(app: App, target: HostContext | null, contact: Contact): Promise<ReachedHost> {
  if (target !== null) return reachHost(app, target, contact);
  return thisMachine(contact.stop);
}

/** What a snapshot never has, although the host may have it: nothing of it is deleted for not being there. */
function neverBackedUp({ effective }: HostContext, metadata: SnapshotMetadata | null): string[] {
  const then = metadata?.configuration?.settings.excludes ?? [];
  const usual = metadata?.sources?.includes("/") === true ? USUAL_EXCLUDES : [];
  return [...new Set([...effective.values.excludes, ...then, ...usual])];
}

const staysOnOneFileSystem = ({ effective }: HostContext, metadata: SnapshotMetadata | null): boolean =>
  effective.values.oneFileSystem || metadata?.configuration?.settings.oneFileSystem === true;

const writerOf = (target: HostContext | null, isHere: boolean): RestoreWriter => {
  const { sshUser = "", remoteRsync = "" } = target?.effective.values ?? {};
  return isHere || target === null
    ? { host: null, isRoot: process.getuid?.() === 0 }
    : { host: target.host.name, user: sshUser, isRoot: sshUser === "root" || remoteRsync !== "rsync" };
};
