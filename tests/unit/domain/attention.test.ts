// One sentence about everything, the worst first.
import { describe, expect, it } from "vitest";
import { type SiteFacts, siteSentence } from "../../../src/domain/attention.ts";

const site = (facts: Partial<SiteFacts>): string =>
  siteSentence({ configured: true, troubles: [], bad: [], warned: 0, enabled: 14, total: 14, ...facts });

describe("the sentence about a site", () => {
  it("says what to do first where there is nothing yet", () => {
    expect(site({ configured: false, total: 0, enabled: 0 })).toMatch(/choose where backups live/);
    expect(site({ total: 0, enabled: 0 })).toMatch(/add the first one/);
  });

  it("says that all is well, and how many have warnings", () => {
    expect(site({})).toBe("All 14 hosts are well.");
    expect(site({ warned: 2 })).toBe("All 14 hosts are well, 2 with warnings.");
    expect(site({ enabled: 1, total: 3 })).toBe("The only host is well.");
    expect(site({ enabled: 0 })).toBe("All hosts are disabled.");
  });

  it("names the worst hosts and counts the others", () => {
    expect(site({ bad: ["web1 failed", "db2 is late"] })).toBe(
      "2 of 14 hosts need attention: web1 failed, db2 is late.",
    );
    expect(site({ bad: ["web1 failed"], total: 1 })).toBe("1 of 1 host needs attention: web1 failed.");
    expect(site({ bad: ["a failed", "b failed", "c failed", "d", "e"] })).toMatch(/c failed, and 2 more\.$/);
  });

  it("begins with what keeps all of them from being backed up", () => {
    const troubles = [{ message: "The disk is away.", level: "bad" as const }];
    expect(site({ troubles })).toBe("The disk is away.");
    expect(site({ troubles, bad: ["web1 failed"] })).toBe(
      "The disk is away. 1 of 14 hosts needs attention: web1 failed.",
    );
    expect(site({ troubles, configured: false })).toMatch(/Nothing is configured/);
  });
});
