// pobsync diff: two snapshots of a host side by side.
import { type Comparison, compareSnapshots } from "../actions/look-into-history.ts";
import { numberText } from "../domain/count-text.ts";
import type { EntryChange } from "../domain/history.ts";
import { type HostPath, parseHostPath, parsePlace } from "../domain/host-path.ts";
import { pathText } from "../domain/path-text.ts";
import { comparisonJson } from "../shapes/history-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { nameText } from "./entry-text.ts";
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
import { sizeText } from "./words.ts";

export const define: DefineCommand = (command, context) => {
  const { app, output } = context;
  command
    .argument("<host>", "name of the host; HOST:PATH will do as well")
    .argument("<a>", `the first snapshot: ${SNAPSHOT_HELP}`)
    .argument("<b>", "the second snapshot, in the same words")
    .argument("[path]", "only what lies there and below it (default: everything)");
  addPageOptions(command, "path")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync diff web1 2026-11-20 latest", "pobsync diff web1 2026-11-20 2026-11-23 /etc"],
        "0 done, also when nothing differs, 1 the disk is not mounted or fails, 2 refused input, 5 no such host, snapshot or path, 6 not set up",
      )}\n\nA folder counts as changed when its mode or owner did: its time changes with whatever comes and goes in it.`,
    )
    .action(async (host: string, a: string, b: string, path: string | undefined, options: PageOptions) => {
      const place = parseHostPath(host);
      if (path !== undefined && place.path !== "/")
        command.error(`say which path only once: ${place.path}, or ${path}`);
      const where = path === undefined ? place : { host: place.host, path: parsePlace(path) };
      const wish = pageWish(options, null);
      const found = await compareSnapshots(await app(), where, [a, b], wish, observerOf(context));
      output.result(comparisonJson(found), () => comparisonText(output, where, options, found));
    });
};

const HEAD = ["", "BEFORE", "AFTER", "WHAT", "PATH"];
const RIGHT = [1, 2];

function comparisonText(
  output: Output,
  { host, path }: HostPath,
  options: PageOptions,
  { items, next, from, to, summary }: Comparison,
): string {
  const lines = [snapshotWords(output, from), snapshotWords(output, to)];
  if (items.length > 0)
    lines.push(
      tableText(
        output,
        HEAD,
        items.map((item) => changeCells(output, item)),
        RIGHT,
      ),
    );
  const { added, removed, changed, bytesBefore, bytesAfter } = summary;
  if (added + removed + changed === 0) return [...lines, "Nothing differs."].join("\n");
  if (items.length === 0) lines.push(NO_MORE);
  lines.push(
    `${numberText(added)} added, ${numberText(removed)} removed, ${numberText(changed)} changed: ${sizeText(bytesBefore)} before, ${sizeText(bytesAfter)} after`,
  );
  const words = ["diff", host, from.name, to.name, ...(path === "/" ? [] : [path])];
  if (next !== null) lines.push(moreText(output, words, options, next));
  return lines.join("\n");
}

function changeCells(output: Output, { path, before, after, differs }: EntryChange): string[] {
  const size = (facts: EntryChange["before"]): string =>
    facts === null ? "" : facts.type === "f" ? sizeText(facts.size) : "–";
  const mark =
    before === null
      ? output.style("green", "+ added")
      : after === null
        ? output.style("red", "- removed")
        : output.style("yellow", "~ changed");
  const shown = after ?? before;
  const name = pathText(path);
  return [
    mark,
    size(before),
    size(after),
    differs.join(", "),
    shown === null ? name : nameText(output, name, shown),
  ];
}
