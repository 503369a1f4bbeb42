// Names in zips and of downloads: text that leads nowhere, and never the same for two different names.
import { describe, expect, it } from "vitest";
import { downloadName, zipName } from "../../../src/domain/archive-name.ts";
import { hostileNames } from "../../support/hostile-names.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("a name in a zip", () => {
  it.each([
    ["etc/hosts", "etc/hosts"],
    ["café 日本語 🦀", "café 日本語 🦀"],
    ["100%", "100%"],
    ["new\nline", "new�0Aline"],
    ["back\\slash", "back�5Cslash"],
    ["..\\..\\x", "..�5C..�5Cx"],
    ["\x1b[31m", "�1B[31m"],
    ["a\u{85}b", "a�C2�85b"],
    ["a�0Ab", "a�EF�BF�BD0Ab"],
    ["C:/x", "C�3A/x"],
    ["CC:/x", "CC:/x"],
    ["x/C:/y", "x/C:/y"],
  ])("of %j is %j", (given, expected) => expect(zipName(bytes(given))).toBe(expected));

  it("marks each byte that is no text", () => {
    expect(zipName(Uint8Array.of(0x63, 0xe9, 0x2f, 0xff))).toBe("c�E9/�FF");
  });

  it("is another one for each other name", () => {
    const all = [...hostileNames, bytes("caf�E9"), bytes("�FF�FE"), bytes("new�0Aline")];
    expect(new Set(all.map(zipName)).size).toBe(all.length);
  });
});

describe("the name of a download", () => {
  it.each([
    ["report.txt", "", "report.txt"],
    ["etc", ".tar", "etc.tar"],
    ["a/b\\c\n", "", "a_b_c_"],
    ["\u202egnp.exe", "", "_gnp.exe"],
    ["zero\u200bwidth", "", "zero_width"],
    ["", ".zip", "download.zip"],
    ["n".repeat(255), ".zip", `${"n".repeat(251)}.zip`],
    ["語".repeat(85), ".tar", `${"語".repeat(83)}.tar`],
  ])("of %j with %j is %j", (given, ending, expected) =>
    expect(downloadName(bytes(given), ending)).toBe(expected),
  );

  it("of bytes that are no text has a _ for them", () => {
    expect(downloadName(Uint8Array.of(0x63, 0xe9), ".tar")).toBe("c_.tar");
  });
});
