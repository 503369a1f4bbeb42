// A setting's value as a person reads it.
import type { ShownPing } from "../domain/ping.ts";
import { printable } from "../domain/problem.ts";
import { durationText } from "../domain/quantity.ts";
import { sizeText } from "./words.ts";

export function settingText(name: string, value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return printable(String(value));
  if (name === "bwlimit") return value === 0 ? "no limit" : `${sizeText(value)}/s`;
  if (name.endsWith("Seconds")) return durationText(value);
  if (name.endsWith("Bytes")) return sizeText(value);
  if (name.endsWith("Percent")) return `${value} %`;
  return String(value);
}

/** Where pings go, and whether they arrive. */
export const pingText = ({ url, allowPrivate, broken }: ShownPing): string =>
  `${url}${allowPrivate ? ", also within the own network" : ""}${broken === null ? "" : `; they do not arrive: ${printable(broken.why)}`}`;
