// The server goes away while a page is open, and comes back.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
beforeAll(async () => {
  at = await visit();
  await at.site.addHost("laptop", [at.site.world.hostDir]);
});
afterEach((test) => {
  // The browser itself says of each attempt that nobody answered.
  const { complaints } = at.browser;
  complaints.splice(0, Infinity, ...complaints.filter((text) => !/net::ERR_/.test(text)));
  return at.check(test);
});
afterAll(() => at.close());

describe("a page whose server has gone", () => {
  it("says so, keeps what it shows, and goes on by itself when the server is back", async () => {
    const { page, site } = at;
    await at.goTo("/hosts");
    await page.evaluate("window.stillHere = true");
    const notice = page.getByText("The server is not heard at the moment");
    await site.stop();
    await notice.waitFor();
    expect(await page.getByRole("row", { name: /laptop/ }).count()).toBe(1);
    await site.start();
    await notice.waitFor({ state: "detached" });
    // What happens from now on is heard again.
    await site.addHost("nas", [site.world.hostDir]);
    await page.getByRole("row", { name: /nas/ }).waitFor();
    expect(await page.evaluate("window.stillHere")).toBe(true);
  });

  it("says what it could not load when somebody goes on meanwhile, and loads it when asked again", async () => {
    const { page, site } = at;
    await at.goTo("/schedules");
    await at.menu("Snapshots").hover();
    await at.menu("Snapshots").click();
    await at.sees("There are no snapshots yet");
    await site.stop();
    await at.menu("Schedules").click();
    await at.menu("Hosts").click();
    await page.getByText("The server is not heard at the moment").waitFor();
    await site.start();
    await page.getByText("The server is not heard at the moment").waitFor({ state: "detached" });
    await page.getByRole("row", { name: /laptop/ }).waitFor();
  });
});
