// pobsync diff: two snapshots of a host side by side.
import { type Comparison, compareSnapshots } from "../actions/look-into-history.ts";
import { numberText } from "../domain/count-text.ts";
import type { EntryChange } from "../domain/history.ts";
import { parsePlace } from "../domain/host-path.ts";
import { pathText } from "../domain/path-text.ts";
import { shellWord } from "../domain/shell-word.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { nameText } from "./entry-text.ts";
import { comparisonJson } from "./history-shapes.ts";
import type { Output } from "./output.ts";
import {
  addPageOptions,
  moreText,
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
    .argument("<host>", "name of the host")
    .argument("<a>", `the first snapshot: ${SNAPSHOT_HELP}`)
    .argument("<b>", "the second snapshot, in the same words")
    .argument("[path]", "only what lies there and below it", "/");
  addPageOptions(command, "path")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync diff web1 2026-11-20 latest", "pobsync diff web1 2026-11-20 2026-11-23 /etc"],
        "0 done, also when nothing differs, 1 the disk is not mounted, 2 refused input, 5 no such host, snapshot or path, 6 not set up",
      )}\n\nA folder counts as changed when its mode or owner did: its time changes with whatever comes and goes in it.`,
    )
    .action(async (host: string, a: string, b: string, given: string, options: PageOptions) => {
      const place = { host, path: parsePlace(given) };
      const wish = pageWish(options, null);
      const found = await compareSnapshots(await app(), place, [a, b], wish, observerOf(context));
      output.result(comparisonJson(found), () => comparisonText(output, found));
    });
};

const HEAD = ["", "BEFORE", "AFTER", "WHAT", "PATH"];
const RIGHT = [1, 2];

function comparisonText(output: Output, { items, next, from, to, summary }: Comparison): string {
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
  lines.push(
    `${numberText(added)} added, ${numberText(removed)} removed, ${numberText(changed)} changed: ${sizeText(bytesBefore)} before, ${sizeText(bytesAfter)} after`,
  );
  if (next !== null) lines.push(moreText(output, shellWord(next)));
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
