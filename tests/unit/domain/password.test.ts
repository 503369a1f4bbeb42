// What a password must be, and that nothing of it is repeated when it is refused.
import { describe, expect, it } from "vitest";
import { parseNewPassword, preparedPassword } from "../../../src/domain/password.ts";
import type { Problem } from "../../../src/domain/problem.ts";

describe("a new password", () => {
  it.each([
    "correct horse battery stapler",
    "aaaaaaaaaaab",
    "abcdeabcdeabcde",
    "пароль-длинный",
    "🦀🐢🦊🐙🐝🦉🐳🦔🐍🦇🐌🐞",
    "x".repeat(1000).concat("yz12"),
  ])("may be %j", (given) => {
    expect(parseNewPassword(given, "ada")).toBe(given);
  });

  it.each([
    ["short of it", /shorter than 12 characters/],
    ["", /shorter than 12 characters/],
    [undefined, /shorter than 12 characters/],
    [123_456_789_012, /shorter than 12 characters/],
    ["🦀".repeat(11), /shorter than 12 characters/],
    ["x".repeat(1025), /longer than 1024 bytes/],
    ["🦀ab".repeat(200), /longer than 1024 bytes/],
    ["nul \0 in the middle", /NUL character/],
    ["a lone \ud800 surrogate", /is no text/],
    ["Ada.Lovelace", /is the username/],
    ["PasswordPassword", /everybody tries first/],
    [" administrator ", /everybody tries first/],
    ["aaaaaaaaaaaa", /again and again/],
    ["            x", /again and again/],
    ["abcabcabcabcab", /again and again/],
    ["Qx7!Qx7!Qx7!Qx", /again and again/],
  ])("may not be %j", (given, why) => {
    expect(() => parseNewPassword(given, "ada.lovelace")).toThrow(why);
  });

  it("that is refused is not repeated in what is said", () => {
    for (const given of ["sesame-open", "PasswordPassword", "nul \0 in the middle", "x".repeat(1025)])
      try {
        parseNewPassword(given, "ada");
        expect.unreachable();
      } catch (error) {
        const { message, hint, detail } = error as Problem;
        expect(`${message}${hint}${detail}`).not.toContain(given.slice(0, 8));
      }
  });
});

describe("what is hashed", () => {
  it("is the same however a keyboard composed its characters", () => {
    expect(preparedPassword("cafe\u0301 au lait ½")).toBe(preparedPassword("caf\u00e9 au lait 1\u20442"));
  });

  it.each([null, undefined, "", 7, {}, "a\0b", "\udc00", "x".repeat(1025), "é".repeat(513)])(
    "where %j was given, is nothing",
    (given) => {
      expect(preparedPassword(given)).toBeNull();
    },
  );
});
