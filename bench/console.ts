// How fast the console answers on a large site: what its pages ask for, its first load, and a folder of many entries.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openDatabase } from "../src/store/database.ts";
import { openBrowser } from "../tests/support/browser.ts";
import { PASSWORD } from "../tests/support/people.ts";
import { freePort } from "../tests/support/ports.ts";
import { type Call, consoleCalls, FOLDER_HOST } from "./console-calls.ts";
import { fillHistory, type HistoryShape } from "./history-data.ts";
import { memoryOf } from "./memory.ts";
import { mariadbPlace, type Place, sqlitePlace } from "./places.ts";
import { countText, type Section } from "./report.ts";
import { makeSite, type Site } from "./site.ts";
import { percentile, spread, verdict } from "./statistics.ts";

const [CALL_MS, FOLDER_MS] = [50, 300];
const [FIRST_LOAD_KB, MEMORY_MIB] = [250, 150];
const WARM_UP_ROUNDS = 50;
const ENTRIES = 10_000;
const OPENINGS = 7;
const REST_MS = 30_000;

export type ConsoleSize = HistoryShape & { readonly runs: number };

type Say = (line: string) => void;
type Ask = (path: string) => Promise<number>;

/** @param rounds how often each call is made */
export async function measureConsole(size: ConsoleSize, rounds: number, say: Say): Promise<Section[]> {
  const sections: Section[] = [];
  for (const make of [sqlitePlace, mariadbPlace]) {
    const place = await make();
    const site = makeSite({ databaseUrl: place.url });
    try {
      sections.push(await measureOn(place, site, size, rounds, say));
    } finally {
      await site.dispose();
      await place.remove();
    }
  }
  return sections;
}

async function measureOn(
  place: Place,
  site: Site,
  size: ConsoleSize,
  rounds: number,
  say: Say,
): Promise<Section> {
  const progress = (line: string) => say(`console, ${place.title}: ${line}`);
  const folder = await fill(place, site, size, progress);
  const port = await freePort();
  const server = site.pobsync.start("serve", "--port", `${port}`);
  await server.waitForOutput(/The console is at/, 30_000);
  const url = `http://127.0.0.1:${port}/`;
  const cookie = await signIn(url);
  const rows: string[][] = [];
  for (const call of await withCalls(place, size, folder)) {
    rows.push(await timeCall(call, asker(url, cookie), rounds));
    progress(rows.at(-1)?.join(": ") ?? "");
  }
  rows.push(...(await inBrowser(url, cookie, folder)));
  const { now, highest } = memoryOf(server.pid);
  const [after, peak] = [now / 1024, highest / 1024];
  rows.push([
    "memory of the server after all that",
    `${after.toFixed(0)} MiB`,
    "",
    goal(after, MEMORY_MIB, "MiB"),
  ]);
  rows.push(["its peak, while passwords were checked", `${peak.toFixed(0)} MiB`, "", ""]);
  await pause(REST_MS);
  const atRest = memoryOf(server.pid).now / 1024;
  rows.push([
    "at rest, half a minute later",
    `${atRest.toFixed(0)} MiB`,
    "",
    goal(atRest, MEMORY_MIB, "MiB"),
  ]);
  server.child.kill("SIGTERM");
  await server.ended;
  return {
    title: `Console with ${countText(size.hosts)} hosts, ${countText(size.runs)} runs, ${countText(size.hosts * size.snapshotsPerHost)} snapshots, ${place.title}`,
    notes: [
      `The real server, asked over HTTP by one client, ${rounds} times each after a warm-up of ${WARM_UP_ROUNDS}; where a call is about ` +
        `a host, about 40 in turn. The first load is what a browser without a cache fetches for the dashboard, compressed. A folder ` +
        `is open when its first entry is drawn, ${OPENINGS} times from a click. The doctor starts programs. ${place.note}`,
    ],
    columns: ["", "median (least–most)", "p99", "goal"],
    rows,
  };
}

/** @returns the folder with many entries, as its host calls it */
async function fill(place: Place, site: Site, size: ConsoleSize, progress: Say): Promise<string> {
  progress(`filling in ${countText(size.runs)} runs`);
  await site.set("migrate");
  const db = await openDatabase(place.url);
  try {
    await fillHistory(db, size.runs, size);
  } finally {
    await db.close();
  }
  await place.gatherStatistics();
  const rules = ["--keep-daily", "14", "--keep-weekly", "8", "--keep-monthly", "12"];
  await site.set("configure-global", "--backup-root", site.backupRoot, ...rules);
  const folder = join(site.dir, "host", "many");
  mkdirSync(folder);
  for (let n = 0; n < ENTRIES; n += 1)
    writeFileSync(join(folder, `entry-${String(n).padStart(5, "0")}`), `${n}\n`);
  await site.addLocalHost(FOLDER_HOST, folder);
  await site.set("backup", FOLDER_HOST);
  const { code, stderr } = await site.pobsync.runWithInput(
    `${PASSWORD}\n`,
    "createsuperuser",
    "--username",
    "ada",
    "--password-stdin",
  );
  if (code !== 0) throw new Error(`createsuperuser: ${stderr}`);
  return folder;
}

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}api/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "ada", password: PASSWORD }),
  });
  const [cookie = ""] = answer.headers.getSetCookie().map((text) => text.split(";")[0]);
  if (!answer.ok) throw new Error(`login: ${await answer.text()}`);
  return cookie;
}

async function withCalls(place: Place, size: ConsoleSize, folder: string): Promise<Call[]> {
  const db = await openDatabase(place.url);
  try {
    return await consoleCalls(db, size.runs, folder);
  } finally {
    await db.close();
  }
}

/** @returns milliseconds until the whole answer is there; a refusal fails but for a log that is gone */
const asker =
  (url: string, cookie: string): Ask =>
  async (path) => {
    const began = performance.now();
    const answer = await fetch(`${url}api/${path}`, { headers: { cookie } });
    const text = await answer.text();
    if (!answer.ok && answer.status !== 404) throw new Error(`${path}: ${answer.status} ${text}`);
    return performance.now() - began;
  };

async function timeCall({ page, path }: Call, ask: Ask, rounds: number): Promise<string[]> {
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await ask(path(round));
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await ask(path(WARM_UP_ROUNDS + round)));
  const slowest = percentile(times, 99);
  return [
    page,
    `${spread(times, 1)} ms`,
    `${slowest.toFixed(1)} ms`,
    page === DOCTOR ? "" : goal(slowest, CALL_MS, "ms"),
  ];
}

/** It starts rsync and ssh, to see whether they are there. */
const DOCTOR = "settings: doctor";

const goal = (value: number, limit: number, unit: string): string =>
  `≤ ${limit} ${unit} ${value <= limit ? "met" : "missed"}`;

async function inBrowser(url: string, cookie: string, folder: string): Promise<string[][]> {
  const { context, close } = await openBrowser();
  try {
    const [name = "", value = ""] = cookie.split("=");
    await context.addCookies([{ name, value, url }]);
    const page = context.pages()[0] ?? (await context.newPage());
    let bytes = 0;
    const counted: Promise<void>[] = [];
    page.on("requestfinished", (request) => {
      if (request.url().includes("/api/")) return;
      counted.push(
        request.sizes().then(({ responseBodySize }) => {
          bytes += responseBodySize;
        }),
      );
    });
    await page.goto(url, { waitUntil: "networkidle" }).catch(() => {});
    await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();
    await Promise.all(counted);
    const kilobytes = bytes / 1000;
    const times: number[] = [];
    for (let round = 0; round <= OPENINGS; round += 1) {
      await page.goto(`${url}hosts/${FOLDER_HOST}/files?path=${join(folder, "..")}`);
      await page.getByRole("option", { name: "many" }).waitFor();
      times.push((await page.evaluate(OPEN)) as number);
    }
    // The first time brought the code of it all into memory.
    const opened = times.slice(1);
    return [
      ["first load of the console", `${kilobytes.toFixed(1)} kB`, "", goal(kilobytes, FIRST_LOAD_KB, "kB")],
      [
        `opening a folder of ${countText(ENTRIES)} entries`,
        `${spread(opened, 0)} ms`,
        "",
        verdict(opened, FOLDER_MS),
      ],
    ];
  } finally {
    await close();
  }
}

/** Opens the folder of many, and waits for the frame that shows its first entry. */
const OPEN = `new Promise((resolve, reject) => {
  const entry = (text) => [...document.querySelectorAll('[role="option"]')].find((one) => one.textContent.includes(text));
  const began = performance.now();
  entry("many/").querySelector("[data-opens]").click();
  const look = () => {
    const passed = performance.now() - began;
    if (entry("entry-00000")) requestAnimationFrame(() => resolve(performance.now() - began));
    else if (passed > 10000) reject(new Error("the folder did not open"));
    else requestAnimationFrame(look);
  };
  look();
})`;
