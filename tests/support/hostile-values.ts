// What somebody sends who means harm: texts and JSON that have broken servers before.
import fc from "fast-check";
import { type Document, refersTo, type Schema } from "./api-operations.ts";

const TEXTS = [
  ...[
    "",
    " ",
    "\0",
    "a\0b",
    "\r\n",
    "x\r\nSet-Cookie: a=b",
    "\u202e\u2066",
    "\ud800",
    "\udfff\ud800",
    "\ufeff",
    "İ",
  ],
  ...[
    "../../../../etc/passwd",
    "..\\..\\x",
    "%2e%2e%2f",
    "%00",
    "%",
    "%zz",
    "file:/etc/passwd",
    "~root",
    "-rf",
    "--help",
  ],
  ...[
    "<script>alert(1)</script>",
    `"><img src=x onerror=y>`,
    "' OR 1=1 --",
    "1; drop table users",
    "$\u{7b}7*7}",
    "{{7*7}}",
  ],
  ...[
    "$(id)",
    "`id`",
    "| id",
    "&& id",
    "*",
    "[",
    "\\",
    "(a+)+$",
    "a{1,99999}",
    "__proto__",
    "constructor",
    "toString",
  ],
  ...[
    "null",
    "true",
    "NaN",
    "Infinity",
    "-1",
    "0",
    "1e999",
    "9007199254740993",
    "99999999999999999999",
    "0x10",
    "1.5",
  ],
  ...[
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-02-30",
    "275761-01-01T00:00:00Z",
    "10000000d",
    "latest",
  ],
];

const LONG = [300, 1100, 70_000].map((length) => "a".repeat(length));

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.constantFrom(...LONG) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 1, arbitrary: fc.double().map(String) },
);

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
};

const ofJson = (text: string): unknown => JSON.parse(text);

/** Names that every object knows; as JSON, because written in the language they would set something here. */
const OBJECTS = [
  `{"__proto__":{"polluted":true}}`,
  `{"constructor":{"prototype":{"polluted":true}}}`,
  `{"toString":1,"valueOf":null,"length":-1}`,
  `{"toJSON":"x","then":1}`,
  `{"0":"a","1":"b","length":2}`,
].map(ofJson);

const NUMBERS = [0, -1, -0.5, 1.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 2 ** 64, 5e-324];

const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], ...NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom(...OBJECTS) },
  { weight: 1, arbitrary: fc.constantFrom(20, 2000).map(nested) },
  { weight: 1, arbitrary: fc.array(hostileText, { maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 5000 }, () => "x")) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** What nobody reads as JSON, or only at a price. */
const RAW_BODIES = [
  ...["", "{", "[", "nul", "{}{}", `{"a":1,}`, `"text"`, "1e999999", "\0", "\ufeff{}", "x".repeat(200_000)],
  ...[
    "[".repeat(100_000),
    `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
    `${`{"a":`.repeat(20_000)}1${"}".repeat(20_000)}`,
  ],
  `{"a":1,"a":2,"__proto__":{"polluted":true},"__proto__":null}`,
];

/** A value of the schema's own kind. */
export function fitting(document: Document, schema: Schema): fc.Arbitrary<unknown> {
  const { $ref, type, anyOf, oneOf, properties = {}, required = [] } = schema;
  const again = (other: Schema): fc.Arbitrary<unknown> => fitting(document, other);
  if ($ref !== undefined) return again(refersTo(document, $ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(again));
  const whole = { min: Math.ceil(schema.minimum ?? -1000), max: Math.floor(schema.maximum ?? 1_000_000) };
  switch (type) {
    case "string":
      return fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 60, 60) });
    case "integer":
    case "number":
      return fc.integer(whole.min <= whole.max ? whole : {});
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(again(schema.items ?? {}), { maxLength: 4 });
    case "object":
      return fc.record(
        Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, again(one)])),
        { requiredKeys: required },
      );
    default:
      return hostileJson;
  }
}

/** Text of a body: of the right form with something wrong in it, of another form, or no JSON at all. */
export function hostileBody(document: Document, schema: Schema): fc.Arbitrary<string> {
  const { $ref, properties = {} } = schema;
  if ($ref !== undefined) return hostileBody(document, refersTo(document, $ref));
  const parts = Object.entries(properties).map(([name, one]) => {
    // Where backups lie is not for a test to play with: other folders of this machine must stay as they are.
    const value = name === "backupRoot" ? fc.constant("x") : fitting(document, one);
    const wrong = name === "backupRoot" ? fc.constant(0) : hostileJson;
    return [name, fc.oneof({ weight: 5, arbitrary: value }, { weight: 2, arbitrary: wrong })] as const;
  });
  const ofRightForm = fc.record(Object.fromEntries(parts), { requiredKeys: [] });
  const withMore = fc
    .tuple(ofRightForm, hostileText, hostileJson)
    .map(([body, name, value]) =>
      JSON.stringify(
        Object.assign(Object.create(null), body, name === "backupRoot" ? {} : { [name]: value }),
      ),
    );
  return fc.oneof(
    { weight: 10, arbitrary: ofRightForm.map((body) => JSON.stringify(body)) },
    { weight: 2, arbitrary: withMore },
    { weight: 2, arbitrary: hostileJson.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.constantFrom(...RAW_BODIES) },
  );
}
