// What a person asked for keeps its standing: also when it is tried again, or handed back by a worker that stops.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { App } from "../../../src/actions/app.ts";
import { retryRun } from "../../../src/actions/change-run.ts";
import { configureHost } from "../../../src/actions/configure-host.ts";
import { nextAttempt } from "../../../src/actions/execute-run.ts";
import { placeWindows } from "../../../src/actions/place-windows.ts";
import { waitingOf } from "../../../src/actions/why-waiting.ts";
import { factsOf, Problem } from "../../../src/domain/problem.ts";
import type { ProblemCode } from "../../../src/domain/problem-catalogue.ts";
import { PLAIN_RUN, type Run, type RunOutcome } from "../../../src/domain/run.ts";
import { nextCandidates } from "../../../src/store/candidates.ts";
import type { Database } from "../../../src/store/database.ts";
import { up as standing } from "../../../src/store/migrations/0016-standing.ts";
import { finishRun } from "../../../src/store/run-lease.ts";
import { findRun, listRuns } from "../../../src/store/runs.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { endOf } from "../../support/queue-people.ts";
import { bob, type WaitingSite, waitingSite } from "../../support/waiting-site.ts";

for (const database of DATABASES)
  describe(`standing in ${database}`, () => {
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
      await configureHost(app, "web1", { settings: { windows: ["20:00-06:00"] }, unset: [] });
    });

    const runOf = async (id: number): Promise<Run> => {
      const run = await findRun(db, id);
      if (run === null) throw new Error(`there is no run ${id}`);
      return run;
    };
    /** Begins it and lets it end so; what its worker queues in its place. */
    const endedWith = async (id: number, code: ProblemCode): Promise<Run> => {
      expect(await start(id, ago(1))).toBe(true);
      const problem = factsOf(new Problem(code, "It ended."));
      const status = code === "interrupted" ? "cancelled" : "failed";
      const outcome: RunOutcome = { status, problem, warnings: [], stats: null };
      const retry = await nextAttempt(app, id, outcome, now);
      const end = { ...endOf(outcome, null, now), retry };
      expect(await finishRun(db, id, { ...bob, workerId: "bob of main" }, end)).toBe(true);
      const [newest] = await listRuns(db, { limit: 1 });
      if (newest === undefined || newest.id === id) throw new Error("nothing was queued in its place");
      return newest;
    };
    const next = async () => (await nextCandidates(db, "main", now, 9)).map(({ id }) => id);
    const reasonOf = async (run: Run) => (await waitingOf(app, [run])).get(run.id)?.reason;

    it("a person's backup that is handed back waits for no window, and comes first again", async () => {
      const again = await endedWith(await queue(web, { trigger: "manual" }), "interrupted");
      const scheduled = await queue(nas, { availableAt: ago(50) });
      expect(again).toMatchObject({ trigger: "retry", byHand: true, attempt: 1 });
      expect(await next()).toEqual([again.id, scheduled]);
      expect(await reasonOf(again)).toBe("soon");
      // However often.
      const third = await endedWith(again.id, "interrupted");
      expect(await next()).toEqual([third.id, scheduled]);
    });

    it("a person's backup that failed is tried again at once after its pause, whatever the windows", async () => {
      const again = await endedWith(await queue(web, { trigger: "manual" }), "connection_lost");
      const scheduled = await queue(nas, { availableAt: ago(50) });
      expect(await next()).toEqual([scheduled]);
      now = new Date(now.getTime() + 61_000);
      expect(await next()).toEqual([again.id, scheduled]);
    });

    it("one that was to wait for a window still does, and so does a scheduled one", async () => {
      const options = { ...PLAIN_RUN, waitForWindow: true };
      now = new Date("2026-11-30T21:00:00Z");
      const patient = await endedWith(await queue(web, { trigger: "manual", options }), "interrupted");
      const scheduled = await endedWith(await queue(web), "interrupted");
      expect(scheduled).toMatchObject({ byHand: false });
      now = new Date("2026-12-01T12:00:00Z");
      expect(await next()).toEqual([]);
      expect([await reasonOf(patient), await reasonOf(scheduled)]).toEqual(["window", "window"]);
      now = new Date("2026-12-01T21:00:00Z");
      await placeWindows(app);
      expect(await next()).toEqual([patient.id]);
    });

    it("is that of the first attempt when a person tries again", async () => {
      const wrong = { code: "source_missing", message: "", hint: "", detail: null } as const;
      const failed: RunOutcome = { status: "failed", problem: wrong, warnings: [], stats: null };
      now = new Date("2026-11-30T21:00:00Z");
      for (const trigger of ["manual", "scheduled"] as const) {
        const id = await queue(web, { trigger });
        await start(id, ago(1));
        await finishRun(db, id, { ...bob, workerId: "bob of main" }, endOf(failed, null, now));
        expect(await retryRun(app, id)).toMatchObject({ trigger: "retry", byHand: trigger === "manual" });
      }
    });

    it("of runs that are older than it is as their trigger says", async () => {
      const [manual, scheduled] = [await queue(nas, { trigger: "manual" }), await queue(web)];
      await sql`UPDATE runs SET by_hand = 0`.execute(db.sql);
      await standing(db.sql as never, db.dialect);
      expect([(await runOf(manual)).byHand, (await runOf(scheduled)).byHand]).toEqual([true, false]);
    });
  });
