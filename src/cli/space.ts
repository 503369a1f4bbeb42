// pobsync space: what takes the room on the backup disk.
import { type HostSpace, hostSpace, siteSpace } from "../actions/look-at-space.ts";
import { spaceJson } from "../shapes/space-shapes.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";
import { leftOut, NO_HOST, NO_SNAPSHOTS, WARNINGS } from "./page-options.ts";
import { tableText } from "./table.ts";
import { instantText, sizeText } from "./words.ts";

export const define: DefineCommand = (command, context) => {
  command
    .argument("[host]", "only of this host, snapshot by snapshot")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync space", "pobsync space web1"],
        "0 shown, 1 the disk is not mounted or fails, 3 a host could not be looked into, 5 no such host, or it has no snapshot, 6 not set up",
      )}\n\nBytes of the disk, not apparent sizes: a file that many snapshots share counts once. ADDED is what a snapshot was the\nfirst to have, ONLY HERE what deleting it alone would give back.`,
    );
  command.action((host: string | undefined) => (host === undefined ? site(context) : one(context, host)));
};

async function site({ app, output, stop, exit }: CommandContext): Promise<void> {
  const { hosts, skipped } = await siteSpace(await app(), { stop, onNote: output.note });
  const rows = hosts.map(({ host, storedBytes, addedLastWeek, addedLastMonth, snapshots }) => [
    ...[host, String(snapshots.length), sizeText(storedBytes)],
    ...[sizeText(addedLastWeek), sizeText(addedLastMonth)],
  ]);
  const nothing = skipped.length > 0 ? NO_HOST : NO_SNAPSHOTS;
  output.result(spaceJson(hosts, skipped), () =>
    rows.length === 0
      ? nothing
      : tableText(
          output,
          ["HOST", "SNAPSHOTS", "STORED", "ADDED IN 7 DAYS", "IN 30 DAYS"],
          rows,
          [1, 2, 3, 4],
        ),
  );
  for (const { host, problem } of skipped) output.warning(leftOut(host, problem));
  if (skipped.length > 0) exit(WARNINGS);
}

async function one({ app, output, stop }: CommandContext, name: string): Promise<void> {
  const space = await hostSpace(await app(), name, { stop, onNote: output.note });
  output.result(spaceJson([space]), () => hostText(output, space));
}

function hostText(output: Output, { host, storedBytes, snapshots }: HostSpace): string {
  const rows = snapshots.map(({ snapshot, record, addedBytes, onlyHereBytes }) => [
    ...[snapshot, instantText(record.startedAt), sizeText(record.bytes)],
    ...[sizeText(addedBytes), sizeText(onlyHereBytes)],
  ]);
  return [
    tableText(output, ["SNAPSHOT", "STARTED", "SIZE", "ADDED", "ONLY HERE"], rows, [2, 3, 4]),
    "",
    `${output.style("bold", host)} takes ${sizeText(storedBytes)} of the disk.`,
  ].join("\n");
}
