// When a host is backed up by itself: what an expression means is said while it is typed.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
beforeAll(async () => {
  at = await visit();
  await at.site.addHost("nas", [at.site.world.hostDir], { timeZone: "Europe/Amsterdam" });
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

const button = (name: string) => at.page.getByRole("button", { name, exact: true });
const form = (name: string) => at.page.getByRole("form", { name });

describe("a schedule", () => {
  it("says in words what is typed, and when it comes due next, and is made", async () => {
    await at.goTo("/hosts/nas/schedules");
    await button("Make one").click();
    const cron = form("New schedule").getByLabel("When (cron)");
    await cron.fill("30 4 1 1 *");
    await form("New schedule")
      .getByText(/Jan \d{4}, 04:30/)
      .first()
      .waitFor();
    await form("New schedule").getByText("Next, in Europe/Amsterdam:").waitFor();
    await cron.fill("*/15 * * * *");
    await form("New schedule")
      .getByText(/every 15 minutes/i)
      .waitFor();
    await at.page.getByText("Every night at 02:15").click();
    expect(await cron.inputValue()).toBe("15 2 * * *");
    await button("Make the schedule").click();
    await at.sees("15 2 * * * · Europe/Amsterdam · default");
    await at.goTo("/schedules");
    const row = at.page.getByRole("table", { name: "Schedules" }).getByRole("row", { name: /nas/ });
    await row.getByText(/^in \d+ (h|min|s)/).waitFor();
  });

  it("that makes no sense is said to while it is typed, and is not made", async () => {
    await at.goTo("/hosts/nas/schedules");
    await button("Change the schedule default").click();
    const cron = form("Schedule default").getByLabel("When (cron)");
    await cron.fill("61 2 * * *");
    await form("Schedule default").getByRole("alert").getByText(/61/).waitFor();
    await button("Save").click();
    await form("Schedule default").getByText("bad_input").waitFor();
    const { items } = await at.site.ask("GET", "/api/schedules?host=nas");
    expect(items).toMatchObject([{ cron: "15 2 * * *" }]);
  });

  it("is changed in place, switched off and on, and removed when its name was typed", async () => {
    await at.goTo("/hosts/nas/schedules");
    await button("Change the schedule default").click();
    await form("Schedule default").getByLabel("When (cron)").fill("0 22 * * 1-5");
    await button("Save").click();
    await at.sees("0 22 * * 1-5 · Europe/Amsterdam · default");
    await button("Disable").click();
    await button("Enable").click();
    await button("Disable").waitFor();
    await button("Remove the schedule default").click();
    const dialog = at.page.getByRole("dialog", { name: "Remove the schedule default" });
    expect(await dialog.getByRole("button", { name: "Remove" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Type default to confirm").fill("default");
    await dialog.getByRole("button", { name: "Remove" }).click();
    await at.sees("It has no schedule");
  });
});
