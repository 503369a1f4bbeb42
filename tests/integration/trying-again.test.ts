// Trying again: what failed for a passing reason by itself, the rest when somebody says so, and what is refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listRuns } from "../../src/store/runs.ts";
import { closedPort } from "../support/ports.ts";
import { makeWorkSite, type WorkSite } from "../support/work-site.ts";

let site: WorkSite;
beforeAll(async () => {
  site = await makeWorkSite();
  const { address, port } = await closedPort();
  await site.ok("configure-host", "away", "--address", address, "--port", `${port}`, "--source", "/etc");
  await site.addHost("laptop", 1, "fast");
});
afterAll(() => site.dispose());

const refusedWith = async (code: number, problem: string, ...args: string[]) => {
  const before = await listRuns(site.db);
  const result = await site.pobsync.run("--json", ...args);
  expect(result.json()).toMatchObject({ problem: { code: problem } });
  expect(result.code).toBe(code);
  expect(await listRuns(site.db)).toEqual(before);
};

describe("a run that failed", () => {
  it("for a passing reason is tried again a minute later, as the second attempt", async () => {
    const id = await site.queue("away");
    await site.ok("worker");
    const [failed, retry, ...others] = await site.runsOf("away");
    expect(others).toEqual([]);
    expect(failed).toMatchObject({
      id,
      status: "failed",
      problem: { code: "connection_refused" },
      attempt: 1,
    });
    expect(retry).toMatchObject({
      status: "queued",
      trigger: "retry",
      attempt: 2,
      retryOf: id,
      requestedBy: failed?.requestedBy,
      options: failed?.options,
    });
    expect(retry?.availableAt.getTime()).toBe((failed?.finishedAt?.getTime() ?? 0) + 60_000);
    const shown = (await site.ok("show-run", `${retry?.id}`)).stdout;
    expect(shown).toMatch(new RegExp(`attempt +2, after run ${id}`));
    expect(shown).toContain("not before");
  });

  it("waits longer for the third attempt, and is linked to the first one", async () => {
    const [first, second] = await site.runsOf("away");
    await site.db.sql
      .updateTable("runs")
      .set({ availableAt: new Date() })
      .where("id", "=", second?.id ?? 0)
      .execute();
    await site.ok("worker");
    const [, failed, third] = await site.runsOf("away");
    expect(failed).toMatchObject({ id: second?.id, status: "failed" });
    expect(third).toMatchObject({ status: "queued", attempt: 3, retryOf: first?.id });
    expect(third?.availableAt.getTime()).toBe((failed?.finishedAt?.getTime() ?? 0) + 300_000);
    await site.ok("cancel", `${third?.id}`);
  });

  it("for a reason that stays is not tried again by itself", async () => {
    await site.ok("configure-host", "laptop", "--source", "/no/such/folder");
    const id = await site.queue("laptop");
    expect((await site.ok("--json", "worker")).json()).toEqual({ ended: 1, failed: 1 });
    expect(await site.runsOf("laptop")).toMatchObject([
      { id, status: "failed", problem: { code: "source_missing" } },
    ]);
  });

  it("before the eyes of a person is not tried again behind their back", async () => {
    const before = await site.runsOf("away");
    const { code, json } = await site.pobsync.run("--json", "backup", "away");
    expect(code).toBe(1);
    expect(json().run).toMatchObject({ status: "failed", problem: { code: "connection_refused" } });
    expect(await site.runsOf("away")).toHaveLength(before.length + 1);
  });

  it("is tried again as soon as somebody says so, linked to the first attempt", async () => {
    const [failed] = await site.runsOf("laptop");
    const { stdout } = await site.ok("retry", `${failed?.id}`);
    const [, retry] = await site.runsOf("laptop");
    expect(stdout).toContain(`Run ${retry?.id} of laptop is queued.`);
    expect(retry).toMatchObject({ status: "queued", trigger: "retry", attempt: 2, retryOf: failed?.id });
    await site.ok("configure-host", "laptop", "--source", site.world.hostDir);
    await site.ok("worker");
    const again = (await site.ok("--json", "retry", `${retry?.id}`)).json();
    expect(again).toMatchObject({ attempt: 3, retryOf: failed?.id, status: "queued" });
    expect(await site.run(retry?.id ?? 0)).toMatchObject({ status: "succeeded" });
  });
});

describe("asking for what cannot be", () => {
  it("is refused, and everything stays as it is", async () => {
    const [failed, , queued] = await site.runsOf("laptop");
    await refusedWith(2, "run_not_over", "retry", `${queued?.id}`);
    await refusedWith(2, "run_not_open", "cancel", `${failed?.id}`);
    await site.ok("cancel", `${queued?.id}`);
    await refusedWith(2, "run_not_open", "cancel", `${queued?.id}`);
    for (const command of ["retry", "cancel", "show-run"]) {
      await refusedWith(5, "not_found", command, "4711");
      for (const id of ["0", "1.5x"]) await refusedWith(2, "bad_input", command, "--", id);
    }
    await refusedWith(5, "not_found", "show-run", "4711", "--follow");
    await refusedWith(5, "not_found", "backup", "nobody", "--queue");
    await site.ok("configure-host", "laptop", "--disable");
    await refusedWith(2, "host_disabled", "retry", `${failed?.id}`);
    await refusedWith(2, "host_disabled", "backup", "laptop", "--queue");
    await refusedWith(2, "bad_input", "backup", "laptop", "--queue", "--dry-run");
  });
});
