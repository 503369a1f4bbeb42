// What the console's first pages ask of SQL, held against the same worked out row by row.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RUN_KINDS, RUN_STATUSES } from "../../../src/domain/run.ts";
import { SNAPSHOT_STATES } from "../../../src/domain/snapshot.ts";
import type { Database } from "../../../src/store/database.ts";
import { dueFacts } from "../../../src/store/due-facts.ts";
import { failedLast, failingSince, hostFacts, missingSnapshots } from "../../../src/store/host-facts.ts";
import { hostNames, worstByDay } from "../../../src/store/run-days.ts";
import { newestBackups } from "../../../src/store/runs.ts";
import { countSchedules, pageSchedules, saveSchedule } from "../../../src/store/schedules.ts";
import { snapshotCounts } from "../../../src/store/snapshots.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addHost } from "../../support/queue-people.ts";
import { below, pick, seededRandom } from "../../support/random.ts";

const HOSTS = 6;
const RUNS = 300;
const SNAPSHOTS = 60;
const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 1);
const at = (hours: number): Date => new Date(START + hours * HOUR_MS);

type Run = { id: number; hostId: number; kind: string; status: string; startedAt: Date | null };
type Shot = { hostId: number; state: string; finishedAt: Date };

for (const database of DATABASES)
  describe(`the first pages in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    const ids: number[] = [];
    const runs: Run[] = [];
    const shots: Shot[] = [];
    beforeAll(async () => {
      databases = await startDatabases(database);
      db = await databases.fresh();
      for (let n = 0; n < HOSTS; n += 1) ids.push(await addHost(db, `host${n}`));
      const random = seededRandom(7);
      // One host has never done anything.
      const hostId = () => pick(random, ids.slice(1)) ?? 0;
      for (let id = 1; id <= RUNS; id += 1) {
        const status = pick(random, RUN_STATUSES) ?? "queued";
        const begun = status === "queued" ? null : at(below(random, 24 * 20));
        const kind = pick(random, [...RUN_KINDS, "backup", "backup"]) ?? "backup";
        runs.push({ id, hostId: hostId(), kind, status, startedAt: begun });
      }
      for (let n = 0; n < SNAPSHOTS; n += 1) {
        const state = pick(random, SNAPSHOT_STATES) ?? "complete";
        shots.push({ hostId: hostId(), state, finishedAt: at(below(random, 24 * 20)) });
      }
      const often = { trigger: "manual", attempt: 1, queuedAt: at(0), options: {}, warnings: [] };
      await db.sql
        .insertInto("runs")
        .values(runs.map((run) => ({ ...run, ...often, finishedAt: run.startedAt })))
        .execute();
      const plain = { kind: "manual", status: "succeeded" };
      await db.sql
        .insertInto("snapshots")
        .values(shots.map((shot, n) => ({ ...shot, ...plain, name: `s${n}`, startedAt: shot.finishedAt })))
        .execute();
    });
    afterAll(() => databases.stop());

    const isOver = ({ status }: Run): boolean => status !== "queued" && status !== "running";
    const newest = (hostId: number, kind: string): Run | undefined =>
      runs.findLast((run) => run.hostId === hostId && run.kind === kind && isOver(run));
    const lastSuccess = (hostId: number): Date | null => {
      const times = shots.filter((shot) => shot.hostId === hostId && shot.state === "complete");
      return times.length === 0
        ? null
        : new Date(Math.max(...times.map((shot) => shot.finishedAt.getTime())));
    };

    it("each host has its newest finished backup and its newest complete snapshot", async () => {
      const found = await hostFacts(db);
      expect(found.map(({ id, lastBackup, lastSuccessAt }) => ({ id, lastBackup, lastSuccessAt }))).toEqual(
        ids.map((id) => {
          const backup = newest(id, "backup");
          const lastBackup = backup === undefined ? null : { id: backup.id, status: backup.status };
          return { id, lastBackup, lastSuccessAt: lastSuccess(id) };
        }),
      );
    });

    it("a failing host has failed since the first failure after its newest good backup", async () => {
      const expected = ids.flatMap((id) => {
        const after = lastSuccess(id)?.getTime() ?? 0;
        const times = runs
          .filter((run) => run.hostId === id && run.kind === "backup" && run.status === "failed")
          .map((run) => run.startedAt?.getTime() ?? 0)
          .filter((time) => time > after);
        return times.length === 0 ? [] : [[id, new Date(Math.min(...times))] as const];
      });
      expect(expected.length).toBeGreaterThan(0);
      expect(await failingSince(db, ids)).toEqual(new Map(expected));
    });

    it("runs of a kind that failed last, and snapshots that are missing, are found host by host", async () => {
      for (const kind of RUN_KINDS) {
        const expected = ids.flatMap((hostId) => {
          const run = newest(hostId, kind);
          return run?.status === "failed" ? [{ hostId, runId: run.id }] : [];
        });
        const found = (await failedLast(db, kind)).sort((a, b) => a.hostId - b.hostId);
        expect([kind, found]).toEqual([kind, expected]);
      }
      const missing = await missingSnapshots(db);
      const count = (id: number) => shots.filter((s) => s.hostId === id && s.state === "missing").length;
      expect(ids.map((id) => missing.get(id)?.count ?? 0)).toEqual(ids.map(count));
    });

    it("each day has the worst end of the backups that began on it, from its first to its last moment", async () => {
      const bounds = [at(24), at(48), at(71), at(96), at(240)];
      const rank = ["succeeded", "warning", "failed"];
      const expected = ids.slice(0, -1).flatMap((hostId) =>
        bounds.slice(1).flatMap((end, day) => {
          const ends = runs
            .filter((run) => run.hostId === hostId && run.kind === "backup" && run.startedAt !== null)
            .filter(
              ({ startedAt }) => Number(startedAt) >= Number(bounds[day]) && Number(startedAt) < Number(end),
            )
            .map(({ status }) => rank.indexOf(status));
          const worst = rank[Math.max(-1, ...ends)];
          return worst === undefined ? [] : [{ hostId, day, worst }];
        }),
      );
      const found = await worstByDay(db, ids.slice(0, -1), bounds);
      expect(found.sort((a, b) => a.hostId - b.hostId || a.day - b.day)).toEqual(expected);
      expect(await worstByDay(db, [], bounds)).toEqual([]);
      expect(await hostNames(db, "host2", 2)).toMatchObject([{ name: "host3" }, { name: "host4" }]);
    });

    it("what is looked up for some hosts is what is looked up for all, without the others", async () => {
      const some = [ids[3] ?? 0, ids[5] ?? 0];
      type Look = (db: Database, hostIds?: readonly number[]) => Promise<Map<number, unknown>>;
      for (const look of [newestBackups, snapshotCounts, dueFacts] as Look[]) {
        const all = [...(await look(db))].filter(([id]) => some.includes(id));
        expect(new Map(await look(db, some))).toEqual(new Map(all));
        expect((await look(db, [])).size).toBe(0);
      }
    });

    it("schedules come by host and name, from the one after the last one seen", async () => {
      const facts = { cron: "@daily", timeZone: null, prune: false, maxDelete: null, jitterSeconds: 0 };
      const names = [
        [2, "b"],
        [2, "a"],
        [1, "z"],
        [4, "a"],
      ] as const;
      for (const [host, name] of names) {
        const stand = { ...facts, enabled: name !== "z", nextDueAt: at(1) };
        await saveSchedule(db, ids[host] ?? 0, name, stand, at(0));
      }
      const page = async (after: { host: string; name: string } | null, hostId: number | null = null) =>
        (await pageSchedules(db, { hostId, after, limit: 2 })).map(({ host, name }) => `${host}/${name}`);
      expect(await page(null)).toEqual(["host1/z", "host2/a"]);
      expect(await page({ host: "host2", name: "a" })).toEqual(["host2/b", "host4/a"]);
      expect(await page({ host: "host2", name: "a" }, ids[2] ?? 0)).toEqual(["host2/b"]);
      expect(await page({ host: "host4", name: "a" })).toEqual([]);
      expect(await countSchedules(db)).toBe(3);
    });
  });
