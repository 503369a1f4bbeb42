// What Prometheus reads: the numbers themselves, who may read them, and that a real Prometheus makes of them what it should.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiToken } from "../../../src/actions/people/api-tokens.ts";
import { METRICS } from "../../../src/domain/metric-catalogue.ts";
import { RUN_KINDS } from "../../../src/domain/run.ts";
import { requireUser } from "../../../src/store/users.ts";
import { type ConsoleHosts, startConsoleHosts } from "../../support/console-hosts.ts";
import { freePort } from "../../support/ports.ts";
import { checkMetrics, RULES, sampledNames, samplesOf } from "../../support/prometheus.ts";
import { waitUntil } from "../../support/wait-until.ts";

let site: ConsoleHosts;
let token: string;
beforeAll(async () => {
  site = await startConsoleHosts("2026-11-23T09:00:00Z");
  await site.addLocal("well");
  await site.addLocal("failing");
  await site.addLocal("late");
  await site.addLocal("new");
  await site.backUp("late", "2026-11-18T02:00:00Z");
  await site.backUp("failing", "2026-11-22T02:00:00Z");
  rmSync(join(site.world.hostDir, "failing"), { recursive: true });
  await site.backUp("failing", "2026-11-23T02:00:00Z");
  await site.backUp("well", "2026-11-23T03:00:00Z");
  const user = await requireUser(site.app.db, "admin");
  const wish = { name: "prometheus", role: "metrics" };
  token = (await createApiToken(site.app, { user, role: "admin" }, wish)).secret;
});
afterAll(() => site.close());

const withToken = (path: string, method = "GET"): Promise<Response> =>
  fetch(new URL(path, site.url), { method, headers: { authorization: `Bearer ${token}` } });
const scrape = async (): Promise<string> => (await withToken("/metrics")).text();

describe("the metrics", () => {
  it("are read by Prometheus' own parser, and are those that are listed", async () => {
    const answer = await withToken("/metrics");
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await answer.text();
    await checkMetrics(text);
    const known = Object.keys(METRICS);
    expect(known).toEqual(expect.arrayContaining(sampledNames(text)));
    expect([...text.matchAll(/^# TYPE (\w+) gauge$/gm)].map((match) => match[1])).toEqual(known);
  });

  it("say of each host how it is, and when it last was well", async () => {
    const text = await scrape();
    const last = (host: string): number | undefined =>
      Number(
        samplesOf(text, "pobsync_host_last_success_timestamp_seconds")
          .find((line) => line.includes(`"${host}"`))
          ?.split(" ")[1],
      );
    expect(last("late")).toBeCloseTo(Date.parse("2026-11-18T02:00:00Z") / 1000, -2);
    expect(last("failing")).toBeCloseTo(Date.parse("2026-11-22T02:00:00Z") / 1000, -2);
    expect(last("new")).toBeNaN();
    const healths = samplesOf(text, "pobsync_host_health").filter((line) => line.endsWith(" 1"));
    expect(healths).toEqual([
      'pobsync_host_health{host="failing",health="failing"} 1',
      'pobsync_host_health{host="late",health="late"} 1',
      'pobsync_host_health{host="new",health="never"} 1',
      'pobsync_host_health{host="well",health="fresh"} 1',
    ]);
    expect(text).toContain('pobsync_host_last_backup_status{host="failing",status="failed"} 1\n');
    expect(text).toContain('pobsync_runs{kind="backup",status="succeeded"} 3\n');
    expect(text).toContain('pobsync_host_snapshots{host="well"} 1\n');
    expect(text).toContain('pobsync_root_ready{node="main"} 1\n');
  });

  it("tell of the queue, and that nobody works on it", async () => {
    await site.request("operator", "POST", "/api/hosts/well/backup", {});
    const text = await scrape();
    expect(text).toContain('pobsync_queued_runs{kind="backup"} 1\n');
    expect(text).toContain('pobsync_workers{node="main"} 0\n');
    expect(samplesOf(text, "pobsync_queue_wait_seconds")).toHaveLength(RUN_KINDS.length);
    await site.workOff();
    expect(await scrape()).toContain('pobsync_queued_runs{kind="backup"} 0\n');
  });
});

describe("who may read them", () => {
  it("is whoever is known, and nobody else", async () => {
    expect((await site.request("nobody", "GET", "/metrics")).status).toBe(401);
    expect((await site.request("viewer", "GET", "/metrics")).status).toBe(200);
    const wrong = { headers: { authorization: "Bearer pob_wrong" } };
    expect((await site.fetch("nobody", "/metrics", wrong)).status).toBe(401);
  });

  it("may with a token for metrics do nothing else", async () => {
    for (const path of [
      "/api/status",
      "/api/hosts",
      "/api/runs",
      "/api/tokens",
      "/api/session",
      "/api/openapi.json",
    ])
      expect([path, (await withToken(path)).status]).toEqual([path, 403]);
    expect((await withToken("/api/hosts/well/backup", "POST")).status).toBe(403);
  });
});

describe("a real Prometheus", () => {
  it("scrapes them with the token, and its rules name the hosts that somebody should look at", async () => {
    const folder = join(site.world.dir, "prometheus");
    mkdirSync(folder);
    // Nobody waits for minutes here: a condition counts at once.
    const rules = readFileSync(RULES, "utf8").replace(/^ +for: .*\n/gm, "");
    writeFileSync(join(folder, "rules.yml"), rules);
    writeFileSync(join(folder, "token"), token, { mode: 0o600 });
    const config = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [join(folder, "rules.yml")],
      scrape_configs: [
        {
          ...{ job_name: "pobsync", authorization: { credentials_file: join(folder, "token") } },
          static_configs: [{ targets: [new URL(site.url).host] }],
        },
      ],
    };
    writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(config));
    const listens = `127.0.0.1:${await freePort()}`;
    const prometheus = spawn(
      "prometheus",
      [
        ...[`--config.file=${join(folder, "prometheus.yml")}`, `--storage.tsdb.path=${join(folder, "data")}`],
        `--web.listen-address=${listens}`,
      ],
      { stdio: "ignore" },
    );
    const ended = once(prometheus, "close");
    try {
      const firing = async (): Promise<string[]> => {
        const answer = await fetch(`http://${listens}/api/v1/alerts`).catch(() => null);
        if (answer?.status !== 200) return [];
        const { data } = (await answer.json()) as {
          data: { alerts: { state: string; labels: { alertname: string; host?: string } }[] };
        };
        return data.alerts
          .filter(({ state, labels }) => state === "firing" && labels.alertname !== "PobsyncUnreachable")
          .map(({ labels }) => `${labels.alertname} ${labels.host ?? ""}`.trim());
      };
      const wanted = ["PobsyncHostFailing failing", "PobsyncHostLate late", "PobsyncHostNeverBackedUp new"];
      const fires = async () => {
        const found = await firing();
        return wanted.every((alert) => found.includes(alert));
      };
      await waitUntil(fires, { what: "the alerts", deadlineMs: 60_000, everyMs: 250 });
      expect((await firing()).filter((alert) => alert.includes("well"))).toEqual([]);
    } finally {
      prometheus.kill("SIGTERM");
      await ended;
    }
  }, 90_000);
});
