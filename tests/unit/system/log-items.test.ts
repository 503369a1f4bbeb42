// What rsync says of an entry, read in two ways: the short one for most lines must not say anything else than the long one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseItem, unchangedPath } from "../../../src/system/log-items.ts";

const BLANK = " ".repeat(32);
const line = (what: string, name: string, { digest = BLANK, link = "" } = {}): string =>
  `${what} // 4096 // ${digest} // ${name} // ${link}`;
const SAME = ".f         ";

describe("the path of an entry that is as it was", () => {
  it("is read from a line that says nothing else", () => {
    expect(unchangedPath(line(SAME, "srv/a b/-c"))).toBe("srv/a b/-c");
    expect(unchangedPath(line(".S         ", "run/socket"))).toBe("run/socket");
    expect(unchangedPath(line(SAME, "srv/a", { digest: "" }))).toBe("srv/a");
  });

  it("is not, where a line says more, or may mean something else", () => {
    const others = [
      line(".d         ", "srv/"),
      line(".f...p.....", "srv/a"),
      line(">f+++++++++", "srv/a"),
      line("hf         ", "srv/a", { link: "=> srv/b" }),
      line(".L         ", "srv/link", { link: "-> a" }),
      line(".L         ", "srv/link", { link: "-> a // " }),
      line(SAME, "srv/a\\#012b"),
      line(SAME, "srv/a\\b"),
      line(SAME, "srv/\xe9"),
      line(SAME, ""),
      line(SAME, "srv/"),
      "*deleting   srv/a // ",
      ".f          // ",
      ".f          // 1 // ",
    ];
    for (const other of others) expect(unchangedPath(other), other).toBeNull();
  });

  it("is what the long way reads", () => {
    const piece = fc.constantFrom(
      " // ",
      "//",
      " ",
      "/",
      "a",
      "b\\#012",
      "\\",
      "\xe9",
      "-> ",
      "=> ",
      ".",
      SAME,
    );
    const lines = fc
      .tuple(
        fc.constantFrom(SAME, ".L         ", ".d         ", "hf         "),
        fc.array(piece),
        fc.array(piece),
      )
      .map(([what, name, link]) => line(what, name.join(""), { digest: "", link: link.join("") }));
    fc.assert(
      fc.property(lines, (text) => {
        const path = unchangedPath(text);
        if (path === null) return;
        const item = parseItem(text);
        expect(item).toMatchObject({ isUnchanged: true, isFolder: false, leader: null });
        expect(path === "." ? "" : path).toBe(item?.path.toString("latin1"));
      }),
      { numRuns: 2000 },
    );
  });
});
