// The server goes away while a page is open, and comes back.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ReverseProxy, startReverseProxy } from "../support/reverse-proxy.ts";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
let proxy: ReverseProxy;
beforeAll(async () => {
  at = await visit();
  proxy = await startReverseProxy(at.site.url);
  await at.site.addHost("laptop", [at.site.world.hostDir]);
});
afterEach((test) => {
  // The browser itself says of each attempt that nobody answered, or only the proxy.
  const { complaints } = at.browser;
  const others = complaints.filter((text) => !/net::ERR_|status of 502/.test(text));
  complaints.splice(0, complaints.length, ...others);
  return at.check(test);
});
afterAll(async () => {
  await proxy.close();
  await at.close();
});

const notice = () => at.page.getByText("The server is not heard at the moment");

describe("a page whose server has gone", () => {
  it("says so, keeps what it shows, and goes on by itself when the server is back", async () => {
    const { page, site } = at;
    await at.goTo("/hosts");
    await page.evaluate("window.stillHere = true");
    await site.stop();
    await notice().waitFor();
    expect(await page.getByRole("row", { name: /laptop/ }).count()).toBe(1);
    await site.start();
    await notice().waitFor({ state: "detached" });
    // What happens from now on is heard again.
    await site.addHost("nas", [site.world.hostDir]);
    await page.getByRole("row", { name: /nas/ }).waitFor();
    expect(await page.evaluate("window.stillHere")).toBe(true);
  });

  it("does so behind a proxy as well, which answers in its place", async () => {
    const { page, site } = at;
    await page.goto(`${proxy.url}hosts`);
    await at.settled();
    await site.stop();
    await notice().waitFor();
    await site.start();
    await notice().waitFor({ state: "detached" });
    await site.addHost("mail", [site.world.hostDir]);
    await page.getByRole("row", { name: /mail/ }).waitFor();
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
    await notice().waitFor();
    await site.start();
    await notice().waitFor({ state: "detached" });
    await page.getByRole("row", { name: /laptop/ }).waitFor();
  });
});
