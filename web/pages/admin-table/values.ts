// Stored values as text.
import { momentText } from "../../parts/words.ts";
import type { Column } from "./row-types.ts";

const SHORT = 120;

/** In a cell of the table. */
export function shortText(kind: Column["kind"], value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (kind === "time" && typeof value === "string") return momentText(value);
  if (kind === "bool") return value === true ? "yes" : "no";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
}

/** On its own: times to the second and in UTC, data with a line an entry. */
export function wholeText(kind: Column["kind"], value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (kind === "bool") return value === true ? "yes" : "no";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** Shown as a block of its own. */
export const isBlock = (kind: Column["kind"], value: unknown): boolean =>
  kind === "json" && typeof value === "object" && value !== null && Object.keys(value).length > 0;
