// How an operation is asked for, as a command that can be pasted.
import { curlLine } from "../account/curl-line.ts";
import type { Operation, Schema } from "./document.ts";
import { choicesOf } from "./schema-words.ts";

const DEEPEST = 4;

/** A value that fits: what must be there, and no more. */
function exampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>, name = "", depth = 0): unknown {
  const known = schema.examples?.[0] ?? schema.const ?? schema.enum?.[0];
  if (known !== undefined) return known;
  const [choice] = choicesOf(schema);
  if (choice !== undefined) return exampleOf(choice, schemas, name, depth);
  switch (schema.type) {
    case "object":
      return depth > DEEPEST
        ? {}
        : Object.fromEntries(
            (schema.required ?? []).map((key) => [
              key,
              exampleOf(schema.properties?.[key] ?? {}, schemas, key, depth + 1),
            ]),
          );
    case "array":
      return [];
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return false;
    case "null":
      return null;
    default:
      return name.toUpperCase();
  }
}

/** Null where no token opens it. */
export function curlFor(operation: Operation, schemas: Readonly<Record<string, Schema>>): string | null {
  const { method, path, access, body, parameters } = operation;
  if (access === "signed-in" || access === "anyone") return null;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase());
  const needed = parameters.filter((parameter) => parameter.in === "query" && parameter.required === true);
  const asked = needed.map(({ name }) => `${name}=${name.toUpperCase()}`).join("&");
  const line = curlLine("TOKEN", asked === "" ? filled : `${filled}?${asked}`);
  const [head = "", url = ""] = split(line);
  const quoted = asked === "" ? url : `'${url}'`;
  const sent = body === null ? [] : [JSON.stringify(exampleOf(body, schemas))];
  return [
    ...[head, ...(method === "GET" ? [] : [`-X ${method}`])],
    ...sent.flatMap((text) => [
      "-H 'Content-Type: application/json'",
      `-d '${text.replaceAll("'", "'\\''")}'`,
    ]),
    quoted,
  ].join(" ");
}

function split(line: string): readonly [string, string] {
  const at = line.lastIndexOf(" ");
  return [line.slice(0, at), line.slice(at + 1)];
}
