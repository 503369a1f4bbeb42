// What an entry of the audit says in detail: what changed, each with what it was and what it is, and plain facts.

import { momentText } from "../../parts/words.ts";

export interface Changed {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

interface Detail {
  readonly changes: readonly Changed[];
  readonly facts: readonly Fact[];
}

/** Of what was made, that it was nothing before goes without saying. */
export function detailOf(action: string, detail: Readonly<Record<string, unknown>>): Detail {
  const isMade = action.endsWith(".created");
  const changes: Changed[] = [];
  const facts: Fact[] = [];
  for (const [key, value] of Object.entries(detail)) {
    const name = wordsOf(key);
    if (isChange(value) && !isMade) {
      changes.push({ name, before: textOf(value.before), after: textOf(value.after) });
      continue;
    }
    const fact = isChange(value) ? value.after : value;
    if (!isMade || !isNothing(fact)) facts.push({ name, value: textOf(fact) });
  }
  return { changes, facts };
}

interface ChangedValue {
  readonly before: unknown;
  readonly after: unknown;
}

const isChange = (value: unknown): value is ChangedValue =>
  typeof value === "object" && value !== null && "before" in value && "after" in value;

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

/** "hookTimeoutSeconds" is "hook timeout seconds". */
const wordsOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function textOf(value: unknown): string {
  if (isNothing(value)) return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  if (typeof value !== "string") return JSON.stringify(value);
  return INSTANT.test(value) ? momentText(value) : value;
}
