// Snapshots of other hosts in which files that a host has to send are likely to be already; only where a person has declared that
// these hosts trust each other.
import { isMild } from "../domain/anomaly.ts";
import type { Host } from "../domain/host.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { SIBLINGS_MAX, whyNoSiblings } from "../domain/trust-group.ts";
import { listHostsHere } from "../store/hosts.ts";
import { listSnapshots, newestSuccesses } from "../store/snapshots.ts";
import { folderExists } from "../system/folder.ts";
import type { ProbeAnswer } from "../system/probe.ts";
import type { RunLog } from "../system/run-log.ts";
import type { Sandbox } from "../system/sandbox.ts";
import { dataFolder, type Workplace } from "../system/snapshot-tree.ts";
import { isSubvolume } from "../system/subvolume.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import type { Sibling, Siblings } from "./reception.ts";

interface Receiving extends HostContext {
  readonly root: string;
  /** Of the host. */
  readonly answer: Pick<ProbeAnswer, "protocol">;
  readonly fakeSuper: boolean;
  readonly workplace: Workplace;
  readonly log: RunLog;
  readonly control: Pick<RunControl, "note">;
}

/** The newest good snapshots of other hosts of the host's trust group. The run's log names them, or says why there are none. */
export async function findSiblings(
  app: App,
  receiving: Receiving,
  sandbox: Sandbox | null,
): Promise<Siblings> {
  const { host, effective, answer, workplace, log, control } = receiving;
  const group = effective.values.trustGroup;
  const write = (text: string): void => void log.writeImportant(`! ${text}\n`);
  const note = (text: string): void => control.note(`${text}.`);
  if (group === null) return { trees: [], note };
  const whyNot = whyNoSiblings({
    transport: host.transport,
    sandbox: sandbox?.kind ?? null,
    protocol: answer.protocol,
    rsyncArgs: effective.values.rsyncArgs,
    beginsAsSubvolume: !workplace.beganAsCopy && (await isSubvolume(workplace.data)),
  });
  if (whyNot !== null) write(`Snapshots of the trust group ${group} are not used: ${whyNot}`);
  const found = whyNot === null ? await treesOf(app, receiving, group) : [];
  if (found.length > 0) {
    const names = found.map((tree) => `${tree.host} (${tree.snapshot})`).join(", ");
    write(`What is new is looked for in snapshots of the trust group ${group}: ${names}`);
  } else if (whyNot === null) write(`No other host of the trust group ${group} has a snapshot to look into`);
  return { trees: found, note };
}

type Found = Sibling & { readonly snapshot: string };

/** Whoever has the newest snapshot comes first. */
async function treesOf(app: App, { host, root, fakeSuper }: Receiving, group: string): Promise<Found[]> {
  const others = (await listHostsHere(app)).filter(
    ({ id, settings }) => id !== host.id && settings.trustGroup === group,
  );
  const newest = await newestSuccesses(
    app.db,
    others.map(({ id }) => id),
  );
  const at = ({ id }: Host): number => newest.get(id)?.getTime() ?? 0;
  const found: Found[] = [];
  for (const other of others.filter(({ id }) => newest.has(id)).sort((a, b) => at(b) - at(a))) {
    const tree = await newestGood(app, root, other, fakeSuper);
    if (tree !== null) found.push(tree);
    if (found.length === SIBLINGS_MAX) break;
  }
  return found;
}

async function newestGood(app: App, root: string, host: Host, fakeSuper: boolean): Promise<Found | null> {
  for (const snapshot of await listSnapshots(app.db, { hostId: host.id, states: ["complete"] })) {
    const data = dataFolder(root, host.name, snapshot.name);
    if (snapshot.fakeSuper === fakeSuper && isSound(snapshot) && (await folderExists(data)))
      return { host: host.name, snapshot: snapshot.name, data };
  }
  return null;
}

/** A damaged or encrypted file would only be compared in vain; and another tool may still write in a tree of its own. */
const isSound = ({ adoptedFrom, verifyResult, anomaly, anomalyVerdict }: Snapshot): boolean =>
  adoptedFrom === null &&
  verifyResult !== "damaged" &&
  (anomaly === null || isMild(anomaly) || anomalyVerdict?.verdict === "dismissed");
