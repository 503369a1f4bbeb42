// Every page when there is nothing yet, and the way in.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { allPages, faultsOf } from "../support/all-pages.ts";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
beforeAll(async () => {
  at = await visit({ bare: true });
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

describe("with nothing there yet", () => {
  it("the way in has no barrier and fits a phone, before and after the first account", async () => {
    expect(await faultsOf(at, "/setup")).toEqual([]);
    await at.site.makePeople();
    expect(await faultsOf(at, "/login")).toEqual([]);
    await at.as("ada");
  });

  it.each(allPages().filter((pattern) => !pattern.includes("$")))(
    "%s has no barrier, fits a phone, and complains of nothing, in light and in dark",
    async (path) => {
      expect(await faultsOf(at, path)).toEqual([]);
    },
  );
});
