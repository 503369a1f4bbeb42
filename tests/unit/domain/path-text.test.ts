// Names are bytes; their text form is safe to print and loses none of them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathBytes, pathText } from "../../../src/domain/path-text.ts";
import { hostileNames } from "../../support/hostile-names.ts";
import { pathText as secondOpinion } from "../../support/path-text.ts";

/** Arbitrary bytes, and bytes that are nearly UTF-8. */
const someBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => new Uint8Array(Buffer.from(text))),
  fc
    .array(
      fc.constantFrom(
        0x5c,
        0x6e,
        0x78,
        0x34,
        0x31,
        0xc3,
        0xa9,
        0xe2,
        0x80,
        0xae,
        0xf0,
        0x9f,
        0xed,
        0xa0,
        0x0a,
      ),
    )
    .map((bytes) => Uint8Array.from(bytes)),
);

describe("the text of a path", () => {
  it("leads back to exactly the same bytes", () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        expect(pathBytes(pathText(bytes))).toEqual(bytes);
      }),
      {
        numRuns: 2000,
      },
    );
  });

  it("cannot move a cursor, end a line or turn text around", () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        expect(pathText(bytes)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same as in the tests' own writing of the rule", () => {
    for (const name of hostileNames) expect(pathText(name)).toBe(secondOpinion(name));
    fc.assert(
      fc.property(someBytes, (bytes) => {
        expect(pathText(bytes)).toBe(secondOpinion(Buffer.from(bytes)));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["plain/päth", "plain/päth"],
    ["a\nb\tc\rd\\e", "a\\nb\\tc\\rd\\\\e"],
    ["\u001b[31m", "\\x1b[31m"],
    ["\u202egnp.exe", "\\xe2\\x80\\xaegnp.exe"],
    ["🦀", "🦀"],
  ])("of %j is %s", (name, text) => {
    expect(pathText(Buffer.from(name))).toBe(text);
  });

  it.each(["\\", "\\q", "\\x", "\\x4", "\\xzz", "a\\"])("is not %s, whose escape means nothing", (text) => {
    expect(pathBytes(text)).toBeNull();
  });

  it("may also hold a written-out character that is written as an escape when it is printed", () => {
    expect(Buffer.from(pathBytes("\\x41\\x5C") ?? []).toString()).toBe("A\\");
  });
});
