// What would make a backup root safer.
import { describe, expect, it } from "vitest";
import { rootAdvice } from "../../../src/domain/root-advice.ts";

describe("a backup root", () => {
  it("that is closed, on a disk where nothing starts, can stay as it is", () => {
    expect(rootAdvice("/b", { mountOptions: ["rw", "nosuid", "nodev", "noexec"], isOpen: false })).toBe(null);
  });

  it("says which options are missing, and that others may look into it", () => {
    const advice = rootAdvice("/b", { mountOptions: ["rw", "nodev"], isOpen: true });
    expect(advice).toMatch(/^Other users may look into it: chmod 700 \/b\. Mount its disk/);
    expect(advice).toContain("(nosuid, noexec are missing)");
    expect(rootAdvice("/b", { mountOptions: ["nosuid", "nodev"], isOpen: false })).toContain(
      "(noexec is missing)",
    );
  });
});
