// A real browser, headless, that talks to nobody but this machine.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type ConsoleMessage, chromium } from "playwright-core";

/** Without them it looks for its maker's servers at every start. */
const QUIET = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"],
];

export interface TestBrowser {
  readonly context: BrowserContext;
  /** What pages said on the browser's console that they should not have: errors, warnings, refused requests. */
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

export interface BrowserWish {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
}

/** A failed request is said on the console too; one that a test brings about on purpose is none of its complaints. */
const isExpected = (message: ConsoleMessage): boolean =>
  /Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());

export async function openBrowser({
  width = 1280,
  height = 860,
  colorScheme = "light",
}: BrowserWish = {}): Promise<TestBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "pobsync-browser-"));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: "/usr/bin/chromium",
    args: QUIET,
    headless: true,
    viewport: { width, height },
    colorScheme,
    timezoneId: "Europe/Amsterdam",
    locale: "en-GB",
    acceptDownloads: true,
  });
  const complaints: string[] = [];
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isExpected(message))
      complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => complaints.push(`uncaught: ${error.error().message}`));
  return {
    context,
    complaints,
    close: async () => {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
