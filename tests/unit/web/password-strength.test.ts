import { describe, expect, it } from "vitest";
import { parseNewPassword } from "../../../src/domain/password.ts";
import { makePassword, strengthOf } from "../../../web/parts/password-strength.ts";

const isTaken = (password: string, username: string): boolean => {
  try {
    parseNewPassword(password, username);
    return true;
  } catch {
    return false;
  }
};

describe("how good a password is called", () => {
  it("is never refused where the server would take it, and the other way round but for those that everybody tries", () => {
    const passwords = [
      "",
      "short",
      "eleven char",
      "twelve chars",
      "ababababababab",
      "aaaaaaaaaaaaaaaa",
      "ada.lovelace.1",
    ];
    for (const password of [
      ...passwords,
      "ADA.LOVELACE.1",
      "a few words that nobody guesses",
      "ééééééééééé€",
    ])
      expect({ password, isRefused: strengthOf(password, "ada.lovelace.1").isRefused }).toEqual({
        password,
        isRefused: !isTaken(password, "ada.lovelace.1"),
      });
  });

  it("says how many characters are missing", () => {
    expect(strengthOf("eleven char", "ada").words).toBe("One more character.");
    expect(strengthOf("ten chars.", "ada").words).toBe("2 more characters.");
  });
});

describe("a password that was made up", () => {
  it("is very good, taken by the server, and never the same", () => {
    const made = Array.from({ length: 200 }, makePassword);
    expect(new Set(made).size).toBe(made.length);
    for (const password of made) {
      expect(strengthOf(password, "ada")).toMatchObject({ isRefused: false, level: 4 });
      expect(isTaken(password, "ada")).toBe(true);
    }
  });
});
