// Runs, hosts' health, and problems: small rules that everything else leans on.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { healthOf, LATE_AFTER_MS } from "../../../src/domain/health.ts";
import {
  asProblem,
  badInput,
  factsOf,
  Problem,
  parseProblem,
  printable,
  withNames,
} from "../../../src/domain/problem.ts";
import { PROBLEMS, type ProblemCode } from "../../../src/domain/problem-catalogue.ts";
import { canBecome, isFinished, RUN_STATUSES, snapshotKindFor } from "../../../src/domain/run.ts";

describe("a run", () => {
  it("goes from queued over running to one of four ends, and never back", () => {
    const steps = RUN_STATUSES.flatMap((from) =>
      RUN_STATUSES.filter((to) => canBecome(from, to)).map((to) => `${from} → ${to}`),
    );
    expect(steps).toEqual([
      "queued → running",
      "queued → cancelled",
      "running → succeeded",
      "running → warning",
      "running → failed",
      "running → cancelled",
    ]);
    expect(RUN_STATUSES.filter(isFinished)).toEqual(["succeeded", "warning", "failed", "cancelled"]);
  });

  it("makes a snapshot of the kind of its trigger, a retry of that of the first attempt", () => {
    expect(snapshotKindFor("manual", "manual")).toBe("manual");
    expect(snapshotKindFor("scheduled", "scheduled")).toBe("scheduled");
    expect(snapshotKindFor("retry", "scheduled")).toBe("scheduled");
    expect(snapshotKindFor("retry", "manual")).toBe("manual");
  });
});

describe("a host's health", () => {
  const now = new Date("2026-11-23T12:00:00Z");
  const ago = (ms: number) => new Date(now.getTime() - ms);
  it.each([
    ["disabled", { enabled: false, lastSuccessAt: null, lastBackup: { status: "failed" as const } }],
    ["never", { enabled: true, lastSuccessAt: null, lastBackup: null }],
    ["never", { enabled: true, lastSuccessAt: null, lastBackup: { status: "failed" as const } }],
    ["failing", { enabled: true, lastSuccessAt: ago(1000), lastBackup: { status: "failed" as const } }],
    ["fresh", { enabled: true, lastSuccessAt: ago(1000), lastBackup: { status: "succeeded" as const } }],
    [
      "fresh",
      { enabled: true, lastSuccessAt: ago(LATE_AFTER_MS), lastBackup: { status: "warning" as const } },
    ],
    [
      "late",
      { enabled: true, lastSuccessAt: ago(LATE_AFTER_MS + 1), lastBackup: { status: "succeeded" as const } },
    ],
    ["fresh", { enabled: true, lastSuccessAt: ago(1000), lastBackup: { status: "cancelled" as const } }],
    [
      "failing",
      { enabled: true, lastSuccessAt: ago(LATE_AFTER_MS * 9), lastBackup: { status: "failed" as const } },
    ],
  ])("is %s with %j", (health, facts) => {
    expect(healthOf({ schedules: [], ...facts }, now)).toBe(health);
  });
});

describe("a problem", () => {
  it("of every kind says in whole sentences what to do next", () => {
    for (const [code, { hint, exitCode }] of Object.entries(PROBLEMS)) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(hint, code).toMatch(/^[A-Za-z].{20,}[^ ]$/);
      expect([1, 2, 4, 5, 6, 130], code).toContain(exitCode);
    }
  });

  it("survives being stored, and one that this version does not know keeps its words", () => {
    const facts = factsOf(new Problem("source_empty", "m", { detail: "d" }));
    expect(parseProblem(JSON.parse(JSON.stringify(facts)))).toEqual(facts);
    const later = { code: "comet_struck", message: "A comet.", hint: "Duck.", detail: null };
    expect(parseProblem(later)).toEqual({ ...later, code: "internal_error" });
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(PROBLEMS).toHaveProperty(parseProblem(value).code);
      }),
    );
  });

  it("that has no name is an internal error with its stack", () => {
    expect(asProblem(new TypeError("x is not y"))).toMatchObject({
      code: "internal_error" satisfies ProblemCode,
      message: "Something unexpected happened: x is not y",
      detail: expect.stringContaining("run.test.ts"),
    });
    expect(asProblem("text").message).toContain("text");
    const own = new Problem("cancelled", "m");
    expect(asProblem(own)).toBe(own);
  });

  it("names the host and the run in its hint, so that the command can be pasted", () => {
    const facts = factsOf(new Problem("transfer_failed", "m"));
    expect(withNames(facts, { HOST: "web1", ID: 42 }).hint).toContain("pobsync show-run 42");
    const empty = factsOf(new Problem("source_empty", "m"));
    expect(withNames(empty, { HOST: "$&" }).hint).toContain("pobsync backup $& --accept-empty");
  });

  it("repeats what was typed short and printable, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.anything({ withNullPrototype: false })),
        (given) => {
          const { message } = badInput("The thing", given, "is wrong.");
          expect(message.length).toBeLessThan(1500);
          expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        },
      ),
    );
    expect(printable("a\u001bb\u202ec")).toBe("a\\x1bb\\u{202e}c");
  });
});
