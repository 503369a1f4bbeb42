// Hashes of passwords: what other argon2 programs write is understood, and what we write they understand.
import { describe, expect, it } from "vitest";
import { hashPassword, isPassword, NOBODYS_HASH, needsRehash } from "../../../src/system/passwords.ts";

const PASSWORD = "correct horse battery stapler 🦀";

// Real ones are meant to take a while, and much longer on a machine that has other things to do.
describe("a hash", { timeout: 60_000 }, () => {
  it("is a PHC string with its own salt, and only of its password", async () => {
    const [one, other] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(other).not.toBe(one);
    expect(await isPassword(PASSWORD, one)).toBe(true);
    expect(await isPassword(`${PASSWORD} `, one)).toBe(false);
    expect(await isPassword("", one)).toBe(false);
    expect(needsRehash(one)).toBe(false);
  });

  it.each([
    // From the tests of the reference implementation (phc-winner-argon2, test.c): "password" with "somesalt".
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
  ])(
    "of another program is checked with the parameters that it says, and is to be made anew: %s",
    async (phc) => {
      expect(await isPassword("password", phc)).toBe(true);
      expect(await isPassword("Password", phc)).toBe(false);
      expect(needsRehash(phc)).toBe(true);
    },
  );

  it("of nobody is checked like any other, and is never right", async () => {
    expect(needsRehash(NOBODYS_HASH)).toBe(false);
    for (const password of ["", PASSWORD]) expect(await isPassword(password, NOBODYS_HASH)).toBe(false);
  });

  it.each([
    "",
    "plain text",
    "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=19456,t=999,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "pbkdf2_sha256$600000$salt$hash",
  ])("that is none, or asks for more than we give, is a damaged row: %j", async (phc) => {
    await expect(isPassword("x", phc)).rejects.toThrow("A stored password is no argon2id hash");
  });

  it("is computed for all who ask at once, each in turn, and refused when too many wait", async () => {
    const phc = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const asked = Array.from({ length: 110 }, () => isPassword("x", phc));
    const answers = await Promise.allSettled(asked);
    const refused = answers.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: "too_many_attempts", retryAfterSeconds: 10 } });
    expect(await isPassword("x", phc)).toBe(false);
  });
});
