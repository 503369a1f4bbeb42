// How much a host may send.
import { describe, expect, it } from "vitest";
import { type Limits, passedLimit, runningLow, tookTooLong } from "../../../src/domain/limits.ts";

const MEBI = 1024 * 1024;
const none: Limits = {
  ...{
    host: "web1",
    quotaBytes: null,
    maxNewBytes: null,
    maxEntries: null,
    maxDurationSeconds: null,
    usedBytes: 0,
    isFirst: false,
  },
};
const codeOf = (limits: Partial<Limits>, entries: number, newBytes: number, takenBytes = newBytes) =>
  passedLimit({ ...none, ...limits }, { entries, newBytes, takenBytes })?.code ?? null;

describe("a limit", () => {
  it("that nobody has set is passed by nothing", () => {
    expect(codeOf({ usedBytes: 2 ** 50 }, 1e9, 2 ** 50)).toBe(null);
  });

  it.each([
    [{ maxNewBytes: MEBI }, 1, MEBI, null],
    [{ maxNewBytes: MEBI }, 1, MEBI + 1, "growth_exceeded"],
    [{ maxNewBytes: MEBI, isFirst: true }, 1, 2 ** 40, null],
    [{ quotaBytes: 3 * MEBI, usedBytes: 2 * MEBI }, 1, MEBI, null],
    [{ quotaBytes: 3 * MEBI, usedBytes: 2 * MEBI }, 1, MEBI + 1, "quota_exceeded"],
    [{ quotaBytes: 3 * MEBI, isFirst: true }, 1, 4 * MEBI, "quota_exceeded"],
    // One that was lowered below what is there already lets nothing more in.
    [{ quotaBytes: MEBI, usedBytes: 2 * MEBI }, 0, 0, "quota_exceeded"],
    [{ maxEntries: 10 }, 10, 0, null],
    [{ maxEntries: 10, isFirst: true }, 11, 0, "too_many_entries"],
  ])("%j with %i entries and %i bytes: %s", (limits, entries, newBytes, code) => {
    expect(codeOf(limits, entries, newBytes)).toBe(code);
  });

  it("of the disk is not passed by holes", () => {
    const quota = { quotaBytes: 3 * MEBI, usedBytes: 2 * MEBI };
    expect(codeOf(quota, 1, 2 ** 43, MEBI)).toBe(null);
    expect(codeOf(quota, 1, MEBI, 2 ** 43)).toBe(null);
    expect(codeOf(quota, 1, 2 * MEBI, 2 * MEBI)).toBe("quota_exceeded");
  });

  it("is named with a larger one that the program accepts", () => {
    const { hint } = passedLimit(
      { ...none, maxNewBytes: 1536 },
      { entries: 0, newBytes: 9999, takenBytes: 0 },
    ) ?? {
      hint: "",
    };
    expect(hint).toMatch(/pobsync configure-host web1 --max-new 3K$/);
  });
});

describe("a disk", () => {
  const room = { freeBytes: 11, totalBytes: 1000, freeInodes: 11, totalInodes: 1000 };
  it.each([
    [{}, 2, null],
    [{ freeBytes: 10 }, 2, null],
    [{ freeBytes: 9 }, 2, "server_disk_full"],
    [{ freeInodes: 9 }, 2, "server_inodes_full"],
    [{ freeInodes: null, totalInodes: null }, 2, null],
    [{ freeBytes: 0, freeInodes: 0 }, 0, null],
    [{ totalBytes: 0, freeBytes: 0, totalInodes: 0, freeInodes: 0 }, 2, null],
  ])("with %j runs low at half of %i %%: %s", (change, percent, code) => {
    expect(runningLow({ ...room, ...change }, percent)?.code ?? null).toBe(code);
  });
});

it("a transfer that took too long is never given a limit that would be refused", () => {
  expect(tookTooLong("web1", 3600).hint).toContain("pobsync configure-host web1 --max-duration 2h");
  expect(tookTooLong("web1", 8 * 86_400).hint).toContain(
    "pobsync configure-host web1 --unset maxDurationSeconds",
  );
});
