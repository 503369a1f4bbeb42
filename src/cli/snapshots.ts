// pobsync snapshots: what there is, newest first.
import { hostContext, requireSite } from "../actions/host-context.ts";
import { snapshotPath } from "../actions/snapshot-path.ts";
import { numberText } from "../domain/count-text.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";
import { snapshotJson } from "./shapes.ts";
import { tableText } from "./table.ts";
import { instantText, sizeText } from "./words.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("[host]", "only of this host")
    .option("--all", "also those that were removed")
    .addHelpText(
      "after",
      helpEnd(["pobsync snapshots web1", "pobsync snapshots --json"], "0 done, 5 no such host, 6 not set up"),
    )
    .action(async (name: string | undefined, options: { all?: boolean }) => {
      const opened = await app();
      const site = await requireSite(opened);
      const snapshots = await listSnapshots(opened.db, {
        ...(name === undefined ? {} : { hostId: (await hostContext(opened, name)).host.id }),
        ...(options.all === true ? {} : { states: ["complete", "removing", "missing"] as const }),
      });
      const items = snapshots.map((snapshot) => snapshotJson(snapshot, snapshotPath(site, snapshot)));
      output.result({ items, next: null }, () =>
        snapshots.length === 0
          ? `There are no snapshots yet. Make one: pobsync backup ${name ?? "HOST"}`
          : snapshotsTable(output, snapshots),
      );
    });
};

function snapshotsTable(output: Output, snapshots: readonly Snapshot[]): string {
  const rows = snapshots.map((snapshot) => [
    snapshot.host,
    snapshot.name,
    instantText(snapshot.startedAt),
    snapshot.state === "complete" ? statusText(output, snapshot) : snapshot.state,
    snapshot.files === null ? "?" : numberText(snapshot.files),
    sizeText(snapshot.bytes),
    sizeText(snapshot.newBytes),
    snapshot.pin === null ? "" : `pinned: ${snapshot.pin.reason}`,
  ]);
  return tableText(
    output,
    ["HOST", "SNAPSHOT", "STARTED", "STATUS", "ENTRIES", "SIZE", "NEW", ""],
    rows,
    [4, 5, 6],
  );
}

const statusText = (output: Output, { status }: Snapshot): string =>
  status === "succeeded" ? output.style("green", "✓ whole") : output.style("yellow", "! warnings");
