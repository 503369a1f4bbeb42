// Every operation of the API as its OpenAPI document tells them, so that a new route is in each test by itself.
import fc from "fast-check";
import type { Access } from "../../src/contract/api/route.ts";

/** A schema as the document writes it, as far as its inputs use one. */
export type Schema = {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  examples?: unknown[];
};

type Parameter = { name: string; in: "path" | "query"; required?: boolean; schema: Schema };

export type Operation = {
  /** Where it stands in the contract: "runs.list". */
  id: string;
  method: string;
  /** Below /api, with its parameters in braces. */
  path: string;
  access: Access;
  parameters: Parameter[];
  /** Of its body; null when it has none. */
  body: Schema | null;
  /** It may change something. */
  changes: boolean;
};

export type Document = {
  paths: Record<string, Record<string, DocumentOperation>>;
  components: { schemas: Record<string, Schema> };
};

type DocumentOperation = {
  operationId: string;
  "x-access": Access;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};

export const operationsOf = ({ paths }: Document): Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      access: operation["x-access"],
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content["application/json"]?.schema ?? null,
      changes: method !== "get",
    })),
  );

/** Values that stand for something that is there, by the name of their parameter. */
export type Known = Readonly<Record<string, unknown>>;

/** A request that the document allows, with nothing in it that is not required. */
export function validRequest(document: Document, { path, parameters, body }: Operation, known: Known) {
  const textOf = ({ name, schema }: Parameter): string =>
    String(known[name] ?? validValue(document, schema, known));
  let target = path;
  const query = new URLSearchParams();
  for (const parameter of parameters)
    if (parameter.in === "path")
      target = target.replace(`{${parameter.name}}`, encodeURIComponent(textOf(parameter)));
    else if (parameter.required === true) query.append(parameter.name, textOf(parameter));
  const search = query.size === 0 ? "" : `?${query}`;
  return {
    path: `/api${target}${search}`,
    body: body === null ? undefined : validValue(document, body, known),
  };
}

/** A value that fits, always the same one. */
function validValue(document: Document, schema: Schema, known: Known): unknown {
  const { $ref, examples, anyOf, oneOf, allOf } = schema;
  const again = (other: Schema): unknown => validValue(document, other, known);
  if ($ref !== undefined) return again(refersTo(document, $ref));
  if (examples !== undefined) return examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [first] = anyOf ?? oneOf ?? [];
  if (first !== undefined) return again(first);
  if (allOf !== undefined) return Object.assign({}, ...allOf.map(again));
  switch (schema.type) {
    case "string":
      return validText(schema);
    case "integer":
    case "number":
      return Math.min(Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1), schema.maximum ?? 1);
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => again(schema.items ?? {}));
    default:
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, known[name] ?? again(schema.properties?.[name] ?? {})]),
      );
  }
}

export function refersTo({ components }: Document, ref: string): Schema {
  const found = components.schemas[ref.replace("#/components/schemas/", "")];
  if (found === undefined) throw new Error(`the document refers to ${ref}, which it lacks`);
  return found;
}

function validText({ format, pattern, minLength = 1 }: Schema): string {
  if (format === "date-time") return "2026-11-23T02:15:00Z";
  if (pattern === undefined) return "x".repeat(Math.max(1, minLength));
  const [text = ""] = fc.sample(fc.stringMatching(new RegExp(pattern, "u")), { seed: 1, numRuns: 1 });
  return text;
}
