// What stays and what goes: seen first, tried with other rules, and done when the host's name was typed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Visit, visit } from "../support/visit.ts";

const BACKUPS = 4;

let at: Visit;
beforeAll(async () => {
  at = await visit();
  const { hostDir } = at.site.world;
  await at.site.addHost("mail", [hostDir], { keepLast: 3 });
  for (let n = 0; n < BACKUPS; n += 1) {
    writeFileSync(join(hostDir, "inbox"), `${n} letters\n`);
    await at.site.backUp("mail");
  }
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

const button = (name: string) => at.page.getByRole("button", { name, exact: true });
const plan = () => at.page.getByRole("table", { name: "Retention plan" });
const snapshots = async (): Promise<number> =>
  (await at.site.ask("GET", "/api/snapshots?host=mail&state=complete")).items.length;

describe("retention", () => {
  it("is shown with a reason for each snapshot that stays, as a list and as a calendar", async () => {
    await at.goTo("/hosts/mail/retention");
    await at.sees("3 snapshots would stay, 1 snapshot would go");
    expect(await plan().getByText("stays").count()).toBe(3);
    expect(await plan().getByText("goes").count()).toBe(1);
    await plan().getByText("no rule keeps it").waitFor();
    await at.page.getByText("Calendar", { exact: true }).click();
    await at.page.getByRole("link", { name: /3 stay, 1 go/ }).waitFor();
    expect(at.address()).toBe("/hosts/mail/retention?view=calendar");
    expect(await snapshots()).toBe(BACKUPS);
  });

  it("is tried with other rules, which changes nothing", async () => {
    await at.goTo("/hosts/mail/retention");
    await button("Try other rules").click();
    await at.page.getByLabel("Last", { exact: true }).fill("2");
    await button("Look").click();
    await at.sees("2 snapshots would stay, 2 snapshots would go");
    await plan().getByText("other than now").waitFor();
    await button("Back to the rules that hold").click();
    await at.sees("3 snapshots would stay, 1 snapshot would go");
    expect(await snapshots()).toBe(BACKUPS);
  });

  it("is applied when the host's name was typed: the run is shown, and the snapshots are gone", async () => {
    await at.goTo("/hosts/mail/retention");
    await button("Prune …").click();
    const dialog = at.page.getByRole("dialog", { name: "Remove 1 snapshot of mail" });
    const go = dialog.getByRole("button", { name: "Remove 1 snapshot" });
    expect(await go.isDisabled()).toBe(true);
    await dialog.getByLabel("Type mail to confirm").fill("mail");
    await go.click();
    await at.arrivesAt(/^\/runs\/\d+$/);
    await at.page.getByText("succeeded").first().waitFor();
    await at.sees("1 snapshot removed");
    expect(await snapshots()).toBe(BACKUPS - 1);
    await at.goTo("/hosts/mail/retention");
    await at.sees("3 snapshots would stay, 0 snapshots would go");
    expect(await button("Prune …").count()).toBe(0);
  });
});
