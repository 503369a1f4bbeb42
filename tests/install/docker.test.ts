// The guide for Docker, followed to the letter with a real engine, and what happens to containers after that.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ComposeSite, makeComposeSite } from "../support/compose.ts";
import { readGuide } from "../support/guide.ts";
import { waitUntil } from "../support/wait-until.ts";

const guide = readGuide("install/docker.md");
const HOST = "web1.example.org";
const PASSWORD = "correct horse battery stapler";

let site: ComposeSite;
beforeAll(() => {
  site = makeComposeSite();
});
afterAll(() => site.dispose());

/** What somebody does by hand in the middle of the guide. */
const BY_HAND: readonly (readonly [RegExp | string, string])[] = [
  ["/mnt/backups/pobsync", "$POBSYNC_BACKUP_ROOT"],
  [/createsuperuser --username ada\n/, `createsuperuser --username ada --password-stdin <<< "${PASSWORD}"\n`],
];

const follow = (heading: string, from = 0, to?: number): string =>
  site.run(guide.section(heading).slice(from, to).join("\n"), BY_HAND);

const json = (command: string) =>
  JSON.parse(site.run(`docker compose exec worker pobsync --json ${command}`));

const isHealthy = (service: string): boolean =>
  site.run(`docker compose ps --format '{{.Health}}' ${service}`).trim() === "healthy";

const sumsBelow = "cd / && find etc srv -type f -print0 | sort -z | xargs -0 sha256sum";

/** What is in the newest snapshot, and what is on the host. */
function expectNewestIsHost(): void {
  const data = readFileSync(join(site.backupRoot, "web1", "latest", "snapshot.json"), "utf8");
  expect(JSON.parse(data)).toMatchObject({ host: "web1" });
  const stored = site.run(
    `cd "$POBSYNC_BACKUP_ROOT/web1/latest/data" && ${sumsBelow.replace("cd / && ", "")}`,
  );
  expect(stored).toBe(site.inHost(HOST, "sh", "-c", sumsBelow));
}

const leftOvers = (): string[] => readdirSync(join(site.backupRoot, "web1", "incomplete"));

describe("with Docker and SQLite", () => {
  it("the guide leads to a working first backup", async () => {
    expect(guide.section("Installing with Docker")).toEqual([
      expect.stringMatching(/^git clone \S+\ncd pobsync\n$/),
    ]);
    follow("Start");
    await waitUntil(() => ["web", "scheduler", "worker"].every(isHealthy), {
      what: "all containers to be healthy",
      deadlineMs: 30_000,
    });
    const port = site.run("docker compose port web 8010").trim();
    expect(await (await fetch(`http://${port}/healthz`)).json()).toEqual({ status: "ok" });
    const login = await fetch(`http://${port}/api/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: "ada", password: PASSWORD }),
    });
    expect(login.status).toBe(200);
    const made = follow("First backup", 0, 2);
    site.startHost(HOST, made.slice(made.indexOf("ssh-ed25519")));
    follow("First backup", 2);
    expectNewestIsHost();
    // A container has no namespaces to give away: the kernel keeps rsync in by Landlock there.
    expect(json("runs --limit 1").items[0]).toMatchObject({ status: "succeeded", sandbox: "landlock" });
    expect(json("status").counts).toMatchObject({ fresh: 1 });
    expect(json("doctor")).toMatchObject({ ok: true });
  });

  it("a worker's container that is stopped hands its run back, and the next one ends it", async () => {
    json("configure-host web1 --bwlimit 1M");
    site.inHost(HOST, "sh", "-c", "head -c 100000000 /dev/urandom > /srv/big");
    const { run } = json("backup web1 --queue");
    await waitUntil(() => json(`show-run ${run.id}`).phase === "transferring", {
      what: "the transfer",
      deadlineMs: 30_000,
      everyMs: 500,
    });
    site.run("docker compose stop worker && docker compose up --detach --wait worker");
    json("configure-host web1 --bwlimit 0");
    await waitUntil(() => json("runs --limit 1").items[0].status === "succeeded", {
      what: "the retry",
      deadlineMs: 240_000,
      everyMs: 1000,
    });
    expectNewestIsHost();
    expect(leftOvers()).toEqual([]);
  });

  it("killing every container in the middle of a backup loses nothing", async () => {
    json("configure-host web1 --bwlimit 1M");
    site.inHost(HOST, "sh", "-c", "head -c 100000000 /dev/urandom > /srv/big");
    const before = json("snapshots web1").items;
    const { run } = json("backup web1 --queue");
    await waitUntil(() => json(`show-run ${run.id}`).phase === "transferring", {
      what: "the transfer",
      deadlineMs: 30_000,
      everyMs: 500,
    });
    site.run(
      "docker compose kill && docker compose down && docker compose up --detach --wait web scheduler worker",
    );
    expect(json("snapshots web1").items).toEqual(before);
    json("configure-host web1 --bwlimit 0");
    await waitUntil(() => json("runs --limit 1").items[0].status === "succeeded", {
      what: "the retry",
      deadlineMs: 240_000,
      everyMs: 1000,
    });
    expectNewestIsHost();
    expect(json("runs --limit 2").items).toMatchObject([
      { trigger: "retry", status: "succeeded" },
      { status: "failed", problem: { code: "worker_lost" } },
    ]);
  });

  it("is upgraded as the guide says, and works on what it had", async () => {
    const before = json("snapshots web1").items;
    // There is nothing newer to pull.
    site.run(guide.section("Upgrading").join("\n"), [["git pull", "true"]]);
    await waitUntil(() => ["web", "scheduler", "worker"].every(isHealthy), {
      what: "all containers to be healthy",
      deadlineMs: 60_000,
    });
    expect(json("snapshots web1").items).toEqual(before);
  });

  it("goes back with the dump of before, and finds what was backed up since", () => {
    json("backup web1");
    const before = json("snapshots web1").items.length;
    site.run(readGuide("upgrading.md").section("The way back")[1] ?? "");
    expect(json("snapshots web1").items.length).toBe(before);
    json("backup web1");
    expectNewestIsHost();
  });

  it("the console answers within two seconds of its start", async () => {
    const id = site.run("docker compose ps --quiet web").trim();
    site.run(`docker stop ${id}`);
    const begin = performance.now();
    site.run(`docker start ${id}`);
    const port = site.run("docker compose port web 8010").trim();
    await waitUntil(
      () =>
        fetch(`http://${port}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { what: "an answer", deadlineMs: 30_000, everyMs: 10 },
    );
    const seconds = (performance.now() - begin) / 1000;
    process.stdout.write(`first answer ${seconds.toFixed(2)} s after the start\n`);
    expect(seconds).toBeLessThan(2);
  });

  it("the image is small, and the containers need little", () => {
    const bytes = Number(site.run("docker image inspect --format '{{.Size}}' pobsync:$POBSYNC_VERSION"));
    expect(bytes).toBeLessThan(250e6);
    const ids = site.run("docker compose ps --quiet web scheduler worker").trim().split("\n");
    const used = site.run(`docker stats --no-stream --format '{{.MemUsage}}' ${ids.join(" ")}`);
    const mebibytes = used
      .trim()
      .split("\n")
      .map((line) => Number.parseFloat(line));
    process.stdout.write(`image ${(bytes / 1e6).toFixed(0)} MB; idle: ${mebibytes.join(" + ")} MiB\n`);
    expect(mebibytes.reduce((sum, each) => sum + each)).toBeLessThan(300);
  });
});

describe("with Docker and MariaDB", () => {
  it("the guide takes everything along from SQLite", async () => {
    const [hosts, runs] = [json("hosts"), json("runs --limit 500")];
    follow("With MariaDB", 1);
    const of = (command: string) =>
      JSON.parse(
        site.run(`docker compose --profile mariadb exec -T worker-mariadb pobsync --json ${command}`),
      );
    expect(of("runs --limit 500")).toEqual(runs);
    expect(of("hosts")).toEqual(hosts);
    // The keys are in the other volume.
    site.run(
      "docker compose cp worker:/opt/pobsync/ssh ./ssh && docker compose --profile mariadb cp ./ssh worker-mariadb:/opt/pobsync/ssh",
    );
    of("backup web1");
    expectNewestIsHost();
  });

  it("the guide starts it from nothing as well", () => {
    site.run("docker compose --profile mariadb down --volumes");
    follow("With MariaDB", 0, 1);
    const [, configure = ""] = guide.section("With MariaDB")[0]?.split("\n") ?? [];
    expect(configure).toContain("configure-global --backup-root /backups");
    const status = site.run(
      "docker compose --profile mariadb exec -T worker-mariadb pobsync --json discover-snapshots --rebuild",
    );
    expect(JSON.parse(status).hosts).toMatchObject([{ host: "web1", problem: null }]);
  });
});
