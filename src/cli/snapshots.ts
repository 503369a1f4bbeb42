// pobsync snapshots: what there is, newest first.
import { hostContext, requireSite } from "../actions/host-context.ts";
import { snapshotPaths } from "../actions/snapshot-path.ts";
import { verdictText } from "../domain/anomaly.ts";
import { numberText } from "../domain/count-text.ts";
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { Trust } from "../domain/host.ts";
import { isOpenAnomaly } from "../domain/pruning-hold.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { snapshotJson } from "../shapes/shapes.ts";
import { listHosts } from "../store/hosts.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";
import { pinRemark, shortened } from "./pin-text.ts";
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
      // The end of a pin is shown as it was typed: in the time zone of the host's policy.
      const known = new Map(
        (await listHosts(opened.db)).map(({ id, settings, trust }) => {
          const { timeZone } = effectiveSettings(site.settings, settings).values;
          return [id, { timeZone, trust }];
        }),
      );
      const now = opened.clock();
      const pathOf = await snapshotPaths(opened);
      const items = snapshots.map((snapshot) => snapshotJson(snapshot, pathOf(snapshot)));
      output.result({ items, next: null }, () =>
        snapshots.length === 0
          ? `There are no snapshots yet. Make one: pobsync backup ${name ?? "HOST"}`
          : snapshotsTable(output, snapshots, (snapshot) =>
              remarks(output, snapshot, known.get(snapshot.hostId) ?? { timeZone: "UTC", trust: null }, now),
            ),
      );
    });
};

function snapshotsTable(
  output: Output,
  snapshots: readonly Snapshot[],
  remarksOn: (snapshot: Snapshot) => string,
): string {
  const rows = snapshots.map((snapshot) => [
    snapshot.host,
    snapshot.name,
    instantText(snapshot.startedAt),
    stateText(output, snapshot),
    snapshot.files === null ? "?" : numberText(snapshot.files),
    sizeText(snapshot.bytes),
    sizeText(snapshot.newBytes),
    remarksOn(snapshot),
  ]);
  return tableText(
    output,
    ["HOST", "SNAPSHOT", "STARTED", "STATUS", "ENTRIES", "SIZE", "NEW", ""],
    rows,
    [4, 5, 6],
  );
}

function stateText(output: Output, { state, status, trashUntil }: Snapshot): string {
  switch (state) {
    case "complete":
      return status === "succeeded" ? output.style("green", "✓ whole") : output.style("yellow", "! warnings");
    case "removing":
      return output.style("dim", trashUntil === null ? "– going" : "– in trash");
    case "removed":
      return output.style("dim", "– removed");
    case "missing":
      return output.style("red", "✗ missing");
    default:
      return state satisfies never;
  }
}

/** What else is to be known of it. It stands at the end of the line, where its length moves nothing. */
function remarks(
  output: Output,
  snapshot: Snapshot,
  { timeZone, trust }: { readonly timeZone: string; readonly trust: Trust | null },
  now: Date,
): string {
  const { state, trashUntil, removedAt, pin, adoptedFrom, anomaly, anomalyVerdict } = snapshot;
  const found: string[] = [];
  if (state === "removing")
    found.push(trashUntil === null ? "being removed" : `in the trash until ${instantText(trashUntil)}`);
  if (state === "removed" && removedAt !== null) found.push(`removed ${instantText(removedAt)}`);
  if (pin !== null) found.push(pinRemark(output, pin, timeZone, now));
  if (anomaly !== null) {
    const said = anomalyVerdict === null ? "" : ` (${shortened(verdictText(anomalyVerdict))})`;
    const text = `odd: ${shortened(anomaly)}${said}`;
    found.push(
      isOpenAnomaly(snapshot, trust) ? output.style("yellow", `! ${text}`) : output.style("dim", text),
    );
  }
  if (adoptedFrom !== null) found.push(`taken over from ${shortened(adoptedFrom)}`);
  return found.join("; ");
}
