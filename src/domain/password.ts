// What a password must be: long, and not one that everybody tries first. What it is made of is the person's own business.
import { Problem } from "./problem.ts";

/**
 * NIST SP 800-63B asks for 8 at least and recommends 15 where there is nothing beside the password; OWASP and NIST both
 * advise against rules on what it must contain.
 */
const CHARACTERS_MIN = 12;
/** Hashing takes the longer the longer it is, and whoever is not signed in may send one. */
const PASSWORD_BYTES_MAX = 1024;

/** Those of at least twelve characters that come up most often where passwords were leaked, and the obvious ones here. */
const USUAL: ReadonlySet<string> = new Set([
  ...["123456789012", "1234567890123", "12345678901234", "123456789123", "1234567890ab", "012345678901"],
  ...["0123456789012", "098765432109", "123456123456", "123123123123", "987654321098", "121212121212"],
  ...["qwertyuiop12", "qwertyuiop123", "qwertyuiop[]", "qwertyqwerty", "qwerty123456", "123456qwerty"],
  ...["1qaz2wsx3edc", "1q2w3e4r5t6y", "q1w2e3r4t5y6", "1qazxsw23edc", "zaq12wsxcde3", "asdfghjkl123"],
  ...["qwertyuiopasdf", "asdfghjklzxcvbnm", "qwertyuiopasdfghjklzxcvbnm", "zxcvbnm12345", "abcdefghijkl"],
  ...["abcdefghijklm", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz", "abcdefg12345", "abcdef123456"],
  ...["passwordpassword", "password1234", "password12345", "password123456", "password123!", "password1234!"],
  ...["password2024", "password2025", "password2026", "mypassword123", "thisismypassword", "secretpassword"],
  ...["p@ssw0rd1234", "p@ssword1234", "passw0rd1234", "passwort1234", "welcome12345", "welcome1234!"],
  ...["changemechangeme", "changeme1234", "changeme12345", "changeme123!", "letmein12345", "letmeinplease"],
  ...["administrator", "administrator1", "administrator123", "admin1234567", "admin12345678", "adminadmin12"],
  ...["adminadminadmin", "admin@123456", "root12345678", "rootrootroot", "superuser1234", "supersecret1"],
  ...["iloveyou1234", "iloveyou12345", "princess1234", "football1234", "baseball1234", "sunshine1234"],
  ...["correcthorsebatterystaple", "correct horse battery staple", "trustno1trustno1", "monkey123456"],
  ...["backupbackup", "backup123456", "backup1234567", "backupserver", "pobsyncpobsync", "pobsync12345"],
]);

/** Up to so many characters again and again are as good as those alone. */
const REPEATED_MAX = 4;

function isRepetition(text: string): boolean {
  const characters = [...text];
  return Array.from({ length: REPEATED_MAX }, (_, index) => index + 1).some((length) =>
    characters.every((character, at) => at < length || character === characters[at - length]),
  );
}

/**
 * The password as it is hashed: the same characters, however the keyboard composed them (NFKC, as NIST asks for).
 *
 * Null for what can be nobody's: no text, empty, too long, with a NUL.
 */
export function preparedPassword(given: unknown): string | null {
  if (typeof given !== "string" || given === "" || given.length > PASSWORD_BYTES_MAX) return null;
  const prepared = given.normalize("NFKC");
  if (prepared.includes("\0") || !prepared.isWellFormed()) return null;
  return new TextEncoder().encode(prepared).length > PASSWORD_BYTES_MAX ? null : prepared;
}

/** A new password of that user, as it is hashed. Refuses with `bad_input`, and never repeats what was typed. */
export function parseNewPassword(given: unknown, username: string): string {
  const refuse = (why: string): Problem =>
    new Problem("bad_input", `The password ${why}.`, {
      hint: "Nothing was changed. Take a sentence, or let a password manager make one; there are no other rules.",
    });
  if (typeof given === "string" && given.includes("\0")) throw refuse("contains a NUL character");
  if (typeof given !== "string" || [...given.normalize("NFKC")].length < CHARACTERS_MIN)
    throw refuse(`is shorter than ${CHARACTERS_MIN} characters`);
  const prepared = preparedPassword(given);
  if (prepared === null) throw refuse(`is longer than ${PASSWORD_BYTES_MAX} bytes, or is no text`);
  const plain = prepared.toLowerCase().trim();
  if (plain === username) throw refuse("is the username");
  if (USUAL.has(plain)) throw refuse("is one of those that everybody tries first");
  if (isRepetition(plain)) throw refuse("is a few characters again and again");
  return prepared;
}
