// Addresses that can be kept and sent, the browser's own buttons, and the keyboard.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { untilCount, type Visit, visit } from "../support/visit.ts";

let at: Visit;
beforeAll(async () => {
  at = await visit();
  const { hostDir } = at.site.world;
  writeFileSync(join(hostDir, "file"), "x");
  await at.site.addHost("laptop", [hostDir]);
  await at.site.addHost("nas", [hostDir]);
  await at.site.addHost("mail", [hostDir], { sources: [join(hostDir, "not-there")] });
  for (const host of ["laptop", "mail"]) await at.site.backUp(host);
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

const palette = () => at.page.getByLabel(/^Go to a place/);
const rows = (table: string) => at.page.getByRole("table", { name: table, exact: true }).locator("tbody tr");

describe("an address", () => {
  it("holds the filters of a list: after a reload, and when somebody else opens it", async () => {
    const { page } = at;
    await at.goTo("/hosts");
    await untilCount(rows("Hosts"), 3);
    await page.getByLabel("Name or address").fill("la");
    await untilCount(rows("Hosts"), 1);
    expect(at.address()).toBe("/hosts?q=la");
    await page.reload();
    await untilCount(rows("Hosts"), 1);
    expect(await page.getByLabel("Name or address").inputValue()).toBe("la");
    await at.goTo("/hosts?health=never,failing");
    await untilCount(rows("Hosts"), 2);
    await page.getByRole("row", { name: /mail/ }).waitFor();
    await at.goTo("/runs?status=succeeded");
    await untilCount(rows("Runs"), 1);
  });

  it("leads to a part of a page: a tab of a host, and a run", async () => {
    const { page } = at;
    await at.goTo("/hosts/laptop/snapshots");
    await page.getByRole("tab", { name: "Snapshots", selected: true }).waitFor();
    await page.getByRole("tab", { name: "Connection" }).click();
    await at.arrivesAt(/^\/hosts\/laptop\/connection$/);
    await page.reload();
    await page.getByRole("tab", { name: "Connection", selected: true }).waitFor();
  });

  it("is gone back to with the browser's own button, filters and all", async () => {
    const { page } = at;
    await at.goTo("/hosts?q=la");
    await page.getByRole("link", { name: "laptop" }).click();
    await page.getByRole("heading", { level: 1, name: "laptop" }).waitFor();
    await page.getByRole("tab", { name: "Runs" }).click();
    await at.arrivesAt(/^\/hosts\/laptop\/runs$/);
    await page.goBack();
    await page.getByRole("tab", { name: "Overview", selected: true }).waitFor();
    await page.goBack();
    await untilCount(rows("Hosts"), 1);
    expect(at.address()).toBe("/hosts?q=la");
  });

  it("that leads nowhere says so", async () => {
    for (const path of ["/nowhere", "/hosts/laptop/files/more", "/runs/nonsense"]) {
      await at.goTo(path);
      await at.sees("There is no such page");
    }
    await at.goTo("/hosts/nobody");
    await at.page
      .getByRole("alert")
      .getByText(/nobody/)
      .first()
      .waitFor();
    await at.goTo("/runs/999");
    await at.page.getByRole("alert").getByText(/999/).first().waitFor();
    await at.goTo("/snapshots/laptop/20200101T000000Z-manual-000000");
    await at.page.getByRole("alert").first().waitFor();
  });

  it("of each page is told apart by the title of the browser's tab", async () => {
    await at.goTo("/hosts/laptop");
    expect(await at.page.title()).toBe("laptop · pobsync");
    await at.menu("Schedules").click();
    await at.page.getByRole("heading", { level: 1, name: "Schedules" }).waitFor();
    expect(await at.page.title()).toBe("Schedules · pobsync");
  });
});

describe("the keyboard", () => {
  it("opens a host from anywhere: Ctrl-K, a part of its name, Enter", async () => {
    const { page } = at;
    await at.goTo("/settings");
    await page.keyboard.press("Control+k");
    await palette().fill("lap");
    await page.getByRole("dialog").getByText("laptop").waitFor();
    await page.keyboard.press("Enter");
    await at.arrivesAt(/^\/hosts\/laptop$/);
    await page.keyboard.press("/");
    await palette().waitFor();
    await page.keyboard.press("Escape");
    await palette().waitFor({ state: "detached" });
  });

  it("goes to the hosts with g and h, but not while somebody types", async () => {
    const { page } = at;
    await at.goTo("/");
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await at.arrivesAt(/^\/hosts$/);
    await page.getByLabel("Name or address").pressSequentially("gh");
    await at.arrivesAt(/^\/hosts\?q=gh$/);
  });

  it("skips to the content with the first link of the page", async () => {
    const { page } = at;
    await at.goTo("/hosts");
    await page.keyboard.press("Tab");
    await page.getByRole("link", { name: "To the content", exact: true }).waitFor();
    expect(await page.evaluate("document.activeElement.textContent.trim()")).toBe("To the content");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate("document.activeElement.tagName")).toBe("MAIN");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.querySelector('main').contains(document.activeElement)")).toBe(true);
  });

  it("walks through the folders of a snapshot", async () => {
    const { page } = at;
    await at.goTo(`/hosts/laptop/files?path=${encodeURIComponent(at.site.world.dir)}`);
    await page.getByRole("listbox").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("listbox", { name: `What lies in ${at.site.world.hostDir}` }).waitFor();
    await page.getByRole("listbox").focus();
    await page.keyboard.press("Backspace");
    await page.getByRole("listbox", { name: `What lies in ${at.site.world.dir}` }).waitFor();
  });
});
