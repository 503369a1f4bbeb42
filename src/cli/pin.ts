// pobsync pin: keep a snapshot, whatever the rules say.
import { pinSnapshot } from "../actions/pin-snapshot.ts";
import { snapshotPath } from "../actions/snapshot-path.ts";
import { snapshotJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { pinNote, pinText } from "./pin-text.ts";

interface Options {
  readonly reason: string;
  readonly until?: string;
}

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<host>", "name of the host")
    .argument("<snapshot>", 'name of the snapshot, or "latest" for the newest one')
    .requiredOption("--reason <text>", "why it is kept, for whoever wonders later (200 characters)")
    .option("--until <date>", "keep it until then; without it, for ever")
    .addHelpText(
      "after",
      `${helpEnd(
        [
          'pobsync pin web1 latest --reason "before the migration" --until 90d',
          'pobsync pin web1 20261123T021500Z-scheduled-3fa9c1 --reason "state of the audit" --until 2027-01-31',
        ],
        "0 done, 1 the disk is not mounted or not written to, 2 refused input or on its way out, 5 no such host or snapshot, 6 not set up",
      )}\n\nA pinned snapshot is never removed by retention. --until is a day, and then lasts to the END of that day in the time\nzone of the host's policy (2027-01-31); a moment (2027-01-31T12:00Z; without Z in that time zone); or a duration from\nnow (90d, 2y). Pinning again replaces the reason and the end. pobsync unpin takes a pin off.`,
    )
    .action(async (host: string, name: string, { reason, until }: Options) => {
      const change = await pinSnapshot(
        await app(),
        host,
        name,
        until === undefined ? { reason } : { reason, until },
      );
      const { context, snapshot, before } = change;
      const { timeZone } = context.effective.values;
      output.result(snapshotJson(snapshot, snapshotPath(context.site, snapshot)), () => {
        // Somebody may have taken it off again at the same moment.
        const kept = snapshot.pin === null ? "not pinned" : `kept ${pinText(snapshot.pin, timeZone)}`;
        return [
          `${output.style("green", "✓")} ${output.style("bold", snapshot.host)}: ${snapshot.name} is ${kept}`,
          ...(before === null ? [] : [`  Before that it was kept ${pinText(before, timeZone)}`]),
          `  To end it: pobsync unpin ${snapshot.host} ${snapshot.name}`,
        ].join("\n");
      });
      const note = pinNote(change);
      if (note !== null) output.note(note);
    });
};
