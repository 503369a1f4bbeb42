// Restores as text and as JSON.
import type { LookedAt } from "../actions/restore.ts";
import type { RestoreJson } from "../contract/types.ts";
import { countText, numberText } from "../domain/count-text.ts";
import { factsOf, type ProblemFacts } from "../domain/problem.ts";
import { placeText, type RestorePreview } from "../domain/restore.ts";
import type { Run } from "../domain/run.ts";
import type { Output, Style } from "./output.ts";
import { runJson, snapshotJson } from "./shapes.ts";
import { durationWords, sizeText } from "./words.ts";

const checkedOf = (run: Run | null): RestoreJson["checked"] =>
  (run?.result?.checked as RestoreJson["checked"] | undefined) ?? null;

export function restoreJson(
  { snapshot, snapshotPath, order, place, warnings }: LookedAt,
  run: Run | null,
  problem: ProblemFacts | null,
): RestoreJson {
  const { items, ...counts } = order.preview;
  return {
    run: run === null ? null : runJson(run),
    preview: {
      ...counts,
      items: {
        created: [...items.created],
        overwritten: [...items.overwritten],
        deleted: [...items.deleted],
      },
    },
    target: { ...place },
    snapshot: snapshotJson(snapshot, snapshotPath),
    checked: checkedOf(run),
    warnings: warnings.map(factsOf),
    problem,
  };
}

/** "12 entries created (1.2 MiB), 3 overwritten, 1 deleted, 5 unchanged"; what is nothing is left out. */
function countsText({ created, overwritten, deleted, unchanged, bytes }: RestorePreview): string {
  const parts = [
    ...(created > 0 ? [`${countText(created, "entry", "entries")} created`] : []),
    ...(overwritten > 0 ? [`${numberText(overwritten)} overwritten`] : []),
    ...(deleted > 0 ? [`${numberText(deleted)} deleted`] : []),
    ...(unchanged > 0 ? [`${numberText(unchanged)} unchanged`] : []),
  ];
  return `${parts.length === 0 ? "nothing" : parts.join(", ")}; ${sizeText(bytes)} to write`;
}

/** Of each sort the first names, and how many more there are. What is lost comes first. */
function namesText(output: Output, { items, ...counts }: RestorePreview): string[] {
  const kinds: readonly [keyof typeof items, string, Style][] = [
    ["deleted", "-", "red"],
    ["overwritten", "~", "yellow"],
    ["created", "+", "green"],
  ];
  return kinds.flatMap(([kind, mark, style]) => {
    const more = counts[kind] - items[kind].length;
    return [
      ...items[kind].map((name) => `    ${output.style(style, mark)} ${name}`),
      ...(more > 0 ? [`    ${output.style(style, mark)} … and ${numberText(more)} more`] : []),
    ];
  });
}

/** What a restore would do. */
export function previewText(output: Output, { order, place, snapshot, context }: LookedAt): string {
  const { preview } = order;
  const isSame = preview.created + preview.overwritten + preview.deleted === 0;
  return [
    `${output.style("bold", context.host.name)}: ${order.path === "/" ? "everything" : order.path} of ${snapshot.name} to ${placeText(place)}`,
    isSame
      ? `  Nothing differs: ${numberText(preview.unchanged)} unchanged.`
      : `  Would be: ${countsText(preview)}.`,
    ...namesText(output, preview),
    ...(snapshot.status === "warning" && order.delete
      ? [
          "  The snapshot has warnings: what it lacks would be deleted as well. pobsync show-run says what that is.",
        ]
      : []),
  ].join("\n");
}

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

/** A line for the list of runs. */
export function restoreWords({ result }: Run): string {
  const preview = result?.preview as RestorePreview | undefined;
  const place = result?.target as Parameters<typeof placeText>[0] | undefined;
  if (preview === undefined || place === undefined) return "";
  return `${countText(preview.created + preview.overwritten, "entry", "entries")} to ${placeText(place)}`;
}
