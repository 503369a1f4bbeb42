// Every page when there is nothing yet, and the way in.
import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import { allPages, expectNoFaults } from "../support/all-pages.ts";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
beforeAll(async () => {
  at = await visit({ bare: true });
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

describe("with nothing there yet", () => {
  it("the way in has no barrier and fits a phone, before and after the first account", async () => {
    await expectNoFaults(at, ["/setup"]);
    await at.site.makePeople();
    await expectNoFaults(at, ["/login"]);
  });

  it("no page has a barrier, is too wide for a phone, or complains, in light and in dark", async () => {
    await at.as("ada");
    await expectNoFaults(at, allPages(null));
  }, 300_000);
});
