// A small site with a month behind it, for pictures: hosts with names, nights of real backups, and some that failed.
import { randomBytes as secureBytes } from "node:crypto";
import { mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "../src/actions/app.ts";
import { configureHost } from "../src/actions/configure-host.ts";
import { configureSchedule } from "../src/actions/configure-schedule.ts";
import { configureSite } from "../src/actions/configure-site.ts";
import { migrateDatabase } from "../src/actions/migrate-database.ts";
import { createUser } from "../src/actions/people/manage-users.ts";
import { queueDue } from "../src/actions/queue-due.ts";
import type { SettingsLayer } from "../src/domain/settings.ts";
import { openDatabase } from "../src/store/database.ts";
import { randomBytes, seededRandom } from "../tests/support/random.ts";
import type { TestSshd } from "../tests/support/sshd.ts";
import { workOff } from "../tests/support/work-off.ts";
import type { World } from "../tests/support/world.ts";

const BACKUP_ROOT = "/mnt/backups";
export const LAPTOP = "ada-laptop";
const NIGHTS = 30;
const DAY_MS = 86_400_000;
/** How many seconds of the site go by in one of ours, so that a backup takes as long as one of a real host. */
const HASTE = 60;

/** Files of each host: where, how many, and bytes of each at most. */
const HOSTS: readonly { name: string; source: string; files: readonly string[]; bytes: number }[] = [
  {
    ...{ name: "www", source: "/srv/www", bytes: 60_000 },
    files: [
      "index.html",
      "about.html",
      "prices.html",
      "style.css",
      "robots.txt",
      "images/harbour.jpg",
      "images/team.jpg",
    ],
  },
  {
    ...{ name: "mail", source: "/srv/mail", bytes: 30_000 },
    files: Array.from({ length: 40 }, (_, n) => `ada/cur/${1_795_000_000 + n * 3571}.M${n}.mail:2,S`),
  },
  { name: "db1", source: "/srv/dumps", files: ["shop.sql", "wiki.sql", "metrics.sql"], bytes: 900_000 },
  {
    ...{ name: "git", source: "/srv/git", bytes: 120_000 },
    files: Array.from({ length: 24 }, (_, n) => `shop.git/objects/pack/pack-${(n * 7919).toString(16)}.pack`),
  },
  {
    ...{ name: "nas", source: "/srv/photos", bytes: 400_000 },
    files: Array.from({ length: 12 }, (_, n) => `2026/harbour-${String(n + 1).padStart(2, "0")}.jpg`),
  },
  {
    ...{ name: LAPTOP, source: "/home/ada", bytes: 80_000 },
    files: ["notes.md", "taxes/2025.ods", "taxes/2026.ods", "letters/to-bob.odt", "pictures/cat.jpg"],
  },
];

/** Nights (counted back from the last one) on which a source was not there. */
const BAD_NIGHTS: Readonly<Record<string, readonly number[]>> = {
  db1: [13, 12],
  [LAPTOP]: [21, 20, 6],
  git: [25],
};

export const addressOf = (host: string): string => `${host}.example.org`;
export const hostNames = (): string[] => HOSTS.map(({ name }) => name);

/** Makes it all, up to last night. Ada is its admin. @param deadPort nobody listens there */
export async function makeHistory(
  world: World,
  sshd: TestSshd,
  { password, deadPort }: { password: string; deadPort: number },
): Promise<void> {
  const databaseUrl = world.environment.POBSYNC_DATABASE_URL ?? "";
  await migrateDatabase(databaseUrl);
  let [from, since] = [0, 0];
  const app: App = {
    db: await openDatabase(databaseUrl),
    clock: () => new Date(from + (performance.now() - since) * HASTE),
    version: "1.0.0",
    randomHex: (bytes) => secureBytes(bytes).toString("hex"),
    node: "main",
    leaseSeconds: 3600,
    secretKeyFile: `${world.environment.POBSYNC_STATE_DIR}/secret.key`,
    hasher: [process.execPath, fileURLToPath(new URL("../src/main/hasher.ts", import.meta.url))],
    requestedBy: "ada",
    actor: { name: "ada", kind: "cli", address: null },
  };
  const setClock = (at: number): void => {
    [from, since] = [at, performance.now()];
  };
  const lastNight = lastTime(Date.now());
  setClock(lastNight - NIGHTS * DAY_MS - 12 * 3_600_000);
  await furnish(app, sshd, password);
  const random = seededRandom(2026);
  for (let back = NIGHTS; back >= 0; back -= 1) {
    const night = lastNight - back * DAY_MS;
    for (const host of HOSTS) changeFiles(host, random, { share: back === NIGHTS ? 1 : 0.3, night });
    const gone = HOSTS.filter(({ name }) => BAD_NIGHTS[name]?.includes(back) === true);
    for (const { source } of gone) renameSync(source, `${source}.away`);
    if (back === 0) await behindSsh(app, deadPort);
    setClock(night);
    await queueDue(app);
    await workOff(app);
    for (const { source } of gone) renameSync(`${source}.away`, source);
  }
  await app.db.close();
}

/** 02:15 UTC of today, or of yesterday. */
function lastTime(now: number): number {
  const today = Math.floor(now / DAY_MS) * DAY_MS + 135 * 60_000;
  return today < now ? today : today - DAY_MS;
}

async function furnish(app: App, sshd: TestSshd, password: string): Promise<void> {
  await createUser(app, { username: "ada", password, role: "admin" });
  const settings: SettingsLayer = { sshPort: sshd.port, sshUser: sshd.user, identityFile: sshd.identityFile };
  const rules: SettingsLayer = { keepDaily: 14, keepWeekly: 8, keepMonthly: 12 };
  mkdirSync(BACKUP_ROOT, { recursive: true });
  await configureSite(app, { backupRoot: BACKUP_ROOT, settings: { ...settings, ...rules }, unset: [] });
  for (const { name, source } of HOSTS) {
    const own: SettingsLayer = { sources: [source] };
    await configureHost(app, name, { transport: "local", address: "localhost", settings: own, unset: [] });
    await configureSchedule(app, name, "default", { cron: "15 2 * * *", prune: true });
  }
}

/** From the last night on they are reached as hosts are: over ssh, and the nas not at all. */
async function behindSsh(app: App, deadPort: number): Promise<void> {
  for (const name of hostNames())
    await configureHost(app, name, {
      ...{ transport: "ssh", address: addressOf(name), unset: [] },
      settings: name === "nas" ? { sshPort: deadPort } : {},
    });
}

function changeFiles(
  { source, files, bytes }: (typeof HOSTS)[number],
  random: () => number,
  { share, night }: { share: number; night: number },
): void {
  for (const file of files) {
    if (random() > share) continue;
    const path = join(source, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, randomBytes(random, Math.ceil(bytes * (0.3 + 0.7 * random()))));
    // Some time in the sixteen hours before.
    const at = new Date(night - Math.floor(random() * 16 * 3_600_000));
    for (const one of [path, dirname(path)]) utimesSync(one, at, at);
  }
}
