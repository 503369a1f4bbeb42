// What the console's pages ask of the server, each with its page.

import type { Database } from "../src/store/database.ts";
import { listSnapshots } from "../src/store/snapshots.ts";

export type Call = {
  readonly page: string;
  /** Of the API, another host each round where it is about one. */
  readonly path: (round: number) => string;
};

/** Hosts that calls are about, each with one of its snapshots. */
const ASKED_ABOUT = 40;

type Subject = { readonly name: string; readonly snapshot: string };

/** @param folder of `FOLDER_HOST`, as it is called there */
export async function consoleCalls(db: Database, runs: number, folder: string): Promise<Call[]> {
  const subjects = await someHosts(db);
  const about = (page: string, path: (subject: Subject) => string): Call => ({
    page,
    path: (round) => {
      const subject = subjects[round % subjects.length];
      if (subject === undefined) throw new Error("there are no hosts");
      return path(subject);
    },
  });
  const call = (page: string, path: string): Call => ({ page, path: () => path });
  const middle = Math.floor(runs / 2);
  const run = (round: number): number => 1 + ((round * 7919) % runs);
  return [
    call("every page: who is signed in", "session"),
    call("every page: hosts in the palette", "hosts?q=host-0&limit=8"),
    call("dashboard", "status"),
    call("dashboard: days", "status/grid?days=30&limit=40"),
    call("dashboard: recent runs", "runs?status=succeeded,warning,failed,cancelled&limit=8"),
    call("hosts", "hosts?sort=health&order=asc&limit=100"),
    call("hosts, by last success", "hosts?sort=lastSuccess&order=desc&limit=100"),
    call("hosts, late or failing, found", "hosts?q=9&health=late,failing&sort=name&order=asc&limit=100"),
    about("host", ({ name }) => `hosts/${name}`),
    about("host: overview", ({ name }) => `runs?host=${name}&kind=backup&limit=30`),
    about("host: timeline", ({ name }) => `snapshots?host=${name}&limit=60`),
    about("host: runs", ({ name }) => `runs?host=${name}&limit=50`),
    about("host: snapshots", ({ name }) => `snapshots?host=${name}&limit=100`),
    about("host: schedules", ({ name }) => `schedules?host=${name}`),
    about("host: retention", ({ name }) => `hosts/${name}/retention`),
    call("host: retention, weighed", `hosts/${FOLDER_HOST}/retention?measure=true`),
    call("host: space", `hosts/${FOLDER_HOST}/space`),
    about("host: connection", ({ name }) => `hosts/${name}/public-key`),
    call("host: configuration", "settings/fields"),
    call("runs", "runs?limit=50"),
    call("runs, a page in the middle", `runs?limit=50&after=${middle}`),
    call("runs, failed", "runs?status=failed&limit=50"),
    { page: "run", path: (round) => `runs/${run(round)}` },
    { page: "run: log", path: (round) => `runs/${run(round)}/log` },
    call("snapshots", "snapshots?limit=100"),
    call("snapshots, with warnings", "snapshots?status=warning&limit=100"),
    call("snapshots, removed", "snapshots?state=removed&limit=100"),
    call("trash", "trash?limit=100"),
    about("snapshot", ({ name, snapshot }) => `hosts/${name}/snapshots/${snapshot}`),
    about("compare, restore: snapshots", ({ name }) => `snapshots?host=${name}&state=complete&limit=500`),
    call("schedules", "schedules?limit=100"),
    call("settings", "settings"),
    call("settings: workers", "workers"),
    call("settings: doctor", "doctor"),
    call("administration: people", "users?limit=100"),
    call("administration: tokens", "tokens?limit=100"),
    call("administration: audit", "audit?limit=50"),
    call("administration: tables", "admin/tables"),
    call("administration: runs", "admin/tables/runs?limit=50"),
    call("administration: snapshots, found", "admin/tables/snapshots?q=2026&limit=50"),
    call("administration: hosts, sorted", "admin/tables/hosts?sort=name&order=desc&limit=50"),
    call("files: a folder of many", `hosts/${FOLDER_HOST}/files?path=${folder}&limit=250`),
    call("files: versions", `hosts/${FOLDER_HOST}/versions?path=${folder}/entry-00001&limit=200`),
    call("find, on that host", `search?pattern=entry-0012&host=${FOLDER_HOST}&limit=100`),
  ];
}

/** The one host here whose backup is a real one: of a folder with many entries. */
export const FOLDER_HOST = "many-entries";

async function someHosts(db: Database): Promise<Subject[]> {
  const hosts = await db.sql
    .selectFrom("hosts")
    .select(["id", "name"])
    .where("name", "like", "host-%")
    .orderBy("id")
    .execute();
  const step = Math.max(1, Math.floor(hosts.length / ASKED_ABOUT));
  const chosen = hosts.filter((_, at) => at % step === 0);
  return Promise.all(
    chosen.map(async ({ id, name }) => {
      const [newest] = await listSnapshots(db, { hostId: id, states: ["complete"] });
      return { name, snapshot: newest?.name ?? "latest" };
    }),
  );
}
