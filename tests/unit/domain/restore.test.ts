// Where a restore lands, which patterns hold there, and how its transfers are cut.
import { describe, expect, it } from "vitest";
import { pathText } from "../../../src/domain/path-text.ts";
import {
  hostTarget,
  missingConsent,
  parsePreview,
  placeOf,
  placeText,
  type RestorePreview,
} from "../../../src/domain/restore.ts";
import { patternBelow, rootedDeliveries, standingsOf } from "../../../src/domain/restore-plan.ts";
import { countItem, newRestoreTally } from "../../../src/domain/restore-tally.ts";

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

describe("consent", () => {
  const inPlace = { target: { to: "in-place" }, yes: false } as const;
  const place = { kind: "in-place", host: "web1", path: "/etc" } as const;
  const preview = (counts: Partial<RestorePreview>): RestorePreview => ({
    ...{ created: 0, overwritten: 0, attributesOnly: 0, deleted: 0, unchanged: 3, bytes: 0 },
    items: { created: [], overwritten: [], attributesOnly: [], deleted: [] },
    ...counts,
  });
  const words = (
    counts: Partial<RestorePreview>,
    target: { to: "in-place" } | { to: "folder"; dir: string },
  ) => missingConsent({ target, yes: false }, place, preview(counts))?.message ?? null;

  it.each([
    [{}, null],
    [{ created: 1 }, "This would write into what is in use in web1:/etc."],
    [{ overwritten: 1 }, "This would overwrite 1 entry in web1:/etc."],
    [{ overwritten: 2, attributesOnly: 2 }, "This would change the attributes of 2 entries in web1:/etc."],
    [
      { created: 9, overwritten: 3, attributesOnly: 1, deleted: 4 },
      "This would overwrite 2 entries, change the attributes of 1 entry and delete 4 entries in web1:/etc.",
    ],
  ])("to %o in place: %s", (counts, expected) => {
    expect(words(counts, inPlace.target)).toBe(expected);
  });

  it("is not needed in a folder for what is new, nor where --yes was said", () => {
    expect(words({ created: 1 }, { to: "folder", dir: "/tmp/x" })).toBeNull();
    expect(missingConsent({ ...inPlace, yes: true }, place, preview({ deleted: 1 }))).toBeNull();
  });

  it("is asked for by a stored preview of an older version too, which knows no attributes", () => {
    const { attributesOnly: _, ...older } = preview({ overwritten: 2 });
    const read = parsePreview(JSON.parse(JSON.stringify(older)));
    expect(read).toMatchObject({ overwritten: 2, attributesOnly: 0, items: { attributesOnly: [] } });
  });
});

describe("what rsync says of an entry", () => {
  it.each([
    [">f+++++++++", "created"],
    ["cd+++++++++", "created"],
    ["hf+++++++++", "created"],
    [">f..t......", "overwritten"],
    ["cLc.t......", "overwritten"],
    [".d..t......", "attributes"],
    [".f...p.....", "attributes"],
    [".L..t......", "attributes"],
    ["*deleting  ", "deleted"],
  ] as const)("%s counts as %s", (code, kind) => {
    const tally = newRestoreTally();
    countItem(tally, code, 5, () => "name");
    expect(tally.names).toEqual({
      created: [],
      overwritten: [],
      attributes: [],
      deleted: [],
      [kind]: ["name"],
    });
    expect(tally[kind]).toBe(1);
  });
});
