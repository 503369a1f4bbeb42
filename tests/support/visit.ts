// Somebody in front of the console: a real browser on a real server, and what a test looks for on the page.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect, type TestContext } from "vitest";
import { openBrowser, type TestBrowser } from "./browser.ts";
import { PASSWORD } from "./people.ts";
import { type Person, type ServedSite, serveSite } from "./served-site.ts";

/** Long: machines that run tests are busy. Whoever waits for something that comes does not notice. */
const PATIENCE_MS = 45_000;

export type Visit = {
  site: ServedSite;
  browser: TestBrowser;
  page: Page;
  /** Signs that person in, without the page. Null: nobody any more. */
  as(person: Person | null): Promise<void>;
  /** Loads an address such as "/hosts", and waits until the page has all it asked for. */
  goTo(path: string): Promise<void>;
  settled(): Promise<void>;
  /** Waits until that text is on the page, anywhere. */
  sees(text: string | RegExp): Promise<void>;
  /** The path and the search of the address. */
  address(): string;
  /** Waits until the browser is there. */
  arrivesAt(path: RegExp): Promise<void>;
  /** A link of the menu at the side. */
  menu(name: string): Locator;
  /** Opens the one select of that label, and takes that choice. */
  choose(label: string, choice: string | RegExp, within?: Locator): Promise<void>;
  /** For `afterEach`: nothing was complained of; of a page that failed its test there is a picture. */
  check(test: TestContext): Promise<void>;
  close(): Promise<void>;
};

/** A fresh server and a fresh browser, with Ada signed in unless the site is bare. */
export async function visit(options: { bare?: boolean } = {}): Promise<Visit> {
  const [site, browser] = await Promise.all([serveSite(options), openBrowser()]);
  const { context, complaints } = browser;
  context.setDefaultTimeout(PATIENCE_MS);
  const page = context.pages()[0] ?? (await context.newPage());
  // What moves is neither clicked nor judged well.
  await page.emulateMedia({ reducedMotion: "reduce" });
  const settled = (): Promise<void> => untilSettled(page);
  const as: Visit["as"] = async (person) => {
    await context.clearCookies();
    if (person === null) return;
    const data = { username: person, password: PASSWORD };
    const answer = await context.request.post(`${site.url}api/login`, { data });
    if (!answer.ok()) throw new Error(`${person} was not let in: ${await answer.text()}`);
  };
  if (options.bare !== true) await as("ada");
  return {
    ...{ site, browser, page, as, settled },
    async goTo(path) {
      await page.goto(new URL(path, site.url).href);
      await settled();
    },
    // What is only for a phone is on the page as well, and hidden.
    sees: (text) => page.getByText(text).filter({ visible: true }).first().waitFor(),
    address: () => {
      const { pathname, search } = new URL(page.url());
      return `${pathname}${search}`;
    },
    arrivesAt: (path) => page.waitForURL((url) => path.test(`${url.pathname}${url.search}`)),
    menu: (name) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }),
    async choose(label, choice, within = page.locator("body")) {
      await within.getByLabel(label, { exact: true }).and(page.locator("input")).click();
      await page.getByRole("option", { name: choice }).click();
    },
    async check({ task }) {
      if (task.result?.state === "fail") {
        const picture = join(await mkdtemp(join(tmpdir(), "pobsync-failed-")), "page.png");
        await page.screenshot({ path: picture });
        process.stderr.write(`${task.name}: ${page.url()} looked like this: ${picture}\n`);
      }
      expect(complaints.splice(0)).toEqual([]);
    },
    async close() {
      await browser.close();
      await site.dispose();
    },
  };
}

/** Until there is a heading, and nothing on the page says that it still waits for something. */
async function untilSettled(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  const waiting = page.locator('[aria-busy="true"], .mantine-Skeleton-root, [aria-label="Loading"]');
  await waiting.first().waitFor({ state: "detached" });
}

/** How many there are, once there are that many. */
export const untilCount = (locator: Locator, count: number): Promise<void> =>
  expect.poll(() => locator.count(), { timeout: PATIENCE_MS }).toBe(count);
