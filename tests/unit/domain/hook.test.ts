// Hooks: words, never shell syntax.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hookWords, parseHook } from "../../../src/domain/hook.ts";

describe("a hook", () => {
  it.each([
    ["/bin/x", ["/bin/x"]],
    ["/bin/x  a   b ", ["/bin/x", "a", "b"]],
    [`/bin/x 'a b' "c d"`, ["/bin/x", "a b", "c d"]],
    [`/bin/x a'b c'd`, ["/bin/x", "ab cd"]],
    [`/bin/x '' ""`, ["/bin/x", "", ""]],
    [`/bin/x "it's" 'say "hi"'`, ["/bin/x", "it's", 'say "hi"']],
    ["/bin/x \\n \\", ["/bin/x", "\\n", "\\"]],
    ["/bin/x * ~ #", ["/bin/x", "*", "~", "#"]],
  ])("%s has the words %j", (hook, words) => {
    expect(parseHook(hook)).toBe(hook);
    expect(hookWords(hook)).toEqual(words);
  });

  it("gives back any words that were quoted", () => {
    const word = fc.string({ maxLength: 10 }).filter((text) => !text.includes("'"));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        expect(hookWords(words.map((text) => `'${text}'`).join(" "))).toEqual(words);
      }),
    );
  });

  it.each([
    [`/bin/x 'a`, "a quote that is not closed"],
    ["/bin/x | y", "shell syntax"],
    ["bin/x", "absolute path"],
    ["'' /bin/x", "absolute path"],
    ["  ", "is empty"],
  ])("%s is refused: %s", (hook, reason) => {
    expect(() => parseHook(hook)).toThrow(reason);
  });
});
