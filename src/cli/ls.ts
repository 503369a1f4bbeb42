// pobsync ls: a folder as it was in a snapshot.
import { type Listing, listEntries } from "../actions/look-into-history.ts";
import { type HostPath, parseHostPath } from "../domain/host-path.ts";
import { pathText } from "../domain/path-text.ts";
import { shellWord } from "../domain/shell-word.ts";
import { LATEST } from "../domain/snapshot-choice.ts";
import { listingJson } from "../shapes/history-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { FACTS_HEAD, factsCells, nameText, SIZE_COLUMN } from "./entry-text.ts";
import type { Output } from "./output.ts";
import {
  addPageOptions,
  moreText,
  NO_MORE,
  observerOf,
  type PageOptions,
  pageWish,
  SNAPSHOT_HELP,
  snapshotWords,
} from "./page-options.ts";
import { tableText } from "./table.ts";

export const define: DefineCommand = (command, context) => {
  const { app, output } = context;
  command
    .argument("<host:path>", "an absolute path of the host; without one, the root")
    .option("--snapshot <snapshot>", SNAPSHOT_HELP, LATEST);
  addPageOptions(command, "path")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync ls web1", "pobsync ls web1:/etc/nginx", "pobsync ls web1:/etc --snapshot 2026-11-23"],
        "0 done, 1 the disk is not mounted or fails, 2 refused input, 5 no such host, snapshot or path, 6 not set up",
      )}\n\nPaths are printed and typed alike: \\\\ is a backslash, and \\n, \\t, \\r, \\xHH are bytes that cannot be shown.`,
    )
    .action(async (given: string, options: PageOptions & { snapshot: string }) => {
      const place = parseHostPath(given);
      const wish = pageWish(options, null);
      const listing = await listEntries(await app(), place, options.snapshot, wish, observerOf(context));
      output.result(listingJson(listing), () => listingText(output, place, options, listing));
    });
};

function listingText(
  output: Output,
  { host, path }: HostPath,
  options: PageOptions,
  { items, next, snapshot, isFolder }: Listing,
): string {
  const head = snapshotWords(output, snapshot);
  const place = `${host}:${path}`;
  if (items.length === 0) return `${head}\n${options.after === undefined ? `${path} is empty.` : NO_MORE}`;
  const rows = items.map((entry) => {
    const whole = pathText(entry.path);
    const name = isFolder ? whole.slice(whole.lastIndexOf("/") + 1) : whole;
    return [...factsCells(entry), nameText(output, name, entry)];
  });
  const lines = [head, tableText(output, [...FACTS_HEAD, "NAME"], rows, [SIZE_COLUMN])];
  const [only] = items;
  if (!isFolder && only?.type === "f")
    lines.push(
      output.style("dim", `Its content: pobsync cat ${shellWord(place)} --snapshot ${snapshot.name}`),
    );
  if (next !== null) lines.push(moreText(output, ["ls", place, "--snapshot", snapshot.name], options, next));
  return lines.join("\n");
}
