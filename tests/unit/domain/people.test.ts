// What each role may do, how long a session lasts, and what may be typed about people.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lesserRole, mayDo, ROLES, SESSION_SECONDS_MAX, sessionEnd } from "../../../src/domain/people.ts";
import {
  parseDisplayName,
  parseRole,
  parseTokenExpiry,
  parseTokenName,
  parseUsername,
  usernameFrom,
} from "../../../src/domain/people-input.ts";

const NOW = new Date("2026-11-23T12:00:00.500Z");
const hours = (count: number): Date => new Date(NOW.getTime() + count * 3_600_000);

describe("a role", () => {
  it.each([
    ["viewer", "viewer", true],
    ["viewer", "operator", false],
    ["viewer", "admin", false],
    ["operator", "viewer", true],
    ["operator", "admin", false],
    ["admin", "operator", true],
    ["admin", "admin", true],
  ] as const)("%s may do what needs %s: %s", (role, needed, expected) => {
    expect(mayDo(role, needed)).toBe(expected);
  });

  it("and another have a lesser one, which may do nothing that one of them may not", () => {
    for (const one of ROLES)
      for (const other of ROLES) {
        const lesser = lesserRole(one, other);
        for (const needed of ROLES)
          expect(mayDo(lesser, needed)).toBe(mayDo(one, needed) && mayDo(other, needed));
      }
  });

  it.each([undefined, null, "", "root", "Admin", 2, ["admin"]])("is not %j", (given) => {
    expect(() => parseRole(given)).toThrow(/must be one of: viewer, operator, admin/);
  });
});

describe("a session", () => {
  it("ends when nobody comes by for twelve hours, and after seven days at the latest", () => {
    expect(sessionEnd(NOW, NOW)).toEqual(hours(12));
    expect(sessionEnd(NOW, hours(10))).toEqual(hours(22));
    expect(sessionEnd(NOW, hours(7 * 24 - 1))).toEqual(hours(7 * 24));
    expect(SESSION_SECONDS_MAX).toBe(7 * 86_400);
  });
});

describe("a username", () => {
  it.each([
    ["ada", "ada"],
    ["Ada.Lovelace@example.org", "ada.lovelace@example.org"],
    [" ada ", "ada"],
    ["0-_", "0-_"],
    ["a".repeat(64), "a".repeat(64)],
  ])("%j is stored as %j", (given, expected) => {
    expect(parseUsername(given)).toBe(expected);
    expect(usernameFrom(given)).toBe(expected);
  });

  it.each([
    undefined,
    null,
    7,
    "",
    " ",
    "-ada",
    ".ada",
    "a da",
    "ad/a",
    "adá",
    "ada\0",
    "ada\n.",
    "a".repeat(65),
  ])("%j is nobody's", (given) => {
    expect(() => parseUsername(given)).toThrow(/The username/);
    expect(usernameFrom(given)).toBeNull();
  });
});

describe("names", () => {
  it("are one line; of a person they may be left out", () => {
    expect(parseDisplayName(" Ada Lovelace 🦀 ")).toBe("Ada Lovelace 🦀");
    for (const none of [null, undefined, "", "  "]) expect(parseDisplayName(none)).toBeNull();
    for (const given of ["a\nb", "a\u202eb", "x".repeat(101), 7])
      expect(() => parseDisplayName(given)).toThrow(/The name/);
    expect(parseTokenName("nightly report")).toBe("nightly report");
    for (const given of ["", null, "x".repeat(65), "\u0007"])
      expect(() => parseTokenName(given)).toThrow(/The name of the token/);
  });
});

describe("when a token ends", () => {
  it.each([
    [null, null],
    [undefined, null],
    ["90d", "2027-02-21T12:00:00.500Z"],
    ["1y", "2027-11-23T12:00:00.500Z"],
    ["2026-11-23", "2026-11-23T23:59:59.999Z"],
    ["2027-01-31T12:00:00.000Z", "2027-01-31T12:00:00.000Z"],
    ["2027-01-31T12:00+01:00", "2027-01-31T11:00:00.000Z"],
  ])("%j is %j", (given, expected) => {
    expect(parseTokenExpiry(given, NOW)?.toISOString() ?? null).toBe(expected);
  });

  it.each([
    ["2026-11-22", /is in the past/],
    ["2026-11-23T12:00:00.500Z", /is in the past/],
    ["2037-01-01", /more than ten years away/],
    ["11y", /must lie between/],
    ["1s", /must lie between/],
    ["", /is none of/],
    ["tomorrow", /is none of/],
    [90, /is none of/],
    ["2027-02-30", /not in the calendar/],
  ])("is not %j", (given, why) => {
    expect(() => parseTokenExpiry(given, NOW)).toThrow(why);
  });

  it("is never before now, whatever is typed", () => {
    fc.assert(
      fc.property(fc.string(), (given) => {
        let end: Date | null;
        try {
          end = parseTokenExpiry(given, NOW);
        } catch {
          return;
        }
        expect(end?.getTime()).toBeGreaterThan(NOW.getTime());
      }),
    );
  });
});
