// How long a retention plan takes for a host with 10,000 snapshots: the rules alone, and with what SQL is asked for.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostContext } from "../src/actions/host-context.ts";
import { planHostRetention } from "../src/actions/plan-retention.ts";
import { planRetention } from "../src/domain/retention.ts";
import { policyOf } from "../src/domain/retention-policy.ts";
import { SITE_DEFAULTS } from "../src/domain/site.ts";
import { snapshotName } from "../src/domain/snapshot.ts";
import { openDatabase, openUnchecked } from "../src/store/database.ts";
import { insertHost, requireHost } from "../src/store/hosts.ts";
import { migrate } from "../src/store/migrate.ts";
import { saveSite } from "../src/store/site.ts";
import { insertSnapshot, listSnapshots } from "../src/store/snapshots.ts";
import { appOn } from "./app-on.ts";
import { countText, type Section } from "./report.ts";
import { spread, verdict } from "./statistics.ts";

const SNAPSHOTS = 10_000;
const LIMIT_MS = 100;
const HOUR_MS = 3_600_000;
const NOW = new Date("2026-11-24T12:00:00Z");

export async function measurePlanning(rounds: number, say: (line: string) => void): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-planning-"));
  const url = `sqlite:${join(folder, "pobsync.sqlite3")}`;
  try {
    await fill(url);
    const db = await openDatabase(url);
    const app = appOn(db, NOW);
    const context = await hostContext(app, "nas");
    const snapshots = await listSnapshots(db, { hostId: context.host.id });
    const policy = policyOf(context.effective.values);
    const [first, ...rules] = await timed(rounds + 1, async () => planRetention(snapshots, policy, NOW));
    const [firstWhole, ...whole] = await timed(rounds + 1, () => planHostRetention(app, context));
    say(`planning: ${spread(rules, 1)} ms, with SQL ${spread(whole, 1)} ms`);
    await db.close();
    return {
      title: `Planning retention for ${countText(SNAPSHOTS)} snapshots`,
      notes: [
        `Rounds: ${rounds}. One host with a snapshot an hour and six rules in a time zone that changes its clocks. "Whole" reads all records from SQLite, looks for a reason to hold, and plans. The first time includes compiling.`,
      ],
      columns: ["", "ms", "the first time", `≤ ${LIMIT_MS} ms`],
      rows: [
        ["the rules", spread(rules, 1), (first ?? Number.NaN).toFixed(1), verdict(rules, LIMIT_MS)],
        ["whole", spread(whole, 1), (firstWhole ?? Number.NaN).toFixed(1), verdict(whole, LIMIT_MS)],
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function timed(rounds: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times;
}

async function fill(url: string): Promise<void> {
  const unchecked = await openUnchecked(url);
  await migrate(unchecked);
  await unchecked.close();
  const db = await openDatabase(url);
  const settings = {
    ...{ keepLast: 10, keepHourly: 48, keepDaily: 30, keepWeekly: 10, keepMonthly: 12, keepYearly: 5 },
    timeZone: "Europe/Amsterdam",
  };
  await saveSite(
    db,
    { node: "main", isHere: true, backupRoot: "/backups", rootId: "0", ...SITE_DEFAULTS, settings },
    NOW,
  );
  await insertHost(db, "nas", { address: "nas", transport: "local", enabled: true, settings: {} }, NOW);
  const { id: hostId } = await requireHost(db, "nas");
  await db.sql.transaction().execute(async (tx) => {
    for (let at = 0; at < SNAPSHOTS; at += 1) {
      const startedAt = new Date(NOW.getTime() - (at + 1) * HOUR_MS);
      const name = snapshotName({ startedAt, kind: "scheduled", suffix: "3fa9c1" });
      await insertSnapshot(tx, {
        ...{ hostId, name, kind: "scheduled", status: "succeeded", startedAt, finishedAt: startedAt },
        ...{ base: null, files: 1000, bytes: 1_000_000, newBytes: 1000, runId: null },
      });
    }
  });
  await db.close();
}
