// Random queues: whoever is claimed next is never said to wait, and everybody else is.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { App } from "../../../src/actions/app.ts";
import { configureHost } from "../../../src/actions/configure-host.ts";
import { waitingOf } from "../../../src/actions/why-waiting.ts";
import { RUN_KINDS, TRIGGERS } from "../../../src/domain/run.ts";
import { freeSlots, isProving, nextCandidates } from "../../../src/store/candidates.ts";
import type { Database } from "../../../src/store/database.ts";
import { listRuns } from "../../../src/store/runs.ts";
import { saveSite } from "../../../src/store/site.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addHost, diskless } from "../../support/queue-people.ts";
import { below, pick, seededRandom } from "../../support/random.ts";
import { type WaitingSite, waitingSite } from "../../support/waiting-site.ts";

for (const database of DATABASES)
  describe(`random queues in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let app: App;
    let now: Date;
    let { web, nas, ago, queue, start } = {} as WaitingSite;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
      now = new Date("2026-11-30T12:00:00Z");
      ({ web, nas, app, ago, queue, start } = await waitingSite(db, () => now));
    });

    it("never says of those that are claimed next that they wait, and of all others that they do", async () => {
      const random = seededRandom(20261130);
      const hosts = [web, nas, await addHost(db, "mail"), await addHost(db, "db1")];
      for (let round = 0; round < 25; round += 1) {
        const limit = 1 + below(random, 3);
        await saveSite(db, { ...diskless, maxParallel: limit }, now);
        await db.sql.deleteFrom("runs").execute();
        await db.sql.deleteFrom("runLeases").execute();
        await db.sql.deleteFrom("hostLocks").execute();
        for (const name of ["web1", "nas"]) {
          const windows = pick(random, [[], ["11:00-13:00"], ["20:00-06:00"]]) ?? [];
          await configureHost(app, name, { enabled: below(random, 5) > 0, settings: { windows }, unset: [] });
        }
        for (let n = below(random, 10); n >= 0; n -= 1) {
          const id = await queue(pick(random, hosts) ?? web, {
            ...{ kind: pick(random, RUN_KINDS) ?? "backup", trigger: pick(random, TRIGGERS) ?? "manual" },
            availableAt: ago(below(random, 12) - 2),
          });
          if (below(random, 3) === 0) await start(id, ago(1), 1 + below(random, limit));
        }
        const free = (await freeSlots(db, "main", limit)).length;
        const claimed = free === 0 ? [] : await nextCandidates(db, "main", now, free, "pressing");
        const proof = (await isProving(db, "main")) ? [] : await nextCandidates(db, "main", now, 1, "spare");
        const next = [...claimed, ...proof].map(({ id }) => id);
        const queued = await listRuns(db, { statuses: ["queued"] });
        const said = await waitingOf(app, queued);
        expect([...said.keys()].sort()).toEqual(queued.map(({ id }) => id).sort());
        const soon = [...said].filter(([, { reason }]) => reason === "soon").map(([id]) => id);
        expect(soon.sort()).toEqual(next.sort());
      }
    });
  });
