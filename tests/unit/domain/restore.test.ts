// Where a restore lands, which patterns hold there, and how its transfers are cut.
import { describe, expect, it } from "vitest";
import { pathText } from "../../../src/domain/path-text.ts";
import { hostTarget, placeOf, placeText } from "../../../src/domain/restore.ts";
import { patternBelow, rootedDeliveries, standingsOf } from "../../../src/domain/restore-plan.ts";

describe("a place", () => {
  it.each([
    ["/etc/hosts", { to: "folder", dir: "/tmp/x" }, "/tmp/x/hosts"],
    ["/etc/hosts", { to: "folder", dir: "/" }, "/hosts"],
    ["/", { to: "folder", dir: "/tmp/x" }, "/tmp/x"],
    ["/etc", { to: "host", host: "web2", dir: "/srv" }, "web2:/srv/etc"],
    ["/etc", { to: "host", host: "web2", dir: null }, "web2:/etc"],
    ["/", { to: "in-place" }, "web1:/"],
  ] as const)("of %s to %o is %s", (path, target, expected) => {
    expect(placeText(placeOf("web1", { path, target }))).toBe(expected);
  });

  it("on a host is its own folder only when one is named", () => {
    expect(hostTarget("web2")).toEqual({ to: "host", host: "web2", dir: null });
    expect(hostTarget("web2:")).toEqual({ to: "host", host: "web2", dir: null });
    expect(hostTarget("web2:/a b:c/")).toEqual({ to: "host", host: "web2", dir: "/a b:c" });
    for (const bad of ["web2:rel", "-web:/x", "web2:/a*", "web2:/a/../b", "", ":/x"])
      expect(() => hostTarget(bad), bad).toThrow();
  });
});

describe("a pattern of the excludes", () => {
  it.each([
    ["*.iso", "/srv", "*.iso"],
    ["/proc/*", "/", "/proc/*"],
    ["/proc/*", "/srv", null],
    ["/srv/cache/*", "/srv", "/cache/*"],
    ["/home/*/.cache/*", "/home/ada", "/.cache/*"],
    ["/srv", "/srv/www", "*"],
    ["/srv/", "/srv", "*"],
    ["/srv/**/tmp", "/srv/www/site", "tmp"],
    ["/srv/**", "/srv/www", "*"],
  ])("%s below %s is %s", (pattern, anchor, expected) => {
    expect(patternBelow(pattern, anchor)).toBe(expected);
  });
});

describe("transfers", () => {
  const entry = (path: string) => ({ path, isOurLink: false });
  const cut = (found: [string, string][], ...paths: string[]) =>
    rootedDeliveries(
      paths.map(entry),
      "/",
      standingsOf(found.map(([path, type]) => ({ path, type }))),
      () => true,
    ).map(({ base, names, parents }) => ({
      base,
      names: names.map(pathText),
      parents: parents.map(pathText),
    }));

  it("are one, with the folders that are missing on the way", () => {
    expect(
      cut(
        [
          ["/srv", "folder"],
          ["/srv/a", "missing"],
        ],
        "/srv/a/b",
        "/etc",
      ),
    ).toEqual([{ base: "/", names: ["/etc", "/srv/a/b"], parents: ["/srv/a"] }]);
  });

  it("go through a link on the way, also one that is known only by what lies behind it", () => {
    const behind: [string, string][] = [
      ["/home", "missing"],
      ["/home/ada", "folder"],
      ["/home/ada/x", "missing"],
    ];
    expect(cut(behind, "/home/ada/x/y", "/etc")).toEqual([
      { base: "/", names: ["/etc"], parents: [] },
      { base: "/home", names: ["/home/./ada/x/y"], parents: ["/home/./ada/x"] },
    ]);
    expect(cut([["/home", "link"]], "/home/bob")).toMatchObject([{ base: "/home" }]);
  });

  it("through a link with an odd name are refused", () => {
    expect(() => cut([["/od*d", "link"]], "/od*d/x")).toThrow("too unusual");
  });
});
