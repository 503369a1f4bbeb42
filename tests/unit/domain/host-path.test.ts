// HOST:PATH as people type it.
import { describe, expect, it } from "vitest";
import { behindLink, bytesBelowRoot, parseHostPath, requireHostPath } from "../../../src/domain/host-path.ts";

describe("a place in a host's history", () => {
  it.each([
    ["web1", "web1", "/"],
    ["web1:", "web1", "/"],
    ["web1:/", "web1", "/"],
    ["web1:/etc//hosts/", "web1", "/etc/hosts"],
    ["web1:/a:b", "web1", "/a:b"],
    ["web1:/new\\nline", "web1", "/new\\nline"],
    ["web1:/\\x41\\xff", "web1", "/A\\xff"],
  ])("%s is read as it is meant", (given, host, path) => {
    expect(parseHostPath(given)).toEqual({ host, path });
  });

  it.each([
    [":/etc", "names no host"],
    ["", "names no host"],
    ["web1:etc", "must begin with a slash"],
    ["web1:/a/../b", "contains . or .."],
    ["web1:/a\\", "starts no known escape"],
    ["web1:/a\\x00", "NUL byte"],
  ])("%s is refused", (given, why) => {
    expect(() => parseHostPath(given)).toThrow(why);
  });

  it.each(["web1", "web1:", "web1://"])("%s is no single file or folder", (given) => {
    expect(() => requireHostPath(given)).toThrow("names no file or folder");
    expect(requireHostPath("web1:/etc").path).toBe("/etc");
  });

  it.each([
    ["/etc/link", "../srv/www", "/etc/link", "/srv/www"],
    ["/etc/link", "../srv/www/", "/etc/link/a/b", "/srv/www/a/b"],
    ["/link", "/etc", "/link/passwd", "/etc/passwd"],
    ["/a/b/link", ".", "/a/b/link/x", "/a/b/x"],
    ["/link", "../../..", "/link", "/"],
  ])("through %s to %s, %s leads to %s", (link, target, path, expected) => {
    expect(behindLink(link, target, path)).toBe(expected);
  });

  it("is looked for by its bytes, without the first slash", () => {
    expect([...bytesBelowRoot("/a\\xff\\\\")]).toEqual([0x61, 0xff, 0x5c]);
    expect(bytesBelowRoot("/")).toHaveLength(0);
  });
});
