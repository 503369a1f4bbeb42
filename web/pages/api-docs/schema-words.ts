// Types of JSON in words.
import type { Schema } from "./document.ts";

const REF = "#/components/schemas/";

export const nameOfRef = (ref: string): string => ref.slice(REF.length);

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  object: "object",
  array: "list",
  null: "null",
};

const isNull = ({ type }: Schema): boolean => type === "null";

export const choicesOf = ({ anyOf, oneOf }: Schema): readonly Schema[] => anyOf ?? oneOf ?? [];

/** What lies under "this or null", and under a list: where the properties are. */
export function coreOf(schema: Schema): Schema {
  const choices = choicesOf(schema).filter((choice) => !isNull(choice));
  const [only] = choices;
  if (choices.length === 1 && only !== undefined) return coreOf(only);
  return schema.type === "array" && schema.items !== undefined ? coreOf(schema.items) : schema;
}

/** The type in one line: "text, at most 64 characters, or null". */
export function typeWords(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOfRef(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = choicesOf(schema);
  if (choices.length > 0) {
    const known = [...new Set(choices.filter((choice) => !isNull(choice)).map(typeWords))];
    return [...known, ...(choices.some(isNull) ? ["null"] : [])].join(" or ");
  }
  if (schema.type === "array")
    return `list of ${schema.items === undefined ? "anything" : typeWords(schema.items)}`;
  if (schema.type === undefined) return "anything";
  const name = schema.format === "date-time" ? "instant" : (TYPES[schema.type] ?? schema.type);
  return [name, ...limitsOf(schema)].join(", ");
}

function limitsOf({ type, minLength, maxLength, minimum, maximum, exclusiveMinimum }: Schema): string[] {
  if (type === "string") {
    if (maxLength !== undefined)
      return [`${minLength === undefined ? "at most" : `${minLength} to`} ${maxLength} characters`];
    return [];
  }
  const from = exclusiveMinimum === undefined ? saneLimit(minimum) : exclusiveMinimum;
  const to = saneLimit(maximum);
  if (from !== null && to !== null)
    return [`${exclusiveMinimum === undefined ? "" : "above "}${from} to ${to}`];
  // "Not below 0" is said of every count.
  return from === null || from === 0 ? [] : [`from ${from}`];
}

/** Numbers that only say how far JavaScript counts are no limits. */
const saneLimit = (limit: number | undefined): number | null =>
  limit === undefined || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? null : limit;
