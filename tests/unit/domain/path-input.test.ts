// Paths and patterns as people type them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAbsolutePath, parsePattern, parseServerPath } from "../../../src/domain/path-input.ts";
import { pathText } from "../../../src/domain/path-text.ts";

describe("an absolute path", () => {
  it.each([
    ["/", "/"],
    ["//", "/"],
    ["/srv//www/", "/srv/www"],
    ["/srv/a b", "/srv/a b"],
    ["/srv/new\\nline", "/srv/new\\nline"],
    ["/srv/\\x41", "/srv/A"],
    ["/srv/caf\\xe9", "/srv/caf\\xe9"],
    ["/srv/...", "/srv/..."],
    ["/srv/..more", "/srv/..more"],
    ["/srv/*?[x]", "/srv/*?[x]"],
  ])("%s is kept as %s", (given, kept) => {
    expect(parseAbsolutePath("The source", given)).toBe(kept);
  });

  it("that was printed may be typed again, whatever bytes it has", () => {
    const name = fc
      .uint8Array({ minLength: 1, maxLength: 60 })
      .filter((bytes) => !bytes.includes(0) && !bytes.includes(0x2f))
      .filter((bytes) => ![".", ".."].includes(Buffer.from(bytes).toString("latin1")));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 5 }), (names) => {
        const text = `/${names.map(pathText).join("/")}`;
        expect(parseAbsolutePath("The source", text)).toBe(text);
      }),
    );
  });

  it.each([
    ["/a/\\x2e\\x2e/b", "contains . or .."],
    ["/a\\x00b", "NUL byte"],
    ["/a\\x0", "starts no known escape"],
    ["etc", "must begin with a slash"],
    [`/${"ü".repeat(128)}`, "a name longer than 255 bytes"],
    [`/${"ü/".repeat(1500)}`, "longer than 4095 bytes"],
  ])("%j is refused because of what it %s", (given, reason) => {
    expect(() => parseAbsolutePath("The source", given)).toThrow(reason);
  });

  it("of this server has no invisible parts", () => {
    expect(parseServerPath("The backup root", "/mnt/Grüße an alle")).toBe("/mnt/Grüße an alle");
    expect(() => parseServerPath("The backup root", "/mnt/a\\tb")).toThrow("plainer path");
  });
});

describe("a pattern", () => {
  it.each(["*.iso", "/srv/**", "- not an option", "! x", ". x", "--delete", "a b", "[[:upper:]]*", "\\*"])(
    "%s is kept as it is",
    (pattern) => {
      expect(parsePattern("The exclude pattern", pattern)).toBe(pattern);
    },
  );
});
