// Every page of the console, as the router knows them, looked at in each way that people have.
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { barriers } from "./axe.ts";
import type { Visit } from "./visit.ts";

const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

/** What stands in an address for something that is there. */
export type Known = { host: string; id: string; snapshot: string };

const TABS = ["runs", "snapshots", "schedules", "retention", "space", "configuration", "connection"];
const SECTIONS = ["people", "tokens", "audit", "tables"];

/** Addresses of all pages but the way in; without `known`, only those that need nothing to be there. */
export function allPages(known: Known | null): string[] {
  const router = readFileSync(new URL("../../web/router.tsx", import.meta.url), "utf8");
  const patterns = [...router.matchAll(/\bpage\("([^"]+)"/g)].map(([, path = ""]) => path);
  if (patterns.length < 20) throw new Error("the router has other words for its pages");
  const values: Record<string, readonly string[]> = {
    ...(known === null
      ? {}
      : { $host: [known.host], $id: [known.id], $snapshot: [known.snapshot], $tab: TABS }),
    ...{ $section: SECTIONS, $table: ["hosts", "audit_log"] },
  };
  return patterns
    .filter((pattern) => pattern !== "/setup" && pattern !== "/login")
    .flatMap((pattern) => {
      const missing = pattern.split("/").find((part) => part.startsWith("$") && values[part] === undefined);
      if (missing !== undefined && known === null) return [];
      if (missing !== undefined) throw new Error(`nobody has said what ${missing} in ${pattern} may be`);
      return filled(pattern, values);
    });
}

function filled(pattern: string, values: Readonly<Record<string, readonly string[]>>): string[] {
  const name = /\$\w+/.exec(pattern)?.[0];
  if (name === undefined) return [pattern];
  return (values[name] ?? []).flatMap((value) =>
    filled(
      pattern.replace(name, () => value),
      values,
    ),
  );
}

/** Sentences about what is not as it should be on that page: wide in light and dark, and on a phone. */
async function faultsOf({ page, browser, goTo }: Visit, path: string): Promise<string[]> {
  const faults: string[] = [];
  const note = (how: string, found: readonly string[]) =>
    faults.push(...found.map((fault) => `${path} ${how}: ${fault}`));
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light" });
  await goTo(path);
  note("wide", [...(await barriers(page)), ...(await overflow(page))]);
  await page.emulateMedia({ colorScheme: "dark" });
  note("dark", await barriers(page, ["color-contrast", "link-in-text-block"]));
  await page.setViewportSize(PHONE);
  note("on a phone", [...(await overflow(page)), ...(await barriers(page))]);
  note("on the console", browser.complaints.splice(0));
  return faults;
}

/** What is wider than the window. */
async function overflow(page: Visit["page"]): Promise<string[]> {
  const found = await page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
    const names = wide.slice(-3).map((one) => one.tagName + " " + one.className + " " + one.textContent.slice(0, 40));
    return ["it is " + scrollWidth + " px wide in a window of " + clientWidth + ": " + names.join("; ")];
  })()`);
  return found as string[];
}

export async function expectNoFaults(at: Visit, paths: readonly string[]): Promise<void> {
  const faults: string[] = [];
  for (const path of paths) faults.push(...(await faultsOf(at, path)));
  expect(faults).toEqual([]);
}
