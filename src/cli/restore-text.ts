// Restores as text and as JSON.
import type { LookedAt } from "../actions/restore.ts";
import type { RestoreJson } from "../contract/types.ts";
import { countText, numberText } from "../domain/count-text.ts";
import { factsOf, type ProblemFacts } from "../domain/problem.ts";
import { isNothingToDo, parsePreview, placeOf, placeText, type RestorePreview } from "../domain/restore.ts";
import type { Run } from "../domain/run.ts";
import { runJson, snapshotJson } from "../shapes/shapes.ts";
import type { Output, Style } from "./output.ts";
import { durationWords, sizeText } from "./words.ts";

const checkedOf = (run: Run | null): RestoreJson["checked"] =>
  (run?.result?.checked as RestoreJson["checked"] | undefined) ?? null;

export function restoreJson(
  { snapshot, snapshotPath, order, place, warnings }: LookedAt,
  run: Run | null,
  problem: ProblemFacts | null,
  checked = checkedOf(run),
): RestoreJson {
  const { items, ...counts } = order.preview;
  return {
    run: run === null ? null : runJson(run),
    preview: {
      ...counts,
      items: {
        created: [...items.created],
        overwritten: [...items.overwritten],
        attributesOnly: [...items.attributesOnly],
        deleted: [...items.deleted],
      },
    },
    target: { ...place },
    snapshot: snapshotJson(snapshot, snapshotPath),
    checked,
    warnings: warnings.map(factsOf),
    problem,
  };
}

/** "12 entries created, 3 overwritten, 2 changed in attributes only, 1 deleted, 5 unchanged"; what is nothing is left out. */
function countsText(preview: RestorePreview): string {
  const { created, overwritten, attributesOnly, deleted, unchanged, bytes } = preview;
  const replaced = overwritten - attributesOnly;
  const parts = [
    ...(created > 0 ? [`${countText(created, "entry", "entries")} created`] : []),
    ...(replaced > 0 ? [`${numberText(replaced)} overwritten`] : []),
    ...(attributesOnly > 0 ? [`${numberText(attributesOnly)} changed in attributes only`] : []),
    ...(deleted > 0 ? [`${numberText(deleted)} deleted`] : []),
    ...(unchanged > 0 ? [`${numberText(unchanged)} unchanged`] : []),
  ];
  return `${parts.length === 0 ? "nothing" : parts.join(", ")}; ${sizeText(bytes)} to write`;
}

/** Of each sort the first names, and how many more there are. What is lost comes first. */
function namesText(output: Output, { items, ...counts }: RestorePreview): string[] {
  const { attributesOnly } = counts;
  const replaced = items.overwritten.filter((name) => !items.attributesOnly.includes(name));
  const kinds: readonly [names: readonly string[], count: number, mark: string, Style, what: string][] = [
    [items.deleted, counts.deleted, "-", "red", ""],
    [replaced, counts.overwritten - attributesOnly, "~", "yellow", ""],
    [items.attributesOnly, attributesOnly, "~", "yellow", " (attributes only)"],
    [items.created, counts.created, "+", "green", ""],
  ];
  return kinds.flatMap(([names, count, sign, style, what]) => {
    const mark = `    ${output.style(style, sign)}`;
    const more = count - names.length;
    return [
      ...names.map((name) => `${mark} ${name}${what}`),
      ...(more > 0 ? [`${mark} … and ${numberText(more)} more${what}`] : []),
    ];
  });
}

/** What a restore would do. */
export function previewText(output: Output, { order, place, snapshot, context }: LookedAt): string {
  const { preview } = order;
  return [
    `${output.style("bold", context.host.name)}: ${order.path === "/" ? "everything" : order.path} of ${snapshot.name} to ${placeText(place)}`,
    isNothingToDo(preview) ? `  ${nothingText(order)}` : `  Would be: ${countsText(preview)}.`,
    ...namesText(output, preview),
    ...(snapshot.status === "warning" && order.delete
      ? [
          "  The snapshot has warnings: what it lacks would be deleted as well. pobsync show-run says what that is.",
        ]
      : []),
  ].join("\n");
}

/** A file that went bad under the same size and time is found by its content alone, so what was compared is said. */
const nothingText = ({ check, preview }: LookedAt["order"]): string =>
  `Nothing to do: everything is already as in the snapshot, ${
    check ? "contents too" : "by size, time and attributes (--check compares contents)"
  }; ${numberText(preview.unchanged)} unchanged.`;

/** How a restore that was executed ended. */
export function restoredText(output: Output, { order, place, snapshot }: LookedAt, run: Run): string {
  const where = placeText(place);
  if (run.problem !== null && checkedOf(run) === null)
    return `${output.style("red", "✗")} ${run.host}: not everything was restored to ${where} (run ${run.id}).`;
  const mark =
    run.status === "succeeded"
      ? output.style("green", "✓")
      : output.style(run.status === "warning" ? "yellow" : "red", run.status === "warning" ? "!" : "✗");
  const { startedAt, finishedAt } = run;
  const took = startedAt === null || finishedAt === null ? 0 : finishedAt.getTime() - startedAt.getTime();
  return [
    `${mark} ${output.style("bold", run.host)}: ${snapshot.name} restored to ${where} in ${durationWords(took)} (run ${run.id})`,
    `  ${doneText(order.preview)}`,
    ...(checkedOf(run)?.differences === 0
      ? ["  Compared with the snapshot: the same in content and attributes."]
      : []),
  ].join("\n");
}

const doneText = ({ bytes, ...counts }: RestorePreview): string =>
  countsText({ bytes, ...counts }).replace(/to write$/, "written");

/** What a restore was asked to do, and what came of it. */
export function restorePairs({ host, options, result, status }: Run): [string, string][] {
  const { task } = options;
  if (task?.do !== "restore") return [];
  const preview = parsePreview(result?.preview);
  const isDone = status === "succeeded" || status === "warning";
  const checked = result?.checked as RestoreJson["checked"] | undefined;
  return [
    ["restores", `${task.path === "/" ? "everything" : task.path} of ${task.snapshot}`],
    ["to", placeText(placeOf(host, task))],
    // Of one that failed, nobody has counted how far it came.
    ...(preview === null
      ? []
      : pair(isDone ? "restored" : "planned", isDone ? doneText(preview) : countsText(preview))),
    ...(preview?.items.deleted ?? []).flatMap((name) => pair(isDone ? "deleted" : "to be deleted", name)),
    ...(checked == null
      ? []
      : pair("compared", `${countText(checked.differences, "difference")} to the snapshot`)),
  ];
}

const pair = (name: string, value: string): [string, string][] => [[name, value]];

/** A line for the list of runs. */
export function restoreWords({ result }: Run): string {
  const preview = result?.preview as RestorePreview | undefined;
  const place = result?.target as Parameters<typeof placeText>[0] | undefined;
  if (preview === undefined || place === undefined) return "";
  const words = `${countText(preview.created + preview.overwritten, "entry", "entries")} to ${placeText(place)}`;
  return result?.previewOnly === true ? `only looked at: ${words}` : words;
}
