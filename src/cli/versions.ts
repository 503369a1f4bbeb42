// pobsync versions: all that ever lay at a path.
import { listVersions, type Versions } from "../actions/look-into-history.ts";
import { requireHostPath } from "../domain/host-path.ts";
import { pathText } from "../domain/path-text.ts";
import { shellWord } from "../domain/shell-word.ts";
import { versionsJson } from "../shapes/history-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { FACTS_HEAD, factsCells, SIZE_COLUMN } from "./entry-text.ts";
import type { Output } from "./output.ts";
import { addPageOptions, moreText, observerOf, type PageOptions, pageWish } from "./page-options.ts";
import { tableText } from "./table.ts";

export const define: DefineCommand = (command, context) => {
  const { app, output } = context;
  command.argument("<host:path>", "an absolute path of the host");
  addPageOptions(command, "snapshot")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync versions web1:/etc/hosts", "pobsync versions web1:/srv/app/config.yml --json"],
        "0 done, 1 the disk is not mounted or fails, 2 refused input, 5 no such host, or no snapshot has the path, 6 not set up",
      )}\n\nNewest first. Whatever was there belongs to it, so a file that became a folder is two versions.`,
    )
    .action(async (given: string, options: PageOptions) => {
      const place = requireHostPath(given);
      const wish = pageWish(options, null);
      const versions = await listVersions(await app(), place, wish, observerOf(context));
      output.result(versionsJson(versions), () =>
        versionsText(output, `${place.host}:${place.path}`, options, versions),
      );
    });
};

const COUNT_COLUMN = 4;

function versionsText(
  output: Output,
  place: string,
  options: PageOptions,
  { items, next, newest }: Versions,
): string {
  const [latest] = items;
  if (latest === undefined) return "There is none before that.";
  const rows = items.map((version) => [
    ...factsCells(version),
    String(version.snapshots),
    version.firstSnapshot,
    version.lastSnapshot,
    version.target === null ? "" : `-> ${pathText(version.target)}`,
  ]);
  const head = [...FACTS_HEAD, "SNAPSHOTS", "FIRST", "LAST", ""];
  const lines = [tableText(output, head, rows, [SIZE_COLUMN, COUNT_COLUMN])];
  if (options.after === undefined && latest.lastSnapshot !== newest)
    lines.push(`It is gone: the newest snapshot, ${newest}, has nothing there.`);
  if (next !== null) lines.push(moreText(output, ["versions", place], options, next));
  else {
    const one = items.find(({ type }) => type === "f") ?? latest;
    const at = `${shellWord(place)} --snapshot ${one.lastSnapshot}`;
    lines.push(
      output.style("dim", `One of them: pobsync ${one.type === "f" ? "cat" : "ls"} ${at}`),
      output.style("dim", `Bring that one back: pobsync restore ${at} --to DIR`),
    );
  }
  return lines.join("\n");
}
