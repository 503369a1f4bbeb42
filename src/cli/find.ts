// pobsync find: names in all snapshots of a host, or of all hosts.
import { type Findings, findEntries } from "../actions/find-in-history.ts";
import { numberText } from "../domain/count-text.ts";
import type { FoundEntry } from "../domain/history.ts";
import { parseNamePattern } from "../domain/name-pattern.ts";
import { pathText } from "../domain/path-text.ts";
import { shellWord } from "../domain/shell-word.ts";
import { parseSnapshotName } from "../domain/snapshot.ts";
import { findingsJson } from "../shapes/history-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { nameText } from "./entry-text.ts";
import type { Output } from "./output.ts";
import {
  addPageOptions,
  leftOut,
  moreText,
  NO_HOST,
  NO_MORE,
  NO_SNAPSHOTS,
  observerOf,
  type PageOptions,
  pageWish,
  WARNINGS,
} from "./page-options.ts";
import { tableText } from "./table.ts";
import { instantText, sizeText } from "./words.ts";

const SHOWN_USUALLY = 1000;

interface Options extends PageOptions {
  readonly host?: string;
  readonly all?: boolean;
}

export const define: DefineCommand = (command, context) => {
  const { app, output, exit } = context;
  command
    .argument("<pattern>", "part of a name, or a glob; with a slash it is held against the whole path")
    .option("--host <host>", "only of this host")
    .option("--all", `show all, and not only the first ${SHOWN_USUALLY}`);
  addPageOptions(command, "host:path")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync find invoice", 'pobsync find "*.conf" --host web1', "pobsync find /etc/nginx/ --host web1"],
        "0 done, also when nothing was found, 1 the disk is not mounted or fails, 2 refused input, 3 a host could not be looked into, 5 no such host, 6 not set up",
      )}\n\nA pattern without *, ? and [ is looked for anywhere in names, in any case. A glob must fit the whole name, or with a\nslash the whole path; * also stands for slashes. \\* is a star itself, and so on. Each path is shown once, as it is in the\nnewest snapshot that has it: pobsync versions HOST:PATH shows what it was before.`,
    )
    .action(async (pattern: string, options: Options) => {
      if (options.all === true && options.limit !== undefined)
        command.error("--all and --limit contradict each other");
      const wish = pageWish(options, options.all === true ? null : SHOWN_USUALLY);
      const found = await findEntries(await app(), pattern, options.host ?? null, wish, observerOf(context));
      output.result(findingsJson(found, found.skipped), () =>
        found.items.length === 0
          ? nothingText(pattern, options, found)
          : findingsText(output, pattern, options, found),
      );
      for (const { host, problem } of found.skipped) output.warning(leftOut(host, problem));
      if (found.skipped.length > 0) exit(WARNINGS);
    });
};

function nothingText(given: string, { host, after }: Options, { skipped, hosts }: Findings): string {
  if (hosts === 0) return NO_SNAPSHOTS;
  if (skipped.length === hosts) return NO_HOST;
  if (after !== undefined) return NO_MORE;
  const { glob, isOfPath } = parseNamePattern(given);
  const what = isOfPath ? "path" : "name";
  const of = host ?? (skipped.length === 0 ? "any host" : "the other hosts");
  const advice =
    glob === null
      ? `A part of the ${what} is enough, and its case does not matter.`
      : `A glob must fit the whole ${what}, in its case; without *, ? and [ a part is enough, in any case.`;
  return `No snapshot of ${of} has a ${what} like that. ${advice}`;
}

function findingsText(output: Output, pattern: string, options: Options, { items, next }: Findings): string {
  const lines = [findingsTable(output, items)];
  const one = items.find(({ deleted }) => deleted) ?? items[0];
  if (next !== null) {
    const { host, limit } = options;
    const [words, last] = pattern.startsWith("-") ? [[], ["--", pattern]] : [[pattern], []];
    const more = ["find", ...words, ...(host === undefined ? [] : ["--host", host])];
    if (limit === undefined)
      lines.push(`Only the first ${numberText(SHOWN_USUALLY)} are shown: --all shows all.`);
    lines.push(moreText(output, more, options, next, last));
  } else if (one !== undefined) {
    const place = shellWord(`${one.host}:${pathText(one.path)}`);
    lines.push(output.style("dim", `What one of them was over time: pobsync versions ${place}`));
  }
  return lines.join("\n");
}

const HEAD = ["HOST", "SIZE", "IN SNAPSHOTS", "", "VERSIONS", "PATH"];
const RIGHT = [1, 4];

function findingsTable(output: Output, items: readonly FoundEntry[]): string {
  const rows = items.map((entry) => [
    entry.host,
    entry.type === "f" ? sizeText(entry.size) : "–",
    `${momentOf(entry.firstSnapshot)} – ${momentOf(entry.lastSnapshot)}`,
    entry.deleted ? output.style("yellow", "deleted") : "",
    String(entry.versions),
    nameText(output, pathText(entry.path), entry),
  ]);
  return tableText(output, HEAD, rows, RIGHT);
}

/** When a snapshot was made, to the minute: its name is too long for two of them to stand in a line. */
const momentOf = (name: string): string =>
  instantText(parseSnapshotName(name)?.startedAt ?? null).slice(0, "2026-11-23 02:15".length);
