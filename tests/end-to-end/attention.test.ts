// What asks for somebody: an alert that a person has seen, a backup that may wait for its window, a dead man's switch, a snapshot that
// cp would spoil.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { type Visit, visit } from "../support/visit.ts";

const MESSAGE = "The source /nowhere of web is gone, and its backups fail.";

let at: Visit;

async function inDatabase(change: (db: Database) => Promise<unknown>): Promise<void> {
  const db = await openDatabase(at.site.world.environment.POBSYNC_DATABASE_URL ?? "");
  try {
    await change(db);
  } finally {
    await db.close();
  }
}

beforeAll(async () => {
  at = await visit();
  await at.site.addHost("web", [at.site.world.hostDir]);
  // Alerts have a grace, which nobody waits for here: this one is made as the watcher makes it.
  const key = "backup@web";
  const now = new Date();
  const alert = {
    ...{ key, openKey: key, code: "source_missing", severity: "bad", message: MESSAGE, flaps: 0 },
    ...{ hint: "Look at web.", firstSeenAt: now, openedAt: now },
  };
  await inDatabase((db) => db.sql.insertInto("alerts").values(alert).execute());
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

describe("an alert", () => {
  const acknowledge = () => at.page.getByRole("button", { name: `Acknowledge: ${MESSAGE}` });

  it("is shown to a viewer, who acknowledges nothing", async () => {
    await at.as("charlie");
    await at.goTo("/alerts");
    await at.sees(MESSAGE);
    expect(await acknowledge().count()).toBe(0);
    await at.as("ada");
  });

  it("is acknowledged with one click, and says by whom from then on", async () => {
    await at.goTo("/alerts");
    await acknowledge().click();
    await at.sees(/seen by ada|seems to be over/);
    await acknowledge().waitFor({ state: "detached" });
    const { items } = await at.site.ask("GET", "/api/alerts");
    expect(items[0]).toMatchObject({ message: MESSAGE, acknowledged: { by: "ada" } });
  });
});

describe("a backup that need not be now", () => {
  it("waits in the queue for the next window of its host, and the page says so", async () => {
    // Now is in none of them: they open once a week, on a day that is neither today nor tomorrow nor yesterday.
    const day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][(new Date().getUTCDay() + 3) % 7];
    await at.site.ask("PATCH", "/api/hosts/web", { windows: [`${day} 10:00-11:00`] });
    await at.goTo("/hosts/web");
    await at.page.getByRole("button", { name: "More for web" }).click();
    await at.page.getByRole("menuitem", { name: /Back up in the next window/ }).click();
    await at.arrivesAt(/^\/runs\/\d+/);
    await at.sees(/window/);
    const id = at.address().replace("/runs/", "");
    expect(await at.site.ask("GET", `/api/runs/${id}`)).toMatchObject({
      ...{ status: "queued", trigger: "manual" },
      waiting: { reason: "window" },
    });
    await at.site.ask("POST", `/api/runs/${id}/cancel`, {});
  });
});

describe("a dead man's switch", () => {
  it("is given to a host, shown without its secret part, and taken away again", async () => {
    const url = "https://hc.example.org/ping/3f0c-secret-9a";
    await at.goTo("/hosts/web/configuration");
    const field = at.page.getByRole("textbox", { name: "Ping", exact: true });
    await field.fill(url);
    await at.page.getByRole("button", { name: "Save", exact: true }).click();
    await at.sees("Nothing is changed.");
    expect(await field.inputValue()).toMatch(/^https:\/\/hc\.example\.org\//);
    expect(await at.page.getByRole("main").innerHTML()).not.toContain("3f0c-secret-9a");
    await field.fill("");
    await at.page.getByRole("button", { name: "Save", exact: true }).click();
    await expect
      .poll(async () => (await at.site.ask("GET", "/api/hosts/web")).effective.pingUrl)
      .toEqual([{ value: null, origin: "default" }]);
  });
});

describe("a snapshot that was made without root", () => {
  it("says so, and by which command it is restored by hand", async () => {
    await at.site.addHost("nas", [at.site.world.hostDir]);
    const { snapshot } = await at.site.backUp("nas");
    await at.goTo(`/snapshots/nas/${snapshot}`);
    await at.sees(/cp and rsync can restore from it/);
    expect(await at.page.getByText("owners in attributes").count()).toBe(0);
    await inDatabase((db) =>
      db.sql.updateTable("snapshots").set({ fakeSuper: true }).where("name", "=", snapshot).execute(),
    );
    await at.goTo(`/snapshots/nas/${snapshot}`);
    await at.sees("owners in attributes");
    await at.sees(/rsync -aHAXS --numeric-ids --fake-super .* root@HOST:/);
  });
});
