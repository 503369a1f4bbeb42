// What depends on how far away a host is, and on the processor.
import { describe, expect, it } from "vitest";
import { listsOnTheWay, roundTripIn } from "../../../src/domain/far-away.ts";
import { hasAesFlag } from "../../../src/system/processor.ts";

/** Recorded from iproute2 6.1. */
const SS = `ESTAB 0 0 10.77.0.1:51234 10.77.0.11:22 users:(("ssh",pid=912,fd=3))
\t cubic wscale:7,7 rto:304 rtt:101.553/3.117 ato:40 mss:1448 pmtu:1500 minrtt:100.2
ESTAB 0 0 127.0.0.1:40000 127.0.0.1:22022 users:(("ssh",pid=9121,fd=3),("sh",pid=13,fd=3))
\t cubic wscale:7,7 rto:204 rtt:0.052/0.024 ato:40 mss:32768
ESTAB 0 0 127.0.0.1:40001 127.0.0.1:22023 users:(("ssh",pid=77,fd=3))
\t cubic wscale:7,7 rto:204
`;

describe("the round trip of a connection", () => {
  it("is the one of that process, and of no other whose number begins like it", () => {
    expect([912, 9121, 13].map((pid) => roundTripIn(SS, pid))).toEqual([101.553, 0.052, 0.052]);
  });

  it("is unknown where nothing says it", () => {
    expect([roundTripIn(SS, 77), roundTripIn(SS, 91), roundTripIn("", 912)]).toEqual([null, null, null]);
  });
});

describe("the list of files", () => {
  it.each([
    ["auto", null, true],
    ["auto", 0.05, true],
    ["auto", 19.9, true],
    ["auto", 20, false],
    ["on", 300, true],
    ["off", 0.05, false],
  ] as const)("with %s and %s ms is sent bit by bit: %s", (wish, ms, expected) => {
    expect(listsOnTheWay(wish, ms)).toBe(expected);
  });
});

describe("a processor", () => {
  it.each([
    ["processor\t: 0\nflags\t\t: fpu aes avx\n", true],
    ["processor\t: 0\nflags\t\t: fpu vaes avx\n", false],
    ["processor\t: 0\nFeatures\t: fp asimd aes crc32\n", true],
    ["processor\t: 0\nFeatures\t: half thumb crc32\n", false],
    ["", true],
  ])("%j has instructions for AES: %s", (facts, expected) => {
    expect(hasAesFlag(facts)).toBe(expected);
  });
});
