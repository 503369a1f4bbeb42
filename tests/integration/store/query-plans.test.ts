// What pages ask for every few seconds must cost what is open now, not all that ever ran.
import { expect, it } from "vitest";
import { explained } from "../../../bench/explain.ts";
import { listHeldRuns } from "../../../src/store/held-runs.ts";
import { durationsOf, leasedRuns, queuedRuns } from "../../../src/store/queue-facts.ts";
import { startDatabases } from "../../support/databases.ts";

it("SQLite finds what is queued, held and took its time without going through all runs", async () => {
  const databases = await startDatabases("sqlite");
  try {
    // Without statistics, which nothing here gathers, its plans are the same for no run and for a million.
    const plans = await explained(await databases.fresh(), async (db) => {
      await queuedRuns(db);
      await leasedRuns(db);
      await durationsOf(db, [
        { hostId: 1, kind: "backup" },
        { hostId: 2, kind: "prune" },
      ]);
      await listHeldRuns(db);
    });
    expect(plans).toMatch(/SEARCH runs USING INDEX runs_waiting/);
    expect(plans).not.toMatch(/SCAN runs\b/);
  } finally {
    await databases.stop();
  }
});
