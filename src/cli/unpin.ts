// pobsync unpin: leave a snapshot to the rules again.
import { unpinSnapshot } from "../actions/pin-snapshot.ts";
import { snapshotPath } from "../actions/snapshot-path.ts";
import { snapshotJson } from "../shapes/shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { pinNote, pinText } from "./pin-text.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("<host>", "name of the host")
    .argument("<snapshot>", 'name of the snapshot, or "latest" for the newest one')
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync unpin web1 20261123T021500Z-scheduled-3fa9c1"],
        "0 done, or it had no pin, 1 the disk is not mounted or not written to, 2 on its way out, 5 no such host or snapshot, 6 not set up",
      )}\n\nNothing is removed by this. Whether a rule keeps the snapshot: pobsync retention HOST`,
    )
    .action(async (host: string, name: string) => {
      const change = await unpinSnapshot(await app(), host, name);
      const { context, snapshot, before, onDisk } = change;
      const { timeZone } = context.effective.values;
      output.result(snapshotJson(snapshot, snapshotPath(context.site, snapshot)), () =>
        before === null
          ? `${snapshot.host}: ${snapshot.name} has no pin; ${onDisk === "written" ? "what its snapshot.json still said of one is taken out" : "nothing was changed"}.`
          : [
              `${output.style("green", "✓")} ${output.style("bold", snapshot.host)}: ${snapshot.name} is not pinned any more. It was kept ${pinText(before, timeZone)}`,
              `  Whether a rule keeps it: pobsync retention ${snapshot.host}`,
            ].join("\n"),
      );
      const note = pinNote(change);
      if (note !== null && before !== null) output.note(note);
    });
};
