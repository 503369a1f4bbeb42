// The result as a person reads it: tables that are Markdown and line up in a terminal.
import type { BarGroup } from "./chart.ts";

/** One table with what must be known to read it. */
export type Section = {
  readonly title: string;
  /** What was compared, and how. */
  readonly notes: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What a picture of it shows. */
  readonly chart?: readonly BarGroup[];
};

export function sectionText({ title, notes, columns, rows }: Section): string {
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...rows.map((row) => (row[at] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, at) => (cells[at] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  const table = [line(columns), rule, ...rows.map(line)];
  return [`## ${title}`, "", ...notes.flatMap((note) => [note, ""]), ...table].join("\n");
}

/** The whole report, as it is written to docs/benchmarks.md. */
export function markdown(
  machine: readonly string[],
  args: readonly string[],
  sections: readonly Section[],
): string {
  const intro = [
    "# Benchmarks",
    "",
    `Written by \`npm run bench -- ${args.join(" ")}\`; \`npm run bench -- --help\` says what else can be measured.`,
    "Numbers are medians, with the least and the most in parentheses. A ratio is pobsync's number over the",
    "baseline's of the same round, so 1.00 is as fast as the baseline; rounds of both are interleaved.",
    "",
    "Measured on:",
    "",
    ...machine.map((fact) => `- ${fact}`),
  ];
  return `${[intro.join("\n"), ...sections.map(sectionText)].join("\n\n")}\n`;
}

const UNITS = ["B", "kB", "MB", "GB"] as const;

/** `412 MB`; units of 1000. */
export function sizeText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[power]}`;
}

export const countText = (count: number): string => count.toLocaleString("en");
