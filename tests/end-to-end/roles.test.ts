// Who may do what: those who may not are offered nothing, and the API refuses them whatever the page shows.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Person } from "../support/served-site.ts";
import { type Visit, visit } from "../support/visit.ts";

let at: Visit;
beforeAll(async () => {
  at = await visit();
  const { hostDir } = at.site.world;
  writeFileSync(join(hostDir, "file"), "x");
  await at.site.addHost("laptop", [hostDir], { keepLast: 1 });
  for (let n = 0; n < 2; n += 1) await at.site.backUp("laptop");
  await at.site.ask("POST", "/api/hosts/laptop/schedules", { cron: "15 2 * * *" });
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

/** Words on buttons and links that change something, and who is the least that may. */
const OPERATORS = /^(Back up|Prune …|Restore|Verify|Discover|Check now|Download as|Folder as|Pin$|Try again)/;
const ADMINS =
  /^(Add |Make |Change |Remove|Save|Discard|Disable|Enable|Pin this key|Set the backup root|Another schedule|Empty)/;

const PAGES = [
  ...["/", "/hosts", "/hosts/laptop", "/hosts/laptop/schedules", "/hosts/laptop/retention"],
  ...["/hosts/laptop/configuration", "/hosts/laptop/connection", "/hosts/laptop/files", "/snapshots"],
  ...["/snapshots/laptop/latest", "/runs", "/runs/1", "/schedules", "/settings"],
];

/** What that person can press on all these pages: "/hosts: Add a host" and the like. */
async function offered(
  person: Person,
  paths: readonly string[] = PAGES,
): Promise<{ operators: string[]; admins: string[] }> {
  await at.as(person);
  const found: { path: string; words: string }[] = [];
  for (const path of paths) {
    await at.goTo(path);
    const main = at.page.getByRole("main");
    const controls = main.getByRole("button").or(main.getByRole("link"));
    found.push(...(await controls.allInnerTexts()).map((words) => ({ path, words: words.trim() })));
  }
  const among = (words: RegExp): string[] =>
    found.filter((one) => words.test(one.words)).map((one) => `${one.path}: ${one.words}`);
  return { operators: among(OPERATORS), admins: among(ADMINS) };
}

/** As the page itself would ask, with the session that the browser has. */
async function refusal(method: string, path: string, data: unknown): Promise<string> {
  const { request } = at.browser.context;
  const { csrfToken } = await (await request.get(`${at.site.url}api/session`)).json();
  const headers = { "x-csrf-token": csrfToken };
  const answer = await request.fetch(`${at.site.url}api/${path}`, { method, data, headers });
  return `${answer.status()} ${(await answer.json()).code}`;
}

describe("a viewer", () => {
  it("is offered nothing that changes anything", async () => {
    expect(await offered("charlie")).toEqual({ operators: [], admins: [] });
  });

  it("is refused by the API all the same", async () => {
    await at.as("charlie");
    expect(await refusal("POST", "hosts/laptop/backup", {})).toBe("403 not_allowed");
    expect(await refusal("GET", "hosts/laptop/download?path=/", undefined)).toBe("403 not_allowed");
    expect(await refusal("PATCH", "hosts/laptop", { keepLast: 1 })).toBe("403 not_allowed");
  });

  it("who follows a link to what is for others is told so", async () => {
    await at.as("charlie");
    await at.goTo("/admin/people");
    await at.sees("This is for admins");
    await at.goTo("/hosts/laptop/restore");
    expect(await at.page.getByRole("button", { name: "Go on" }).count()).toBe(0);
  });
});

describe("an operator", () => {
  it("is offered runs and restores, and no change of the configuration", async () => {
    const { operators, admins } = await offered("bob");
    for (const word of ["Back up now", "Prune …", "Restore", "Verify", "Check now"])
      expect(operators.join("\n")).toContain(word);
    expect(admins).toEqual([]);
    expect(await refusal("PATCH", "hosts/laptop", { keepLast: 1 })).toBe("403 not_allowed");
    expect(await refusal("PATCH", "settings", { keepLast: 1 })).toBe("403 not_allowed");
    expect(await refusal("GET", "users", undefined)).toBe("403 not_allowed");
  });

  it("reads in the configuration where each value comes from", async () => {
    await at.as("bob");
    await at.goTo("/hosts/laptop/configuration");
    const row = at.page.getByRole("row", { name: /^Newest/ });
    await row.getByText("this host").waitFor();
  });
});

describe("an admin", () => {
  it("is offered all of it", async () => {
    const paths = ["/hosts", "/hosts/laptop/schedules", "/hosts/laptop/configuration", "/settings"];
    const { admins } = await offered("ada", paths);
    for (const word of ["Add a host", "Another schedule", "Disable", "Remove", "Save"])
      expect(admins.join("\n")).toContain(word);
  });
});
