// Patterns for names: parts, globs, and what the shell would make of them.
import { matchesGlob } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { charactersOf } from "../../../src/domain/name-characters.ts";
import { findCommand, isMatch, parseNamePattern } from "../../../src/domain/name-pattern.ts";
import { pathText } from "../../../src/domain/path-text.ts";

const matches = (pattern: string, text: string | Uint8Array): boolean =>
  isMatch(parseNamePattern(pattern), typeof text === "string" ? text : charactersOf(text));

describe("a part of a name", () => {
  it.each([
    ["invoice", "Invoice 2026.ods"],
    ["ÄRGER", "ärger"],
    ["caf\u00e9", "CAFE\u0301"],
    ["a\\*b", "xa*by"],
    ["\\[x]", "[x]"],
    ["new\\nline", "new\nline"],
    ["ΟΔΟΣ", "οδος"],
    ["[", "a[b"],
  ])("%s is found in %s, whatever the case", (pattern, name) => {
    expect(matches(pattern, name)).toBe(true);
  });

  it("is a byte that is no character, and only that", () => {
    expect(matches("\\xff", Uint8Array.of(0x61, 0xff))).toBe(true);
    expect(matches("\\xff", "ÿ")).toBe(false);
    expect(matches("\\xc3\\xa9", "é")).toBe(true);
  });

  it("with a slash is looked for in whole paths", () => {
    expect(parseNamePattern("etc/host").isOfPath).toBe(true);
    expect(matches("etc/host", "/srv/ETC/hosts")).toBe(true);
    expect(parseNamePattern("hosts").isOfPath).toBe(false);
  });
});

describe("a glob", () => {
  it.each([
    ["*.ods", "a.ods", true],
    ["*.ods", "a.ODS", false],
    ["*.ods", "a.ods~", false],
    ["?", "é", true],
    ["?", "ab", false],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["[^a-c]x", "dx", true],
    ["[]]", "]", true],
    ["a*b*c", "a-b-b-c", true],
    ["\\**", "*x", true],
    ["\\**", "x", false],
    ["/etc/*.conf", "/etc/nginx/nginx.conf", true],
    ["/etc/*.conf", "/srv/etc/x.conf", false],
    ["etc/*.conf", "/srv/etc/x.conf", true],
    ["etc/*.conf", "/srv/setc/x.conf", false],
  ])("%s and %s: %s", (pattern, text, is) => {
    expect(matches(pattern, text)).toBe(is);
  });

  it("matches names as Node's own globs do", () => {
    const letter = fc.constantFrom("a", "b", "c");
    const token = fc.constantFrom("a", "b", "c", "*", "?", "[ab]", "[!a]", "[a-b]");
    const pattern = fc.array(token, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(""));
    const name = fc.array(letter, { minLength: 1, maxLength: 10 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        fc.pre(/[*?[]/.test(glob) && !glob.includes("**"));
        expect(matches(glob, text)).toBe(matchesGlob(text, glob));
      }),
    );
  });

  it("takes no longer than the name is long, however many stars it has", () => {
    const startedMs = performance.now();
    expect(matches(`${"*a".repeat(400)}b`, "a".repeat(255))).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

describe("a pattern", () => {
  it.each([
    ["", "is empty"],
    ["a\\q", "starts no known escape"],
    ["a\\x00", "NUL byte"],
    ["x".repeat(1001), "longer than 1000"],
  ])("%s is refused", (given, why) => {
    expect(() => parseNamePattern(given)).toThrow(why);
  });

  it("that a hint gives finds the name it is for, whatever its bytes", () => {
    const bytes = fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .filter((name) => !name.includes(0) && !name.includes(0x2f));
    fc.assert(
      fc.property(bytes, (name) => {
        const command = findCommand(pathText(name), "web1");
        const quoted = /^pobsync find (?:--host web1 -- )?(.*?)(?: --host web1)?$/s.exec(command)?.[1] ?? "";
        const word = quoted.startsWith("'") ? quoted.slice(1, -1).replaceAll("'\\''", "'") : quoted;
        expect(matches(word, name)).toBe(true);
      }),
    );
  });
});
