// pobsync import-configs: take over the predecessor's YAML, or an rsnapshot.conf.
import { resolve } from "node:path";
import {
  type Imported,
  type ImportedPart,
  type ImportSource,
  importConfigs,
} from "../actions/import-configs.ts";
import type { RetentionEffect } from "../actions/retention-effect.ts";
import { countText } from "../domain/count-text.ts";
import { badInput } from "../domain/problem.ts";
import { isSettingName } from "../domain/settings.ts";
import { importJson } from "../shapes/legacy-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { noteEffects } from "./effects-text.ts";
import type { Output } from "./output.ts";
import { WARNINGS } from "./page-options.ts";
import { settingText } from "./setting-text.ts";

const LEGACY_PREFIX = "/opt/pobsync";

export const define: DefineCommand = (command, { app, output, exit }) => {
  command
    .argument("[file]", "rsnapshot's configuration, with --from rsnapshot")
    .option("--from <pobsync|rsnapshot>", "whose configuration it is", "pobsync")
    .option("--prefix <folder>", "where config/global.yaml and config/hosts/ are", LEGACY_PREFIX)
    .option("--dry-run", "only show what would change")
    .addHelpText(
      "after",
      `${helpEnd(
        [
          "pobsync import-configs --prefix /opt/pobsync --dry-run",
          "pobsync import-configs --prefix /opt/pobsync",
        ],
        "0 done, 2 a file cannot be used and nothing was changed, 3 done, and something was left out, 5 no files there, 6 no database",
      )}\n\nWhat the files do not say stays as it is, so this can be repeated. docs/legacy-yaml.md describes the format.`,
    )
    .action(async (file: string | undefined, { from, prefix, dryRun }: Options) => {
      const onEffects = (effects: readonly RetentionEffect[]): void => noteEffects(output, effects);
      const options = { dryRun: dryRun === true, onEffects };
      const found = await importConfigs(await app(), sourceOf(from, prefix, file), options);
      output.result(importJson(found, options.dryRun), () => importText(output, found, options.dryRun));
      if (found.notes.some(({ kind }) => kind === "unknown")) exit(WARNINGS);
    });
};

interface Options {
  readonly from: string;
  readonly prefix: string;
  readonly dryRun?: boolean;
}

function sourceOf(from: string, prefix: string, file: string | undefined): ImportSource {
  if (from === "rsnapshot") {
    if (file !== undefined) return { from, file: resolve(file) };
    throw badInput("--from", from, "needs a file, such as /etc/rsnapshot.conf.");
  }
  if (from !== "pobsync") throw badInput("--from", from, "must be pobsync or rsnapshot.");
  if (file !== undefined)
    throw badInput("The file", file, "is too much: the predecessor's files are found below --prefix.");
  return { from, prefix: resolve(prefix) };
}

function importText(output: Output, { parts, notes }: Imported, isDry: boolean): string {
  const lines = parts.flatMap((part) => partLines(output, part));
  const told = notes.map(({ file, key, kind, text }) => {
    const mark = kind === "unknown" ? output.style("yellow", "!") : output.style("dim", "=");
    return `${mark} ${file}: ${key}: ${text}`;
  });
  const changed = parts.filter(({ change }) => change !== "unchanged").length;
  const [left, verb] = [
    notes.filter(({ kind }) => kind === "unknown").length,
    isDry ? "would change" : "changed",
  ];
  const sum =
    changed === 0
      ? `Nothing ${verb}: all of it is configured like that.`
      : `${countText(changed, "part")} ${verb}.`;
  return [
    ...[...lines, ...told, ""],
    `${sum}${left === 0 ? "" : ` ${countText(left, "line")} of the files ${left === 1 ? "was" : "were"} left out; look at them.`}`,
    ...(isDry || changed === 0 ? [] : ["Next: pobsync check-host HOST, for each"]),
  ].join("\n");
}

const MARKS = { created: ["green", "+"], changed: ["yellow", "~"], unchanged: ["dim", "="] } as const;

function partLines(output: Output, { kind, host, change, fields }: ImportedPart): string[] {
  const [style, mark] = MARKS[change];
  const name =
    kind === "global" ? "global configuration" : kind === "host" ? `host ${host}` : `schedule of ${host}`;
  const said = Object.entries(fields).map(([field, { before, after }]) => {
    const text = (value: unknown): string =>
      [value]
        .flat()
        .map((item) => (isSettingName(field) ? settingText(field, item) : String(item)))
        .join("  ");
    return `    ${field}: ${change === "changed" ? `${before === null ? "–" : text(before)} → ` : ""}${text(after)}`;
  });
  return [`${output.style(style, mark)} ${name}${change === "unchanged" ? ", as it is" : ""}`, ...said];
}
