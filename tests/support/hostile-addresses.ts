// Addresses of somebody who means harm: pieces of paths, and values of a query under names that only look right.
import fc from "fast-check";
import type { Document, Schema } from "./api-operations.ts";
import { fitting, hostileText } from "./hostile-values.ts";

/** As they stand in an address, where nobody has encoded them. */
const SEGMENTS = [
  ...[
    "%00",
    "%2e%2e",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%ff",
    "%E0%A4%A",
    "%252e%252e%252f",
    "%0d%0aSet-Cookie:x=1",
  ],
  ...[
    "a;b=c",
    "%u0041",
    "%",
    "%5c..%5c",
    "+1",
    "1%20",
    "%31",
    "*",
    "{host}",
    "%7Bhost%7D",
    "..;",
    "%2f",
    "1e3",
    "a".repeat(5000),
  ],
];

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed()).slice(0, 6000);

export const hostileSegment: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...SEGMENTS),
  hostileText.map((text) => encoded(text) || "%20"),
);

/** Ways to write the name of a value that servers take apart. */
const NAMES: ((name: string) => string)[] = [
  ...[(name: string) => `${name}[]`, (name: string) => `${name}[0]`, (name: string) => `${name}[x][y]`],
  ...[
    (name: string) => `${name}[__proto__][polluted]`,
    () => "__proto__[polluted]",
    (name: string) => `${name}[9999]`,
  ],
  ...[
    () => "constructor[prototype][polluted]",
    () => "",
    () => "[",
    () => "]",
    () => "[]",
    (name: string) => `${name}\\[`,
  ],
  (name) => name.toUpperCase(),
];

/** A value of a query by its name, once, twice, or under a name that only looks like it. */
export function hostileQuery(document: Document, name: string, schema: Schema): fc.Arbitrary<string> {
  const value = fc.oneof(fitting(document, schema).map(String), hostileText).map(encoded);
  const pair = value.map((text) => `${encoded(name)}=${text}`);
  return fc.oneof(
    { weight: 6, arbitrary: pair },
    { weight: 1, arbitrary: fc.tuple(pair, pair).map((both) => both.join("&")) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...NAMES), value)
        .map(([write, text]) => `${encoded(write(name))}=${text}`),
    },
    { weight: 1, arbitrary: fc.constantFrom(`${name}`, `${name}=%`, `=${name}`, "&&&", `${name}=%ff%00`) },
  );
}
