// What somebody agreed to is no agreement to more than that.
import { describe, expect, it } from "vitest";
import type { RestorePreview } from "../../../src/domain/restore.ts";
import { beyondAgreed } from "../../../src/domain/restore-agreement.ts";

const place = { kind: "folder", host: null, path: "/tmp/restored" } as const;

/** A look that found these names. */
function shown(found: Partial<RestorePreview["items"]>): RestorePreview {
  const items = { created: [], overwritten: [], attributesOnly: [], deleted: [], ...found };
  return {
    created: items.created.length,
    overwritten: items.overwritten.length,
    attributesOnly: items.attributesOnly.length,
    deleted: items.deleted.length,
    ...{ unchanged: 0, bytes: 0, items },
  };
}

const allowed = (agreed: RestorePreview, found: RestorePreview): string | null =>
  beyondAgreed(agreed, place, found)?.message ?? null;

describe("a restore that somebody agreed to", () => {
  it("may take what was shown, or less", () => {
    const agreed = shown({ overwritten: ["/a", "/b"], deleted: ["/c"], created: ["/d"] });
    expect(allowed(agreed, agreed)).toBeNull();
    expect(allowed(agreed, shown({ overwritten: ["/b"], created: ["/a", "/d", "/e"] }))).toBeNull();
    expect(allowed(agreed, shown({}))).toBeNull();
  });

  it("may not take more, nor anything else", () => {
    const agreed = shown({ overwritten: ["/a"], deleted: ["/c"] });
    expect(allowed(agreed, shown({ overwritten: ["/a", "/b"] }))).toContain(
      "2 entries would be overwritten, 1 were",
    );
    expect(allowed(agreed, shown({ deleted: ["/c", "/d"] }))).toContain("2 entries would be deleted");
    expect(allowed(agreed, shown({ overwritten: ["/b"] }))).toContain(
      "/b would be overwritten and was not shown",
    );
    expect(allowed(agreed, shown({ deleted: ["/a"] }))).toContain("/a would be deleted and was not shown");
  });

  it("may not take a content where only attributes were shown", () => {
    const agreed = shown({ overwritten: ["/a"], attributesOnly: ["/a"] });
    expect(allowed(agreed, shown({ overwritten: ["/a"] }))).toContain(
      "1 entry would be overwritten, 0 were shown",
    );
    expect(allowed(shown({ overwritten: ["/a"] }), agreed)).toBeNull();
  });

  it("is told by counts alone where there were too many names to show", () => {
    const agreed = { ...shown({ overwritten: ["/a"] }), overwritten: 1000 };
    expect(allowed(agreed, { ...shown({ overwritten: ["/z"] }), overwritten: 999 })).toBeNull();
    expect(allowed(agreed, { ...shown({ overwritten: ["/a"] }), overwritten: 1001 })).toContain(
      "1,001 entries would be overwritten, 1,000 were shown",
    );
  });
});
