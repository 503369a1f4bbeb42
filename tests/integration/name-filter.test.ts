// What SQL leaves out before names are looked at closely is never a name that matches.
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { nameFilter } from "../../src/catalog/name-filter.ts";
import { charactersOf } from "../../src/domain/name-characters.ts";
import { isMatch, parseNamePattern } from "../../src/domain/name-pattern.ts";

const db = new DatabaseSync(":memory:");
afterAll(() => db.close());

/** Letters whose case or whose form is not what it seems, wildcards of SQL and of globs, and bytes of no character. */
const PIECES = [
  ...["a", "B", "é", "É", "e\u0301", "ß", "ẞ", "σ", "ς", "Σ", "İ", "ı", "i", "ǆ", "ǅ", "Å", "日"],
  ...["%", "_", "'", '"', ".", "-", " ", "]", "!", "^", "\n"],
].map((text) => Buffer.from(text));
const BYTES = [0xff, 0xc3, 0x80, 0xe2].map((byte) => Buffer.of(byte));
const name = fc
  .array(fc.constantFrom(...PIECES, ...BYTES, ...["*", "?", "["].map((text) => Buffer.from(text))), {
    ...{ minLength: 1, maxLength: 6 },
  })
  .map((parts) => Buffer.concat(parts));
const pattern = fc
  .array(
    fc.constantFrom(
      ...PIECES.map((piece) => piece.toString()),
      ...["*", "?", "[ab]", "[!é]", "\\*", "\\?", "\\[", "\\\\", "\\xff", "\\xc3"],
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(""));

it("for any name and any pattern", () => {
  let matches = 0;
  fc.assert(
    fc.property(fc.array(name, { minLength: 20, maxLength: 40 }), pattern, (names, given) => {
      const wanted = parseNamePattern(given);
      const { where, values } = nameFilter(wanted);
      const passes = db.prepare(`SELECT ${where} AS passes FROM (SELECT ? AS name)`);
      for (const one of names.filter((bytes) => isMatch(wanted, charactersOf(bytes)))) {
        matches += 1;
        expect(passes.get(...values, one)?.passes, `${given} ${one.toString("latin1")}`).toBe(1);
      }
    }),
    { numRuns: 300 },
  );
  expect(matches).toBeGreaterThan(100);
});
