// Proof on a schedule in SQL: queued and noted in one step, one at a time, and holding nothing while it waits.
import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { App } from "../../../src/actions/app.ts";
import { hostProof } from "../../../src/actions/host-proof.ts";
import { queueProof } from "../../../src/actions/queue-proof.ts";
import { PLAIN_RUN } from "../../../src/domain/run.ts";
import type { Site } from "../../../src/domain/site.ts";
import { freeSlots, nextCandidates, proofSlot } from "../../../src/store/candidates.ts";
import type { Database } from "../../../src/store/database.ts";
import { listProofs, newestSnapshots, queueProven, saveWeight } from "../../../src/store/proofs.ts";
import { claimRun, enqueue } from "../../../src/store/run-queue.ts";
import { listRuns } from "../../../src/store/runs.ts";
import { findSite, saveSite } from "../../../src/store/site.ts";
import { heldSnapshots, holdAllOf } from "../../../src/store/snapshot-claims.ts";
import { markRemoving } from "../../../src/store/snapshot-removal.ts";
import { insertSnapshot } from "../../../src/store/snapshots.ts";
import { inTransaction } from "../../../src/store/transaction.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import {
  addHost,
  beginPrune,
  diskless,
  nameOf,
  snapshotOf,
  startedAt,
  storedSnapshot,
  worker,
} from "../../support/queue-people.ts";
import { waitingSite } from "../../support/waiting-site.ts";

const now = new Date("2026-12-01T12:00:00.000Z");
const [bob, eve] = [worker("bob"), worker("eve")];

/** The database takes no run of this host. */
const refusing = (hostId: number): Record<(typeof DATABASES)[number], RawBuilder<unknown>> => ({
  sqlite: sql`CREATE TRIGGER refusing BEFORE INSERT ON runs WHEN NEW.host_id = ${sql.lit(hostId)}
    BEGIN SELECT RAISE(ABORT, 'not this one'); END`,
  mariadb: sql`CREATE TRIGGER refusing BEFORE INSERT ON runs FOR EACH ROW
    IF NEW.host_id = ${sql.lit(hostId)} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF`,
});

for (const database of DATABASES)
  describe(`proof on a schedule in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let app: App;
    let site: Site;
    let hosts: number[];
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
      const made = await waitingSite(db, () => now);
      ({ app } = made);
      await saveSite(db, { ...diskless, settings: { verifyWithinSeconds: 8 * 86_400 } }, now);
      site = (await findSite(app)) as Site;
      hosts = [made.web, made.nas, await addHost(db, "mail")];
      for (const [at, hostId] of hosts.entries()) {
        await inTransaction(db, (tx) => insertSnapshot(tx, snapshotOf(hostId, null, at)));
        await saveWeight(db, hostId, { files: 1, bytes: 1e9, damaged: 0, reads: [] }, startedAt);
      }
    });

    const verification = (hostId: number) => ({
      ...({ hostId, kind: "verify", trigger: "scheduled", requestedBy: null } as const),
      options: PLAIN_RUN,
    });
    const queued = async () => (await listRuns(db, { kind: "verify" })).map(({ hostId }) => hostId).sort();
    const notedAt = async (hostId: number) => (await listProofs(db)).get(hostId)?.verifyQueuedAt ?? null;

    it("what cannot be queued for one host is not noted as queued, and keeps no other host from its turn", async () => {
      const [web = 0, nas = 0, mail = 0] = hosts;
      await refusing(web)[database].execute(db.sql);
      await expect(queueProof(app, site)).rejects.toThrow("not this one");
      expect(await queued()).toEqual([nas, mail].sort());
      expect([await notedAt(web), await notedAt(nas)]).toEqual([null, now]);
      await sql`DROP TRIGGER refusing`.execute(db.sql);
      await queueProof(app, site);
      expect(await queued()).toEqual([...hosts].sort());
    });

    it("is queued once by however many look at the same moment", async () => {
      const [web = 0] = hosts;
      const tries = Array.from({ length: 6 }, () => queueProven(db, verification(web), null, now));
      const ids = (await Promise.all(tries)).filter((id) => id !== null);
      expect(ids).toHaveLength(1);
      expect(await queueProven(db, verification(web), now, now)).not.toBeNull();
    });

    it("holds no snapshot while it waits", async () => {
      await queueProof(app, site);
      for (const hostId of hosts) expect(await heldSnapshots(db, hostId)).toEqual(new Map());
    });

    it("is claimed once on a backup server, by whichever worker, and takes no place from others", async () => {
      await queueProof(app, site);
      const found = await nextCandidates(db, "main", now, 9, "spare");
      expect(found).toHaveLength(3);
      const slot = await proofSlot(db, "main");
      const claims = found.map((one, at) =>
        claimRun(db, one, at % 2 === 0 ? bob : eve, slot, { startedAt: now, snapshotName: null }),
      );
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
      expect(await freeSlots(db, "main", 2)).toEqual([1, 2]);
      const other = { name: "other", backupRoot: "/elsewhere", rootId: "other", updatedAt: now };
      await db.sql.insertInto("nodes").values(other).execute();
      expect(await proofSlot(db, "other")).not.toBe(slot);
    });

    it("holds what is complete when it begins, and passes over what is on its way out", async () => {
      const { hostId, holder } = await beginPrune(db, bob);
      const runId = await enqueue(db, verification(hostId), now);
      expect(await markRemoving(db, await storedSnapshot(db, hostId, 2), holder, null)).toBe(true);
      await holdAllOf(db, runId, hostId);
      await holdAllOf(db, runId, hostId);
      expect([...(await heldSnapshots(db, hostId)).keys()].sort()).toEqual([nameOf(1), nameOf(3)].sort());
      expect(await markRemoving(db, await storedSnapshot(db, hostId, 2), holder, null)).toBe(false);
    });

    it("of one host is read by itself", async () => {
      const [web = 0, nas = 0] = hosts;
      expect([...(await listProofs(db, nas)).keys()]).toEqual([nas]);
      expect([...(await newestSnapshots(db, web)).keys()]).toEqual([web]);
      expect(await hostProof(app, "nas")).toMatchObject({ host: "nas", storedBytes: 1e9 });
    });
  });
