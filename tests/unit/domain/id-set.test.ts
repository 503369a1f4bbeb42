// A set of numbers is what a Set of them is, whatever their order and size.
import fc from "fast-check";
import { expect, it } from "vitest";
import { idSet } from "../../../src/domain/id-set.ts";

it("holds what was added, and counts each number once", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5000)), fc.array(fc.nat(10_000)), (added, asked) => {
      const ours = idSet();
      for (const id of added) ours.add(id);
      const theirs = new Set(added);
      expect(ours.size()).toBe(theirs.size);
      for (const id of asked) expect(ours.has(id)).toBe(theirs.has(id));
    }),
  );
});
