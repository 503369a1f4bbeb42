// What is shown of plain data that may hold a secret.
import { expect, it } from "vitest";
import { withoutSecrets } from "../../../src/domain/without-secrets.ts";

it("hides what is called a secret, however deep it lies, and nothing else", () => {
  const shown = withoutSecrets({
    username: "ada",
    passwordHash: "x",
    nested: [{ apiToken: "x", totpSecret: ["x"], csrf: { before: "x", after: "y" }, path: "/etc/hosts" }],
    recoveryCodesLeft: 7,
    hasPassword: true,
    token: null,
  });
  expect(shown).toEqual({
    username: "ada",
    passwordHash: "(hidden)",
    nested: [{ apiToken: "(hidden)", totpSecret: "(hidden)", csrf: "(hidden)", path: "/etc/hosts" }],
    recoveryCodesLeft: 7,
    hasPassword: true,
    token: null,
  });
});

it("hides the password within an address", () => {
  expect(withoutSecrets("see mariadb://ada:s3cret@db.example.org/x and https://example.org/")).toBe(
    "see mariadb://ada:(hidden)@db.example.org/x and https://example.org/",
  );
});

it("ends, however deep the data is, and leaves names alone that all objects know", () => {
  let deep: unknown = "x";
  for (let n = 0; n < 10_000; n += 1) deep = [deep];
  expect(JSON.stringify(withoutSecrets(deep))).toContain("(hidden)");
  const shown = withoutSecrets(JSON.parse(`{"__proto__":{"polluted":true}}`));
  expect(Object.getPrototypeOf(shown)).toBe(Object.prototype);
  expect(JSON.stringify(shown)).toBe(`{"__proto__":{"polluted":true}}`);
});
