// Claiming, when many processes want the same hosts at the same moment.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findLock } from "../../../src/store/held-runs.ts";
import { listRuns } from "../../../src/store/runs.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addHost } from "../../support/queue-people.ts";
import { race } from "../../support/rivals.ts";

const WORKERS = 8;

for (const database of DATABASES)
  describe(`claiming in ${database}`, () => {
    let databases: TestDatabases;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());

    /** Lets the workers loose on the hosts; each takes them in the order that is its own. */
    const claims = async (url: string, hostsOf: (worker: number) => readonly number[]) => {
      const workers = Array.from({ length: WORKERS }, (_, worker) => worker);
      const found = await race<(number | null)[]>(
        workers.map((worker) => ["claim", url, `worker-${worker}`, ...hostsOf(worker).map(String)]),
      );
      return found.flatMap((runs, worker) =>
        runs.flatMap((run, index) =>
          run === null ? [] : [{ run, worker: `worker-${worker}`, host: hostsOf(worker)[index] }],
        ),
      );
    };

    it("lets exactly one of eight have a host, and the others leave nothing behind", async () => {
      const { url, db } = await databases.freshAt();
      const host = await addHost(db, "laptop");
      const won = await claims(url, () => [host]);
      expect(won).toHaveLength(1);
      const runs = await listRuns(db);
      expect(runs.map(({ id, status, worker }) => ({ id, status, worker }))).toEqual([
        { id: won[0]?.run, status: "running", worker: won[0]?.worker },
      ]);
      expect(await findLock(db, host)).toMatchObject({ runId: won[0]?.run, workerId: won[0]?.worker });
    });

    it("gives each of many hosts to exactly one, in whatever order they are asked for", async () => {
      const { url, db } = await databases.freshAt();
      const hosts: number[] = [];
      while (hosts.length < 24) hosts.push(await addHost(db, `host-${hosts.length}`));
      const inOwnOrder = (worker: number) =>
        hosts.map((_, index) => hosts[(index * 5 + worker * 3) % hosts.length] ?? 0);
      const won = await claims(url, inOwnOrder);
      expect(won.map(({ host }) => host).sort((a = 0, b = 0) => a - b)).toEqual(hosts);
      expect((await listRuns(db)).map(({ id }) => id).sort((a, b) => a - b)).toEqual(
        won.map(({ run }) => run).sort((a, b) => a - b),
      );
    });
  });
