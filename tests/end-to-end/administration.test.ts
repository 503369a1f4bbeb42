// People, settings and the audit, as an admin sees to them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
beforeAll(async () => {
  at = await visit();
  writeFileSync(join(at.site.world.hostDir, "file"), "x");
  await at.site.addHost("laptop", [at.site.world.hostDir]);
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

const button = (name: string) => at.page.getByRole("button", { name, exact: true });
const person = (name: string) => at.page.getByRole("table", { name: "People" }).getByRole("row", { name });
const audit = () => at.page.getByRole("table", { name: "Audit" });

async function fromMenu(name: string, item: string | RegExp): Promise<void> {
  await button(`More for ${name}`).click();
  await at.page.getByRole("menuitem", { name: item }).click();
}

describe("people", () => {
  it("are added with a role, given another, and kept out while they are disabled", async () => {
    const { page, site } = at;
    await at.goTo("/admin/people");
    await button("Add a person").click();
    const dialog = page.getByRole("dialog", { name: "Add a person" });
    await dialog.getByLabel("Username").fill("grace");
    await dialog.getByLabel("Name", { exact: true }).fill("Grace Hopper");
    await button("Make one up").click();
    const password = await dialog.getByRole("textbox", { name: "Password" }).inputValue();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await person("grace").getByRole("cell", { name: "viewer", exact: true }).waitFor();
    await fromMenu("grace", /Name and role/);
    await at.choose("Role", /^operator/, page.getByRole("dialog"));
    await button("Save").click();
    await person("grace").getByRole("cell", { name: "operator", exact: true }).waitFor();
    await fromMenu("grace", "Disable");
    await person("grace").getByText("disabled").waitFor();
    const signIn = () =>
      fetch(`${site.url}api/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ username: "grace", password }),
      });
    expect((await signIn()).status).toBe(401);
    await fromMenu("grace", "Enable");
    await person("grace").getByText("disabled").waitFor({ state: "detached" });
    // One who has failed waits for a moment.
    await expect.poll(async () => (await signIn()).status, { timeout: 30_000 }).toBe(200);
  });

  it("are never all locked out: the last admin is told why not", async () => {
    await at.goTo("/admin/people");
    await fromMenu("ada", "Disable");
    await at.page.getByRole("alert").getByText(/admin/).first().waitFor();
    const users = await at.site.ask("GET", "/api/users");
    expect(users.items).toContainEqual(expect.objectContaining({ username: "ada", enabled: true }));
  });

  it("are removed when the name was typed", async () => {
    await at.goTo("/admin/people");
    await fromMenu("grace", /^Remove/);
    await at.page.getByLabel("Type grace to confirm").fill("grace");
    await button("Remove for good").click();
    await person("grace").waitFor({ state: "detached" });
  });
});

describe("configuration", () => {
  it("of a host says where each value comes from, is changed, and inherits again", async () => {
    await at.goTo("/hosts/laptop/configuration");
    await at.sees(/is the identity of this host and never changes/);
    const own = async () => (await at.site.ask("GET", "/api/hosts/laptop")).effective.keepLast;
    const newest = at.page.getByRole("textbox", { name: "Newest", exact: true });
    await newest.fill("5");
    await at.sees("There are changes that are not saved.");
    await button("Save").click();
    await at.sees("Nothing is changed.");
    expect(await own()).toEqual([{ value: 5, origin: "host" }]);
    await button("Inherit: Newest").click();
    await button("Save").click();
    await at.sees("Nothing is changed.");
    expect(await own()).toMatchObject([{ origin: "default" }]);
  });

  it("of the site is changed, too, and holds for the hosts that say nothing else", async () => {
    await at.goTo("/settings");
    await at.page
      .getByLabel(/bandwidth/i)
      .first()
      .fill("10M");
    await button("Save").click();
    await at.sees("Nothing is changed.");
    expect(await at.site.ask("GET", "/api/hosts/laptop")).toMatchObject({
      effective: { bwlimit: [{ value: 10 * 1024 * 1024, origin: "global" }] },
    });
  });
});

describe("the audit", () => {
  it("says who did what, from where, and can be narrowed down", async () => {
    await at.goTo("/admin/audit");
    const row = audit().getByRole("row", { name: /user\.removed/ });
    await row.getByText("ada").first().waitFor();
    await row.getByText("grace").first().waitFor();
    await row.getByText("127.0.0.1").first().waitFor();
    await audit()
      .getByRole("row", { name: /host\.changed/ })
      .first()
      .waitFor();
    await at.page.getByRole("textbox", { name: "Its name" }).fill("grace");
    await audit()
      .getByRole("row", { name: /host\.changed/ })
      .first()
      .waitFor({ state: "detached" });
    expect(at.address()).toBe("/admin/audit?subject=grace");
    await audit()
      .getByRole("row", { name: /user\.created/ })
      .getByText("Grace Hopper")
      .waitFor();
  });
});
