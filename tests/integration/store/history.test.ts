// The history: lists in order and as filtered, and what is derived from them.
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RUN_KINDS, RUN_STATUSES, type RunStatus, TRIGGERS } from "../../../src/domain/run.ts";
import type { Database } from "../../../src/store/database.ts";
import { growthSince } from "../../../src/store/growth.ts";
import { enqueue } from "../../../src/store/run-queue.ts";
import { listRuns, newestBackups } from "../../../src/store/runs.ts";
import { findSnapshot, insertSnapshot, listSnapshots, snapshotCounts } from "../../../src/store/snapshots.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import {
  addHost,
  finishedAt,
  manualBackup,
  nameOf,
  snapshotOf,
  startedAt,
} from "../../support/queue-people.ts";

for (const database of DATABASES)
  describe(`the history in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let laptop: number;
    let nas: number;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
      laptop = await addHost(db, "laptop");
      nas = await addHost(db, "nas");
    });

    const addRun = async (hostId: number, status: RunStatus, kind: "backup" | "prune" = "backup") => {
      const id = await enqueue(db, { ...manualBackup(hostId), kind }, startedAt);
      await db.sql.updateTable("runs").set({ status }).where("id", "=", id).execute();
      return id;
    };
    const ids = async (filter: Parameters<typeof listRuns>[1] = {}) =>
      (await listRuns(db, filter)).map(({ id }) => id);
    const baseIdOf = async (hostId: number, suffix: number) => {
      const query = db.sql.selectFrom("snapshots").select(["baseId", "baseName"]);
      return query.where("hostId", "=", hostId).where("name", "=", nameOf(suffix)).executeTakeFirstOrThrow();
    };

    it("lists runs newest first, of one host, of one kind, in some states", async () => {
      const a = await addRun(laptop, "succeeded");
      const b = await addRun(nas, "failed");
      const c = await addRun(laptop, "queued", "prune");
      const d = await addRun(laptop, "running");
      expect(await ids()).toEqual([d, c, b, a]);
      expect(await ids({ hostId: laptop })).toEqual([d, c, a]);
      expect(await ids({ hostId: laptop, kind: "backup" })).toEqual([d, a]);
      expect(await ids({ statuses: ["queued", "failed"] })).toEqual([c, b]);
      expect(await ids({ statuses: [] })).toEqual([]);
      expect(await ids({ hostId: 999_999 })).toEqual([]);
    });

    it("pages through runs without a gap and without showing one twice, also while new ones arrive", async () => {
      const all: number[] = [];
      for (let n = 0; n < 7; n++) all.unshift(await addRun(n % 2 ? nas : laptop, "succeeded"));
      const seen: number[] = [];
      for (let before = Number.MAX_SAFE_INTEGER; ; ) {
        const page = await ids({ limit: 3, before });
        if (page.length === 0) break;
        seen.push(...page);
        before = page.at(-1) ?? 0;
        await addRun(laptop, "queued");
      }
      expect(seen).toEqual(all);
    });

    it("shows on each page what a plain filter of all runs says, whatever is asked for", async () => {
      for (let n = 0; n < 60; n++)
        await db.sql
          .insertInto("runs")
          .values({
            hostId: n % 3 === 0 ? nas : laptop,
            kind: RUN_KINDS[(n * 7) % 5] ?? "backup",
            trigger: TRIGGERS[(n * 5) % 3] ?? "manual",
            status: RUN_STATUSES[(n * 11) % 6] ?? "failed",
            attempt: 1,
            queuedAt: startedAt,
            options: {},
            warnings: [],
          })
          .execute();
      const all = await listRuns(db);
      const some = <T>(values: readonly T[]) => fc.option(fc.subarray([...values]), { nil: undefined });
      const one = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
      const filters = fc.record({
        hostId: one([laptop, nas]),
        kind: one(RUN_KINDS),
        triggers: some(TRIGGERS),
        statuses: some(RUN_STATUSES),
        before: one([1, 20, 61, 99]),
        limit: one([1, 5, 100]),
      });
      await fc.assert(
        fc.asyncProperty(filters, async (given) => {
          const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
          const expected = all.filter(
            (run) =>
              (given.hostId ?? run.hostId) === run.hostId &&
              (given.kind ?? run.kind) === run.kind &&
              (given.triggers ?? [run.trigger]).includes(run.trigger) &&
              (given.statuses ?? [run.status]).includes(run.status) &&
              run.id < (given.before ?? Number.MAX_SAFE_INTEGER),
          );
          expect(await ids(filter)).toEqual(expected.slice(0, given.limit ?? 1000).map(({ id }) => id));
        }),
        { numRuns: 60 },
      );
    });

    it("finds the newest backup of each host that has ended, whatever came of it", async () => {
      await addRun(laptop, "succeeded");
      const failed = await addRun(laptop, "failed");
      await addRun(laptop, "running");
      await addRun(laptop, "succeeded", "prune");
      await addRun(nas, "queued");
      const newest = await newestBackups(db);
      expect([...newest].map(([hostId, run]) => [hostId, run.id, run.status])).toEqual([
        [laptop, failed, "failed"],
      ]);
    });

    it("lists snapshots newest first, and finds one by its exact name and host", async () => {
      const minutes = (n: number) => new Date(startedAt.getTime() + n * 60_000);
      await insertSnapshot(db.sql, { ...snapshotOf(laptop, null, 1), startedAt: minutes(1) });
      await insertSnapshot(db.sql, { ...snapshotOf(laptop, null, 2), startedAt: minutes(3) });
      await insertSnapshot(db.sql, { ...snapshotOf(nas, null, 1), startedAt: minutes(2) });
      expect((await listSnapshots(db)).map(({ host, name }) => [host, name])).toEqual([
        ["laptop", nameOf(2)],
        ["nas", nameOf(1)],
        ["laptop", nameOf(1)],
      ]);
      expect(await findSnapshot(db, nas, nameOf(1))).toMatchObject({
        host: "nas",
        kind: "manual",
        status: "succeeded",
        state: "complete",
        startedAt: minutes(2),
        finishedAt,
        pin: null,
        verifiedAt: null,
      });
      expect(await findSnapshot(db, nas, nameOf(2))).toBeNull();
      expect(await listSnapshots(db, { states: [] })).toEqual([]);
      await db.sql.updateTable("snapshots").set({ state: "removed" }).where("hostId", "=", nas).execute();
      expect(await listSnapshots(db, { states: ["complete", "missing"] })).toHaveLength(2);
      expect(await listSnapshots(db, { hostId: nas, states: ["removed"] })).toHaveLength(1);
    });

    it("sums up what backups brought since then and what removals gave back, but for what was taken over", async () => {
      expect(await growthSince({ db, node: "main" }, startedAt)).toEqual({
        addedBytes: 0,
        freedBytes: 0,
        oldestAt: null,
      });
      const [before, since] = [new Date(startedAt.getTime() - 1), new Date(startedAt.getTime() + 1)];
      const shots = [
        { startedAt: before, newBytes: 1, adoptedFrom: "rsnapshot" },
        { startedAt: before, newBytes: 10 },
        { startedAt, newBytes: 100 },
        { startedAt: since, newBytes: 2 ** 40 },
        { startedAt: since, newBytes: 1000, adoptedFrom: "rsnapshot" },
        { startedAt: since, newBytes: null },
      ];
      for (const [n, shot] of shots.entries())
        await insertSnapshot(db.sql, { ...snapshotOf(laptop, null, n + 1), ...shot });
      const removed = (suffix: number, removedAt: Date, freedBytes: number | null) =>
        db.sql
          .updateTable("snapshots")
          .set({ state: "removed", removedAt, freedBytes })
          .where("name", "=", nameOf(suffix))
          .execute();
      await removed(2, before, 5);
      await removed(3, since, 2 ** 40);
      await removed(6, since, null);
      expect(await growthSince({ db, node: "main" }, startedAt)).toEqual({
        ...{ addedBytes: 100 + 2 ** 40, freedBytes: 2 ** 40, oldestAt: before },
      });
    });

    it("counts the complete snapshots of each host, with the moment of the newest as an instant", async () => {
      const later = new Date(finishedAt.getTime() + 86_400_001);
      await insertSnapshot(db.sql, { ...snapshotOf(laptop, null, 1), finishedAt: later });
      await insertSnapshot(db.sql, snapshotOf(laptop, null, 2));
      await insertSnapshot(db.sql, snapshotOf(nas, null, 1));
      await db.sql.updateTable("snapshots").set({ state: "removing" }).where("hostId", "=", nas).execute();
      expect(await snapshotCounts(db)).toEqual(new Map([[laptop, { count: 2, finishedAt: later }]]));
    });

    it("links a snapshot with its base when that is on record, and not with another host's of that name", async () => {
      await insertSnapshot(db.sql, snapshotOf(nas, null, 1));
      await insertSnapshot(db.sql, { ...snapshotOf(laptop, null, 2), base: nameOf(1) });
      expect(await baseIdOf(laptop, 2)).toEqual({ baseId: null, baseName: nameOf(1) });
      await insertSnapshot(db.sql, { ...snapshotOf(laptop, null, 3), base: nameOf(2) });
      const base = await findSnapshot(db, laptop, nameOf(2));
      expect(await baseIdOf(laptop, 3)).toEqual({ baseId: base?.id, baseName: nameOf(2) });
      await insertSnapshot(db.sql, snapshotOf(laptop, null, 4));
      expect(await baseIdOf(laptop, 4)).toEqual({ baseId: null, baseName: null });
    });

    it("keeps the base's name, and no link, when the base's record is gone", async () => {
      await insertSnapshot(db.sql, snapshotOf(laptop, null, 1));
      await insertSnapshot(db.sql, { ...snapshotOf(laptop, null, 2), base: nameOf(1) });
      await db.sql.deleteFrom("snapshots").where("name", "=", nameOf(1)).execute();
      expect(await baseIdOf(laptop, 2)).toEqual({ baseId: null, baseName: nameOf(1) });
      expect(await findSnapshot(db, laptop, nameOf(2))).toMatchObject({ base: nameOf(1) });
    });

    it("keeps a snapshot whose run is gone from the history", async () => {
      const run = await addRun(laptop, "succeeded");
      await insertSnapshot(db.sql, snapshotOf(laptop, run, 1));
      await db.sql.deleteFrom("runs").where("id", "=", run).execute();
      expect(await findSnapshot(db, laptop, nameOf(1))).toMatchObject({ runId: null });
    });
  });
