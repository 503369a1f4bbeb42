// Codes of apps, held against the vectors of RFC 6238, and secrets that we make.
import { describe, expect, it } from "vitest";
import {
  hashOf,
  isSameSecret,
  newApiToken,
  newRecoveryCodes,
  newSetupCode,
  newToken,
  typedCode,
} from "../../../src/system/secrets.ts";
import { newTotpSecret, totpStep, totpUri } from "../../../src/system/totp.ts";

/** "12345678901234567890", the secret of the RFC's appendix B, in base32. */
const RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const at = (seconds: number): Date => new Date(seconds * 1000);

describe("a code", () => {
  it.each([
    // The RFC shows eight digits; apps show the last six of them.
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("at second %i is %s, as in RFC 6238", (seconds, code) => {
    expect(totpStep(RFC_SECRET, code, at(seconds))).toBe(Math.floor(seconds / 30));
  });

  it("counts a step early and a step late, and no more", () => {
    const code = "287082"; // of seconds 30 to 59
    for (const seconds of [0, 29, 30, 59, 60, 89]) expect(totpStep(RFC_SECRET, code, at(seconds))).toBe(1);
    for (const seconds of [90, 120, 1_000_000]) expect(totpStep(RFC_SECRET, code, at(seconds))).toBeNull();
  });

  it.each(["", "28708", "2870822", "287083", "28708a", " 287082"])("%j is none", (code) => {
    expect(totpStep(RFC_SECRET, code, at(59))).toBeNull();
  });

  it("has a secret of 160 bits, and a link that an app reads", () => {
    const secret = newTotpSecret();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(secret);
    const uri = new URL(totpUri(secret, "ada@example.org"));
    expect(decodeURIComponent(uri.pathname)).toMatch(/pobsync:ada@example\.org$/);
    expect([uri.protocol, Object.fromEntries(uri.searchParams)]).toEqual([
      "otpauth:",
      { issuer: "pobsync", secret, algorithm: "SHA1", digits: "6", period: "30" },
    ]);
  });
});

describe("secrets", () => {
  it("have the forms that are promised, and are never the same twice", () => {
    expect(newToken()).toMatch(/^[\w-]{43}$/);
    expect(newApiToken()).toMatch(/^pob_[\w-]{43}$/);
    expect(newSetupCode()).toMatch(/^([2-9a-hjkmnp-z]{5}-){3}[2-9a-hjkmnp-z]{5}$/);
    const codes = newRecoveryCodes();
    expect(codes).toHaveLength(10);
    for (const code of codes) expect(code).toMatch(/^[2-9a-hjkmnp-z]{5}-[2-9a-hjkmnp-z]{5}$/);
    expect(new Set([...codes, ...newRecoveryCodes()]).size).toBe(20);
  });

  it("are the same however a person types a code", () => {
    for (const typed of ["abcde-fghjk", "ABCDE-FGHJK", " abcdefghjk ", "abc de fgh jk", "ab-cde\tfghjk\n"])
      expect(typedCode(typed)).toBe("abcde-fghjk");
    expect(typedCode("")).toBe("");
  });

  it("are kept as SHA-256, and compared as a whole", () => {
    expect(hashOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(isSameSecret("abc", "abc")).toBe(true);
    for (const other of ["", "ab", "abcd", "abd"]) expect(isSameSecret("abc", other)).toBe(false);
  });
});
