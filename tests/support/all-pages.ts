// Every page of the console, as the router knows them, looked at in each way that people have.
import { readFileSync } from "node:fs";
import { barriers } from "./axe.ts";
import type { Visit } from "./visit.ts";

const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
/** What a narrow window or other colours may change; the rest is as in the first look. */
const [OF_COLOURS, OF_WIDTH] = [
  ["color-contrast", "link-in-text-block"],
  ["scrollable-region-focusable", "link-name", "button-name", "aria-hidden-focus"],
];

const TABS = ["runs", "snapshots", "schedules", "retention", "space", "configuration", "connection"];
const SECTIONS = ["people", "tokens", "audit", "tables"];
const TABLES = ["hosts", "auditEntries"];

/** Addresses of all pages but the way in, "/hosts/$host/runs" and the like: `$host`, `$id` and `$snapshot` are left. */
export function allPages(): string[] {
  const router = readFileSync(new URL("../../web/router.tsx", import.meta.url), "utf8");
  const patterns = [...router.matchAll(/\bpage\("([^"]+)"/g)].map(([, path = ""]) => path);
  if (patterns.length < 20) throw new Error("the router has other words for its pages");
  const each = (pattern: string, part: string, values: readonly string[]): string[] =>
    pattern.endsWith(`/${part}`) ? values.map((value) => pattern.replace(part, value)) : [pattern];
  return patterns
    .filter((pattern) => pattern !== "/setup" && pattern !== "/login")
    .flatMap((pattern) => each(pattern, "$tab", TABS))
    .flatMap((pattern) => each(pattern, "$section", SECTIONS))
    .flatMap((pattern) => each(pattern, "$table", TABLES));
}

/** Sentences about what is not as it should be on that page: wide in light and in dark, and on a phone. */
export async function faultsOf({ page, browser, goTo }: Visit, path: string): Promise<string[]> {
  const faults: string[] = [];
  const note = (how: string, found: readonly string[]) =>
    faults.push(...found.map((fault) => `${how}: ${fault}`));
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light" });
  await goTo(path);
  note("wide", [...(await barriers(page)), ...(await overflow(page))]);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor({ state: "attached" });
  note("dark", await barriers(page, OF_COLOURS));
  await page.setViewportSize(PHONE);
  note("on a phone", [...(await overflow(page)), ...(await barriers(page, OF_WIDTH))]);
  note("on the console", browser.complaints.splice(0));
  return faults;
}

/** What is wider than the window. */
async function overflow(page: Visit["page"]): Promise<string[]> {
  const found = await page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
    const names = wide.slice(-3).map((one) => one.tagName + " " + one.className + " " + one.textContent.slice(0, 40));
    return ["it is " + scrollWidth + " px wide in a window of " + clientWidth + ": " + names.join("; ")];
  })()`);
  return found as string[];
}
