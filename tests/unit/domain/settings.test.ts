// Settings: what a host inherits, and where each value comes from.
import { describe, expect, it } from "vitest";
import { effectiveSettings, USUAL_EXCLUDES } from "../../../src/domain/effective-settings.ts";
import { changeLayer, FIELDS, parseLayer, SETTING_NAMES } from "../../../src/domain/settings.ts";

describe("effective settings", () => {
  it("are the defaults where nobody said anything", () => {
    const { values, origins } = effectiveSettings({}, {});
    expect(values).toMatchObject({ sshUser: "root", sshPort: 22, hookFailure: "fail", keepDaily: null });
    expect(values.sources).toEqual(["/"]);
    expect(Object.keys(origins).sort()).toEqual([...SETTING_NAMES].sort());
    for (const name of SETTING_NAMES)
      expect(origins[name].every(({ origin }) => origin === "default")).toBe(true);
  });

  it("are the host's, else the global ones, and say which", () => {
    const global = parseLayer({ sshPort: 2222, keepDaily: 14, bwlimit: "10M" });
    const host = parseLayer({ keepDaily: 0, bwlimit: "0" });
    const { values, origins } = effectiveSettings(global, host);
    expect(values).toMatchObject({ sshPort: 2222, keepDaily: 0, bwlimit: 0 });
    expect(origins.sshPort).toEqual([{ value: 2222, origin: "global" }]);
    expect(origins.keepDaily).toEqual([{ value: 0, origin: "host" }]);
    expect(origins.sshUser).toEqual([{ value: "root", origin: "default" }]);
  });

  it("let a host do without a hook that all others have", () => {
    const global = parseLayer({ preHook: "/usr/local/bin/freeze" });
    expect(effectiveSettings(global, parseLayer({ preHook: null })).values.preHook).toBeNull();
    expect(effectiveSettings(global, {}).values.preHook).toBe("/usr/local/bin/freeze");
  });

  it("add a host's excludes to the global ones, in that order, each with its origin", () => {
    const global = parseLayer({ excludes: ["*.tmp"], rsyncArgs: ["--compress"] });
    const host = parseLayer({ excludes: ["*.iso"], sources: ["/srv"] });
    const { values, origins } = effectiveSettings(global, host);
    expect(values.excludes).toEqual(["*.tmp", "*.iso"]);
    expect(values.rsyncArgs).toEqual(["--compress"]);
    expect(origins.excludes).toEqual([
      { value: "*.tmp", origin: "global" },
      { value: "*.iso", origin: "host" },
    ]);
  });

  it("leave out what nobody wants when the whole machine is a source, and only then", () => {
    expect(effectiveSettings({}, {}).values.excludes).toEqual(USUAL_EXCLUDES);
    const own = parseLayer({ sources: ["/", "/boot"], excludes: ["/mnt/*"] });
    expect(effectiveSettings({}, own).values.excludes).toEqual(["/mnt/*", ...USUAL_EXCLUDES]);
    expect(effectiveSettings({}, parseLayer({ sources: ["/proc"] })).values.excludes).toEqual([]);
  });

  it("never share a list with the layers they come from", () => {
    const host = parseLayer({ excludes: ["*.iso"] });
    effectiveSettings({}, host);
    expect(host).toEqual({ excludes: ["*.iso"] });
  });
});

describe("a layer of settings", () => {
  it("is the same again after it was stored", () => {
    const typed = parseLayer({
      sources: ["/srv//www/", "/srv/www", "/etc"],
      bwlimit: "2.5M",
      stallTimeoutSeconds: "30m",
      keepWithinSeconds: "30d",
      maxShrinkPercent: "12.5%",
      oneFileSystem: true,
      timeZone: "europe/amsterdam",
      preHook: "/bin/x 'a b'",
    });
    expect(typed).toMatchObject({
      sources: ["/srv/www", "/etc"],
      stallTimeoutSeconds: 1800,
      timeZone: "Europe/Amsterdam",
    });
    expect(parseLayer(JSON.parse(JSON.stringify(typed)))).toEqual(typed);
  });

  it("changes only what is named, and inherits again what is unset", () => {
    const before = parseLayer({ keepDaily: 7, keepWeekly: 4, excludes: ["a"] });
    expect(changeLayer(before, parseLayer({ keepDaily: 14, excludes: ["b"] }), ["keepWeekly"])).toEqual({
      keepDaily: 14,
      excludes: ["b"],
    });
    expect(before).toEqual({ keepDaily: 7, keepWeekly: 4, excludes: ["a"] });
  });

  it("with an unknown name is refused, also one that every object has", () => {
    for (const name of ["keepDialy", "__proto__", "constructor", "toString"])
      expect(() => parseLayer(Object.fromEntries([[name, "1"]]))).toThrow(
        `The setting "${name}" does not exist.`,
      );
  });

  it("has a default for every setting that its own rule accepts", () => {
    for (const [name, field] of Object.entries(FIELDS))
      expect(field.parse(field.fallback), name).toEqual(field.fallback);
  });

  it("has no list of over a thousand items", () => {
    expect(() => parseLayer({ excludes: Array.from({ length: 1001 }, (_, n) => `x${n}`) })).toThrow(
      "more than 1000",
    );
  });
});
