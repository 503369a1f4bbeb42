// The document that describes the API: complete, whole in itself, and with a limit on everything that comes in.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Document,
  type Operation,
  operationsOf,
  refersTo,
  type Schema,
} from "../../support/api-operations.ts";
import { startConsole, type TestConsole } from "../../support/console.ts";

let site: TestConsole;
let document: Document;
let operations: Operation[];

beforeAll(async () => {
  site = await startConsole({ configured: false });
  document = (await site.request("viewer", "GET", "/api/openapi.json")).body;
  operations = operationsOf(document);
});
afterAll(() => site.close());

const facts = ({ path, method }: Operation) =>
  document.paths[path]?.[method.toLowerCase()] as unknown as {
    summary: string;
    description: string;
    tags: string[];
    security: unknown[];
    responses: Record<string, unknown>;
  };

/** What comes in with a request, each part with where it is. */
const inputsOf = ({ id, parameters, body }: Operation): [where: string, schema: Schema][] => [
  ...parameters.map(({ name, schema }): [string, Schema] => [`${id} ${name}`, schema]),
  ...(body === null ? [] : [[`${id} body`, body] as [string, Schema]]),
];

/** Every part of a schema that could be as long as somebody likes. Numbers are not: what they may be, the rules say. */
function unlimited(where: string, schema: Schema, depth = 0): string[] {
  if (depth > 12) return [`${where} has no end`];
  const { $ref, type, items, properties = {}, anyOf = [], oneOf = [], allOf = [] } = schema;
  const again = (name: string, other: Schema): string[] => unlimited(`${where}${name}`, other, depth + 1);
  if ($ref !== undefined) return again("", refersTo(document, $ref));
  if (schema.enum !== undefined || schema.const !== undefined) return [];
  const within = [
    ...Object.entries(properties).flatMap(([name, one]) => again(`.${name}`, one)),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((one) => again("", one)),
    ...(items === undefined ? [] : again("[]", items)),
  ];
  switch (type) {
    case "string": {
      const isLimited =
        schema.maxLength !== undefined || schema.format !== undefined || schema.pattern !== undefined;
      return isLimited ? within : [...within, `${where}: text of any length`];
    }
    case "array":
      return (schema as { maxItems?: number }).maxItems === undefined
        ? [...within, `${where}: a list of any length`]
        : within;
    default:
      return within;
  }
}

describe("the document", () => {
  it("describes every route: what it does, for whom, and how it says that something went wrong", () => {
    for (const operation of operations) {
      const { summary, description, tags, responses, security } = facts(operation);
      expect([operation.id, summary]).toEqual([operation.id, expect.stringMatching(/^\p{Lu}.*[^.]$/u)]);
      expect([operation.id, description]).toEqual([
        operation.id,
        expect.stringMatching(/[Ff]or |without a session/),
      ]);
      expect(tags.length).toBe(1);
      expect(Object.keys(responses)).toContain("default");
      expect(security.length > 0).toBe(operation.access !== "anyone");
    }
  });

  it("refers to nothing that it lacks, and names each part of a path", () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = ""]) => ref);
    expect(refs.length).toBeGreaterThan(0);
    for (const ref of new Set(refs)) expect(refersTo(document, ref)).toBeTypeOf("object");
    for (const { path, parameters } of operations) {
      const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === "path").map(({ name }) => name)).toEqual(named);
    }
  });

  it("sets a limit to all texts and lists that come in", () => {
    const found = operations.flatMap(inputsOf).flatMap(([where, schema]) => unlimited(where, schema));
    expect(found).toEqual([]);
  });

  it("says of queued work 202, of what was made 201, and of everything else 200", () => {
    const statuses = operations.map((operation) =>
      Object.keys(facts(operation).responses).filter((status) => status !== "default"),
    );
    expect(statuses.filter((each) => each.length !== 1 || !/^20[012]$/.test(each[0] ?? ""))).toEqual([]);
  });

  it("answers lists as items and next", () => {
    const plain = operations.filter(
      ({ id, method }) => method === "GET" && /\.(list|tables|rows|grid)$/.test(id),
    );
    expect(plain.length).toBeGreaterThan(5);
    for (const operation of plain) {
      const { content } = facts(operation).responses["200"] as {
        content: { "application/json": { schema: Schema } };
      };
      const { properties = {} } = content["application/json"].schema;
      expect([operation.id, Object.keys(properties)]).toEqual([
        operation.id,
        expect.arrayContaining(["items", "next"]),
      ]);
    }
  });
});
