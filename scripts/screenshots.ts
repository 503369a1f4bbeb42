// Makes the pictures of the README, from real data: a month of backups of a small site, one of them under way.
// It sees /srv, /home, /mnt and /etc/hosts of its own, which nobody else does, so it is started as root.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { openBrowser } from "../tests/support/browser.ts";
import { pobsyncIn } from "../tests/support/pobsync.ts";
import { freePort } from "../tests/support/ports.ts";
import { randomBytes, seededRandom } from "../tests/support/random.ts";
import { startSshd } from "../tests/support/sshd.ts";
import { makeWorld } from "../tests/support/world.ts";
import { addressOf, hostNames, LAPTOP, makeHistory } from "./picture-site.ts";

const INSIDE = "POBSYNC_PICTURES";
const FOLDER = fileURLToPath(new URL("../docs/images", import.meta.url));
const SIZE = { width: 1280, height: 900 };
const PASSWORD = "pictures of a small harbour";
/** A second, of the backup that is seen running. */
const SLOW_BYTES = 2 * 1024 * 1024;
const PHOTOS = 240;

const run = (program: string, ...args: string[]): number | null =>
  spawnSync(program, args, { stdio: "inherit" }).status;

/** Once more, where mounts are seen by nobody else. */
function stepInside(): number {
  const env = { ...process.env, [INSIDE]: "yes" };
  const args = ["--mount", process.execPath, fileURLToPath(import.meta.url)];
  const { status } = spawnSync("unshare", args, { stdio: "inherit", env });
  if (status !== 0) console.error("No pictures were made. Start it as root: sudo npm run screenshots");
  return status ?? 1;
}

function furnishMachine(): void {
  const names = join(tmpdir(), "pobsync-pictures-hosts");
  writeFileSync(names, `127.0.0.1 localhost ${hostNames().map(addressOf).join(" ")}\n`);
  for (const place of ["/srv", "/home", "/mnt"]) run("mount", "-t", "tmpfs", "-o", "size=4T", "tmpfs", place);
  run("mount", "--bind", names, "/etc/hosts");
}

async function makePictures(): Promise<void> {
  furnishMachine();
  const [world, sshd] = [makeWorld(), await startSshd()];
  try {
    console.log("A month of backups …");
    await makeHistory(world, sshd, { password: PASSWORD, deadPort: await freePort() });
    const up = pobsyncIn(world).start("up", "--port", `${await freePort()}`, "--interval", "1");
    const [, url = ""] = await up.waitForOutput(/The console is at (\S+)\. /, 60_000);
    await takePictures(url);
  } finally {
    await world.dispose();
    await sshd.stop();
  }
}

async function takePictures(url: string): Promise<void> {
  const { context, complaints, close } = await openBrowser(SIZE);
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.emulateMedia({ reducedMotion: "reduce" });
    const login = { username: "ada", password: PASSWORD };
    const signedIn = await context.request.post(`${url}api/login`, { data: login });
    const { csrfToken } = await signedIn.json();
    const change = async (method: string, path: string, data: unknown) => {
      const headers = { "x-csrf-token": csrfToken };
      const answer = await context.request.fetch(`${url}api/${path}`, { method, data, headers });
      if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
      return answer.json();
    };
    // A day's photos that take a minute, so that there is something to see while they are backed up.
    await change("PATCH", `hosts/${LAPTOP}`, { bwlimit: SLOW_BYTES });
    takePhotos("/home/ada/pictures/regatta");
    const { id } = await change("POST", `hosts/${LAPTOP}/backup`, {});
    const go = async (path: string): Promise<void> => {
      await page.goto(`${url}${path}`);
      await settle(page);
    };
    await go(`runs/${id}`);
    await page
      .getByText(/Transferring · [2-9]\d %/)
      .first()
      .waitFor({ timeout: 120_000 });
    await keep(page, "run");
    await go("");
    await page
      .getByText(/Transferring · /)
      .first()
      .waitFor();
    await keep(page, "dashboard");
    await page.emulateMedia({ colorScheme: "dark" });
    await keep(page, "dashboard-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await go("hosts/www");
    await keep(page, "host");
    await go("hosts/www/files?path=/srv/www");
    await page.getByRole("option").filter({ hasText: "index.html" }).click();
    await page.getByRole("table", { name: "Versions" }).waitFor();
    await keep(page, "files");
    await restorePreview(page, go);
    await keep(page, "restore");
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
  } finally {
    await close();
  }
}

function takePhotos(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const random = seededRandom(7);
  for (let n = 0; n < PHOTOS; n += 1)
    writeFileSync(
      join(folder, `regatta-${String(n + 1).padStart(3, "0")}.jpg`),
      randomBytes(random, SLOW_BYTES / 4),
    );
}

/** What a restore in place would do, after something was lost and something was changed. */
async function restorePreview(page: Page, go: (path: string) => Promise<void>): Promise<void> {
  writeFileSync("/srv/www/index.html", "<h1>hacked</h1>\n");
  run("rm", "/srv/www/images/team.jpg", "/srv/www/prices.html");
  await go("hosts/www/restore?path=/srv/www");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByLabel("Where it was on www").check();
  await page.getByRole("button", { name: "Show what it would do" }).click();
  await page.getByText("would be overwritten").waitFor();
}

async function settle(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.locator('[aria-busy="true"], .mantine-Skeleton-root').first().waitFor({ state: "detached" });
}

async function keep(page: Page, name: string): Promise<void> {
  await settle(page);
  mkdirSync(FOLDER, { recursive: true });
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });
  console.log(`docs/images/${name}.png`);
}

if (process.env[INSIDE] === undefined) process.exitCode = stepInside();
else await makePictures();
