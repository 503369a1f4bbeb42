// How pobsync was installed, told by where it lies.
import { describe, expect, it } from "vitest";
import { wayOf } from "../../../src/system/installation.ts";

describe("an installation", () => {
  it.each([
    ["/usr/lib/pobsync", "debian"],
    ["/usr/local/lib/node_modules/pobsync", "npm"],
    ["/usr/local/lib/pobsync", "container"],
    ["/opt/pobsync", "checkout"],
  ] as const)("in %s is one by way of %s", (folder, way) => {
    expect(wayOf(folder)).toBe(way);
  });
});
