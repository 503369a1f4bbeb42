// Policies: where they come from, how they read, and that an empty one is refused.
import { describe, expect, it } from "vitest";
import { effectiveSettings } from "../../../src/domain/effective-settings.ts";
import { asProblem } from "../../../src/domain/problem.ts";
import { planRetention } from "../../../src/domain/retention.ts";
import { isEmptyPolicy, policyOf, policyText, requirePolicy } from "../../../src/domain/retention-policy.ts";
import { NOW, nightly, noRules, policy } from "../../support/taken-snapshots.ts";

describe("a policy", () => {
  it("is what the effective settings say, a host's 0 switching off what is set for all", () => {
    const { values } = effectiveSettings(
      { keepDaily: 7, keepWeekly: 4, keepWithinSeconds: 30 * 86_400, timeZone: "Europe/Amsterdam" },
      { keepWeekly: 0, keepYearly: 2 },
    );
    const found = policyOf(values);
    expect(found).toEqual(
      policy({
        ...{ keepDaily: 7, keepWeekly: 0, keepYearly: 2, keepWithinSeconds: 30 * 86_400 },
        timeZone: "Europe/Amsterdam",
      }),
    );
    expect(policyText(found)).toBe("7 daily, 2 yearly, all within 30d, in Europe/Amsterdam");
  });

  it.each([
    [{ keepLast: 3, keepHourly: 24 }, "the last 3, 24 hourly, in UTC"],
    [{ keepMonthly: 12, keepWithinSeconds: 90 }, "12 monthly, all within 90s, in UTC"],
    [{ keepWithinSeconds: 86_400 }, "all within 1d, in UTC"],
    [{}, "nothing"],
  ])("of %j reads as it is meant", (rules, text) => {
    expect(policyText(policy(rules))).toBe(text);
  });

  it("that keeps nothing is refused, by those who ask and by the plan itself", () => {
    const nothing = policy({ keepDaily: 0, keepWithinSeconds: 0 });
    expect([isEmptyPolicy(noRules), isEmptyPolicy(nothing)]).toEqual([true, true]);
    const refused = (attempt: () => unknown) => {
      try {
        return attempt();
      } catch (error) {
        const { code, message } = asProblem(error);
        return [code, message];
      }
    };
    expect(refused(() => requirePolicy(nothing, "mail"))).toEqual([
      "no_policy",
      "Nothing says how many snapshots of mail are to be kept.",
    ]);
    expect(refused(() => planRetention(nightly("2026-11-01", 3), nothing, NOW))).toEqual([
      "no_policy",
      "Nothing says how many snapshots are to be kept.",
    ]);
  });

  it.each([
    ...(["keepLast", "keepHourly", "keepDaily", "keepWeekly", "keepMonthly", "keepYearly"] as const),
    "keepWithinSeconds" as const,
  ])("with nothing but %s is one", (name) => {
    const one = policy({ [name]: 1 });
    expect(requirePolicy(one, "mail")).toBe(one);
  });
});
