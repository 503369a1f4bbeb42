// Tags of hosts: what they may be, and how some are added and others taken away.
import { describe, expect, it } from "vitest";
import { changeTags, parseTag, parseTags } from "../../../src/domain/host-tags.ts";

describe("tags", () => {
  it("are small letters, each once and in order", () => {
    expect(parseTags(["Web", "db:main", "web", "a.b_c-d"])).toEqual(["a.b_c-d", "db:main", "web"]);
  });

  it("are added and taken away in one step, and what is named in both ways is taken away", () => {
    expect(changeTags(["web", "old"], ["new", "both"], ["OLD", "both", "never-there"])).toEqual([
      "new",
      "web",
    ]);
  });

  it.each([[""], ["a b"], ["-x"], ["é"], ["a,b"], ["x".repeat(33)], [7], [null]])("refuse %j", (given) => {
    expect(() => parseTag(given)).toThrow(expect.objectContaining({ code: "bad_input" }));
  });

  it("are at most fifty of a host", () => {
    const many = Array.from({ length: 51 }, (_, index) => `tag${index}`);
    expect(parseTags(many.slice(1))).toHaveLength(50);
    expect(() => parseTags(many)).toThrow(/more than 50/);
  });
});
