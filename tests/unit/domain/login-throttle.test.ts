// How fast somebody may guess: slower and slower, but never shut out for good.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterAttempt,
  secondsBlocked,
  type Throttle,
  throttledAddress,
  waitSeconds,
} from "../../../src/domain/login-throttle.ts";

const NOW = new Date("2026-11-23T12:00:00.000Z");
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

/** Somebody who fails again and again, each time as soon as it is looked at. */
function stubborn(times: number): { throttle: Throttle; waited: number[] } {
  let now = NOW;
  let throttle = afterAttempt(null, now);
  const waited: number[] = [];
  for (let n = 1; n < times; n += 1) {
    const seconds = secondsBlocked(throttle, now);
    waited.push(seconds);
    now = new Date(now.getTime() + seconds * 1000);
    throttle = afterAttempt(throttle, now);
  }
  return { throttle, waited };
}

describe("whoever fails", () => {
  it("waits for nothing at first, then twice as long each time, up to a quarter of an hour", () => {
    expect(stubborn(18).waited).toEqual([
      ...[0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900],
    ]);
    expect(waitSeconds(1_000_000)).toBe(900);
  });

  it("is never shut out for good, and is slow: less than a hundred guesses a day", () => {
    const { throttle } = stubborn(100);
    expect(secondsBlocked(throttle, throttle.updatedAt)).toBeLessThanOrEqual(900);
    const took = (throttle.updatedAt.getTime() - NOW.getTime()) / 3_600_000;
    expect(took).toBeGreaterThan(20);
  });

  it("begins anew after a day without a failure", () => {
    const { throttle } = stubborn(12);
    const sameDay = new Date(throttle.updatedAt.getTime() + 86_400_000);
    const nextDay = new Date(sameDay.getTime() + 1);
    expect(afterAttempt(throttle, sameDay)).toMatchObject({ failures: 13, firstFailureAt: NOW });
    expect(afterAttempt(throttle, nextDay)).toMatchObject({ failures: 1, firstFailureAt: nextDay });
  });

  it("is not kept out by a clock that was far ahead when it happened", () => {
    const throttle = { ...stubborn(12).throttle, blockedUntil: later(86_400 * 365) };
    expect(secondsBlocked(throttle, NOW)).toBe(0);
  });

  it("waits the longer the more it was", () => {
    fc.assert(
      fc.property(fc.nat(1e6), (failures) => {
        expect(waitSeconds(failures + 1)).toBeGreaterThanOrEqual(waitSeconds(failures));
      }),
    );
  });
});

describe("an address", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["unix socket", "unix socket"],
    ["", ""],
  ])("%j is throttled as %j", (given, expected) => {
    expect(throttledAddress(given)).toBe(expected);
  });

  it("is throttled with all that are in its network", () => {
    expect(throttledAddress("2001:db8:1:2:aaaa::1")).toBe(throttledAddress("2001:db8:1:2::bbbb"));
    expect(throttledAddress("2001:db8:1:2::1")).not.toBe(throttledAddress("2001:db8:1:3::1"));
  });
});
