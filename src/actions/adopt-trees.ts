// Keeping the history of another tool: its trees become snapshots of a host, where they lie or moved into the backup root.
import { createHash } from "node:crypto";
import { countText } from "../domain/count-text.ts";
import { type FoundSnapshot, foundSnapshot, type RefusedEntry } from "../domain/discovery.ts";
import { ADOPT_TOOLS, type AdoptTool, type ForeignTree } from "../domain/foreign-history.ts";
import type { Host } from "../domain/host.ts";
import { configurationOf } from "../domain/host-configuration.ts";
import { parseAbsolutePath } from "../domain/path-input.ts";
import { badInput } from "../domain/problem.ts";
import type { AdoptOrder } from "../domain/run-task.ts";
import { parseTimeZone } from "../domain/settings.ts";
import { snapshotName } from "../domain/snapshot.ts";
import { METADATA_VERSION, metadataText } from "../domain/snapshot-metadata.ts";
import { findHost } from "../store/hosts.ts";
import {
  adoptableFolder,
  adoptedFacts,
  adoptTree,
  CANNOT_MOVE,
  canMove,
  unfinishedAdoptions,
} from "../system/adopted-tree.ts";
import { findForeignTrees } from "../system/foreign-trees.ts";
import { hostFolders } from "../system/snapshot-scan.ts";
import { readMetadata } from "../system/snapshot-tree.ts";
import { whereaboutsOf } from "../system/trash.ts";
import type { App } from "./app.ts";
import type { RunControl } from "./keep-lease.ts";

/** A tree that becomes a snapshot, and the name that it gets. The same tree always gets the same one. */
interface Adoption {
  readonly name: string;
  readonly tree: ForeignTree;
}

export interface AdoptionPlan {
  readonly order: AdoptOrder & { readonly tool: AdoptTool };
  readonly adopt: readonly Adoption[];
  /** How many are snapshots already. */
  readonly known: number;
  readonly refused: readonly RefusedEntry[];
}

/** Reads what was typed; refuses with `bad_input`. The folder becomes its real path. */
async function checkedOrder(app: App, root: string, order: AdoptOrder): Promise<AdoptionPlan["order"]> {
  const tool = ADOPT_TOOLS.find((known) => known === order.tool);
  if (tool === undefined)
    throw badInput("The tool", order.tool, `is not known. There are: ${ADOPT_TOOLS.join(", ")}.`);
  const { hostPath } = order;
  const isHost = async (name: string): Promise<boolean> =>
    (await findHost(app.db, name)) !== null || (await hostFolders(root)).includes(name);
  return {
    ...order,
    tool,
    dir: await adoptableFolder(order.dir, root, isHost),
    hostPath: hostPath === null ? null : parseAbsolutePath("The path on the host", hostPath),
    timeZone: parseTimeZone(order.timeZone),
  };
}

/** What an adoption would do. Only looks. */
export async function planAdoption(
  app: App,
  root: string,
  host: Host,
  given: AdoptOrder,
): Promise<AdoptionPlan> {
  const order = await checkedOrder(app, root, given);
  const { trees, refused } = await findForeignTrees({ ...order, host: host.name }, app.clock);
  if (trees.length + refused.length === 0)
    throw badInput("The folder", order.dir, "is empty: there is nothing to adopt.");
  const unfinished = await unfinishedAdoptions(root, host.name);
  const adopt: Adoption[] = [];
  let known = 0;
  for (const tree of trees) {
    const { startedAt, kind, path } = tree;
    const suffix = createHash("sha256").update(path).digest("hex").slice(0, 6);
    const name = snapshotName({ startedAt, kind, suffix });
    const why = adopt.some((other) => other.name === name)
      ? "has the same time and nearly the same path as another one"
      : unfinished.includes(name)
        ? "is being adopted, and somebody has to look at what an earlier attempt left"
        : await whyNot(root, host.name, name, tree, order.move);
    if (why === "known") known += 1;
    else if (why === null) adopt.push({ name, tree });
    else refused.push({ path, why });
  }
  return { order, adopt, known, refused };
}

async function whyNot(
  root: string,
  host: string,
  name: string,
  { path }: ForeignTree,
  move: boolean,
): Promise<string | "known" | null> {
  const where = await whereaboutsOf(root, host, name);
  switch (where) {
    case "nowhere":
      return move && !(await canMove(root, path)) ? CANNOT_MOVE : null;
    case "snapshots": {
      const metadata = await readMetadata(root, host, name);
      const isInPlace =
        metadata !== null && typeof metadata !== "string" && metadata.adopted?.moved === false;
      return move && isInPlace ? `is adopted where it lies already, as ${name}, and stays there` : "known";
    }
    case "trash":
    case "doomed":
      return `was adopted as ${name}, which is on its way out`;
    default:
      return where satisfies never;
  }
}

/** What the trees of a plan would be as snapshots. */
export async function awaitedSnapshots(host: Host, { order, adopt }: AdoptionPlan): Promise<FoundSnapshot[]> {
  const found = await Promise.all(adopt.map((adoption) => metadataOf(host, order, adoption)));
  return found.map((metadata) => foundSnapshot(metadata.name, { ...metadata, pin: null }));
}

async function metadataOf(host: Host, order: AdoptionPlan["order"], { name, tree }: Adoption) {
  const { kind, status, startedAt, finishedAt } = tree;
  return {
    ...{ version: METADATA_VERSION, host: host.name, name, kind, status, startedAt, finishedAt },
    ...{ runId: null, base: null, sources: null, stats: null, warnings: [], logTellsAll: false },
    configuration: configurationOf(host),
    adopted: await adoptedFacts(tree, order.dir, order.tool, order.move),
    fakeSuper: false,
  };
}

/** Makes snapshots of all trees, oldest first. They are recorded like others that lie on the disk. Returns what was refused. */
export async function adoptTrees(
  app: App,
  root: string,
  host: Host,
  given: AdoptOrder,
  control: RunControl,
): Promise<RefusedEntry[]> {
  const plan = await planAdoption(app, root, host, given);
  const refused = [...plan.refused];
  let adopted = 0;
  for (const adoption of plan.adopt) {
    control.stop.throwIfAborted();
    const { name, tree } = adoption;
    const metadata = await metadataOf(host, plan.order, adoption);
    const text = metadataText(metadata, app.version);
    const why = await adoptTree(root, host.name, name, metadata.adopted, text, control.requireLease);
    if (why === null) adopted += 1;
    else refused.push({ path: tree.path, why });
  }
  control.note(`${countText(adopted, "tree")} adopted from ${plan.order.dir}`);
  return refused;
}
