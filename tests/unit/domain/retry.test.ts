// Which failed run is tried again by itself, when, and as which attempt.
import { describe, expect, it } from "vitest";
import { PROBLEMS, type ProblemCode } from "../../../src/domain/problem-catalogue.ts";
import { retryOf } from "../../../src/domain/retry.ts";
import { PLAIN_RUN } from "../../../src/domain/run.ts";

const now = new Date("2026-11-23T02:15:00.250Z");
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const problem = (code: ProblemCode) => ({ code, message: "It broke.", hint: "", detail: null });
const first = { id: 7, attempt: 1, retryOf: null, options: PLAIN_RUN, cancelRequestedAt: null };
const later = (attempt: number) => ({ ...first, id: 7 + attempt, attempt, retryOf: 7 });

describe("a failed run", () => {
  it.each([
    ["the first attempt", first, "connection_refused", { attempt: 2, retryOf: 7, availableAt: inMinutes(1) }],
    ["the second", later(2), "connection_lost", { attempt: 3, retryOf: 7, availableAt: inMinutes(5) }],
    ["the third", later(3), "worker_lost", { attempt: 4, retryOf: 7, availableAt: inMinutes(15) }],
    ["the fourth and last", later(4), "connection_refused", null],
    ["one that a person tried again after that", later(5), "connection_refused", null],
    ["one that will fail the same way again", first, "source_missing", null],
    ["one that somebody cancelled", { ...first, cancelRequestedAt: now }, "connection_lost", null],
    ["one that ended as cancelled", first, "cancelled", null],
    [
      "one that somebody waits for",
      { ...first, options: { ...PLAIN_RUN, retry: false } },
      "connection_lost",
      null,
    ],
    ["one that its worker handed back", first, "interrupted", { attempt: 1, retryOf: 7, availableAt: now }],
    ["a last attempt handed back", later(4), "interrupted", { attempt: 4, retryOf: 7, availableAt: now }],
    ["one handed back that was cancelled", { ...first, cancelRequestedAt: now }, "interrupted", null],
    [
      "a person's own, interrupted",
      { ...first, options: { ...PLAIN_RUN, retry: false } },
      "interrupted",
      null,
    ],
  ] as const)("%s", (_, run, code, expected) => {
    expect(retryOf(run, problem(code), now)).toEqual(expected);
  });

  it("is tried again for transient problems and those alone", () => {
    const codes = Object.keys(PROBLEMS) as ProblemCode[];
    const retried = codes.filter((code) => retryOf(first, problem(code), now) !== null);
    const transient = codes.filter((code) => PROBLEMS[code].retryable);
    expect(retried).toEqual(transient);
    expect(transient).toContain("host_unreachable");
    expect(transient).not.toContain("authentication_failed");
  });

  it("has a problem, or there is nothing to try again", () => {
    expect(retryOf(first, null, now)).toBeNull();
  });
});
