// Whether a host may be kept on another backup server from now on: only when nothing of its history stays behind.
import { countText } from "../domain/count-text.ts";
import type { Host } from "../domain/host.ts";
import { Problem } from "../domain/problem.ts";
import { listNodes } from "../store/site.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { folderExists } from "../system/folder.ts";
import { dataFolder, hostFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { requireSite, rootHere } from "./host-context.ts";

/**
 * A host without snapshots may go anywhere. One with snapshots is moved by copying its folder and saying so on the server that
 * has it then, because only that one can see that all of them arrived.
 *
 * Refuses with `bad_input`, `root_not_mounted` or `not_configured`.
 */
export async function requireMovable(app: App, host: Host, node: string): Promise<void> {
  const snapshots = await listSnapshots(app.db, { hostId: host.id, states: ["complete", "removing"] });
  if (snapshots.length === 0) return;
  const nodes = await listNodes(app.db);
  const folderOn = (name: string): string =>
    hostFolder(nodes.find((one) => one.name === name)?.backupRoot ?? "ROOT", host.name);
  const count = countText(snapshots.length, "snapshot");
  const copy = `rsync -aHAXS --numeric-ids ${folderOn(host.node)}/ ADDRESS:${folderOn(node)}/`;
  if (node !== app.node)
    throw new Problem("bad_input", `${host.name} has ${count} on the backup server ${host.node}.`, {
      hint: `Copy them first, from there: ${copy} Then say this on ${node} itself, which looks whether all have arrived.`,
    });
  const root = await rootHere(await requireSite(app));
  const lost: string[] = [];
  for (const { name } of snapshots)
    if (!(await folderExists(dataFolder(root, host.name, name)))) lost.push(name);
  if (lost.length === 0) return;
  throw new Problem(
    "bad_input",
    `${lost.length} of the ${count} of ${host.name} are not in ${hostFolder(root, host.name)}.`,
    { hint: `Copy them first, from ${host.node}: ${copy}`, detail: lost.join("\n") },
  );
}
