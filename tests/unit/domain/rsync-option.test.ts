// Extra rsync options: an allow-list, and no way around it.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowedRsyncOptions, parseRsyncOption } from "../../../src/domain/rsync-option.ts";

const isAccepted = (option: string): boolean => {
  try {
    parseRsyncOption(option);
    return true;
  } catch {
    return false;
  }
};

describe("an extra rsync option", () => {
  it.each([
    "--compress",
    "-z",
    "--compress-choice=zstd",
    "--max-size=2.5G",
    "--skip-compress=gz/jpg/mp[34]",
    "--timeout=600",
  ])("may be %s", (option) => {
    expect(parseRsyncOption(option)).toBe(option);
  });

  it("is on the list, or refused, whatever is put together", () => {
    const plain = allowedRsyncOptions().filter((option) => !option.endsWith("=…"));
    const words = fc.constantFrom(
      "-",
      "--",
      "e",
      "in",
      "place",
      "z",
      "delete",
      "=",
      " ",
      "no-",
      "rsh",
      "log-file",
      "/etc/x",
      "max-size",
      "9",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), (parts) => {
        const option = parts.join("");
        if (isAccepted(option))
          expect(plain.includes(option) || /^--[a-z-]+=[\w./[\]-]+$/.test(option)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["--inplace", "would write into files that finished snapshots share"],
    ["--rsync-path=x", "configure-host --rsync-path"],
    ["--max-size", "needs a value, as in --max-size=…"],
    ["--compress=9", "takes no value"],
    ["--delete-excluded", "not one that pobsync lets through"],
  ])("%s is refused: it %s", (option, reason) => {
    expect(() => parseRsyncOption(option)).toThrow(reason);
  });

  it("on the list is one that the rsync of this machine knows", () => {
    const help = execFileSync("rsync", ["--help"], { encoding: "utf8" });
    const unknown = allowedRsyncOptions()
      .map((option) => option.replace("=…", ""))
      .filter((option) => option.startsWith("--") && !option.startsWith("--no-"))
      .filter((option) => !new RegExp(`(^|[\\s,])${option}([\\s,=]|$)`, "m").test(help));
    expect(unknown).toEqual([]);
  });
});
