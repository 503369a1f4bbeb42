// How many streams a backup fetches with, and which file goes to which.
import { describe, expect, it } from "vitest";
import {
  linkGroups,
  ONE_STREAM,
  shareOfRate,
  sharing,
  streamPlan,
  streamsFor,
} from "../../../src/domain/streams.ts";

const MIB = 2 ** 20;

describe("how many streams", () => {
  it.each([
    ["near", "auto", 0, 3, 1],
    ["not known to be far", "auto", 0, null, 1],
    ["just near enough", "auto", 0, 39.9, 1],
    ["far", "auto", 0, 40, 4],
    ["far, with a limit", "auto", MIB, 104, 1],
    ["near, and told to", "3", 0, 3, 3],
    ["far, and told not to", "1", 0, 104, 1],
    ["told to, with a limit", "8", MIB, 3, 8],
    ["told to, with a limit that cannot be divided so far", "8", 2048, 3, 2],
    ["told to, with the least of limits", "8", 1024, 3, 1],
  ] as const)("%s", (_, wish, bwlimit, roundTrip, most) => {
    expect(streamPlan(wish, bwlimit, roundTrip)).toMatchObject({ most });
  });

  it("says why", () => {
    expect(streamPlan("auto", 0, 103.6).because).toBe("as a packet takes 104 ms there and back");
    expect(streamPlan("2", 0, null).because).toBe("as --streams 2 says");
  });

  it.each([
    ["little to fetch", 10, MIB, MIB / 10, 1],
    ["enough for two", 2, 130 * MIB, 65 * MIB, 2],
    ["one large file", 1, 1000 * MIB, 1000 * MIB, 1],
    ["one large file and many small ones", 1000, 1000 * MIB, 700 * MIB, 1],
    ["many files, with next to nothing in them", 100_000, MIB, 100, 4],
    ["nothing", 0, 0, 0, 1],
  ])("of a host that is far away: %s", (_, count, bytes, largest, streams) => {
    expect(streamsFor(streamPlan("auto", 0, 100), { count, bytes, largest })).toBe(streams);
  });

  it("takes a given number for any two files", () => {
    const plan = streamPlan("5", 0, null);
    expect(streamsFor(plan, { count: 2, bytes: 2, largest: 2 })).toBe(2);
    expect(streamsFor(plan, { count: 9, bytes: 0, largest: 0 })).toBe(5);
    const much = { count: 9, bytes: 1000 * MIB, largest: 300 * MIB };
    expect(streamsFor(ONE_STREAM, much)).toBe(1);
  });

  it("divides a limit, down to what rsync can be told", () => {
    expect([shareOfRate(0, 4), shareOfRate(10_000, 4), shareOfRate(2000, 4)]).toEqual([0, 2500, 1024]);
  });
});

describe("files", () => {
  it("go where the least is", () => {
    const place = sharing(3);
    expect([90, 50, 10, 10, 10].map((kib) => place(kib * 1024, null))).toEqual([0, 1, 2, 2, 2]);
  });

  it("go with their group, wherever the least is", () => {
    const place = sharing(2);
    expect([place(MIB, "a"), place(1, null), place(0, "a"), place(1, null)]).toEqual([0, 1, 0, 1]);
  });
});

describe("names of one file", () => {
  it("belong together, in whatever order they are told", () => {
    const groups = linkGroups();
    for (const [name, other] of [
      ["c", "b"],
      ["e", "d"],
      ["b", "a"],
      ["f", "e"],
      ["a", "c"],
    ] as const)
      groups.join(name, other);
    const of = (names: string) => new Set([...names].map((name) => groups.of(name))).size;
    expect([of("abc"), of("def"), of("abcdef")]).toEqual([1, 1, 2]);
    expect(groups.of("g")).toBeNull();
    groups.join("f", "a");
    expect(of("abcdef")).toBe(1);
  });
});
