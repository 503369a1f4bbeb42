// How pobsync was installed, told by where it lies.
import { describe, expect, it } from "vitest";
import { wayOf } from "../../../src/system/installation.ts";

describe("an installation", () => {
  it.each([
    ["/usr/lib/pobsync", false, "debian"],
    ["/usr/local/lib/node_modules/pobsync", false, "npm"],
    ["/usr/local/lib/pobsync", true, "container"],
    ["/opt/pobsync", false, "checkout"],
    // A package in a container is still that package.
    ["/usr/lib/pobsync", true, "debian"],
  ] as const)("in %s (in a container: %s) is one by way of %s", (folder, isContainer, way) => {
    expect(wayOf(folder, isContainer)).toBe(way);
  });
});
