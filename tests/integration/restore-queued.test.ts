// Restores that wait for a worker: what was agreed holds, and nothing else.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { restore } from "../support/restoring.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { makeWorkSite, type WorkSite } from "../support/work-site.ts";

const FILES = 10;

let site: WorkSite;
let source = "";
let oldest = "";
beforeEach(async () => {
  site = await makeWorkSite();
  source = await site.addHost("web", FILES, "fast");
  oldest = (await site.backUp("web")).snapshot.name;
  await site.backUp("web");
  await site.ok("configure-host", "web", "--keep-last", "1");
});
afterEach(() => site.dispose());

const target = (): string => join(site.world.dir, "target");
const asked = (): string[] => [`web:${source}`, "--snapshot", oldest, "--to-host", `web:${target()}`];
const missing = (): string[] =>
  readdirSync(source).filter((name) => !existsSync(join(target(), "web", name)));

describe("a queued restore", () => {
  it("holds its snapshot while it waits, and is done by a worker", async () => {
    const before = await treeFacts(site.pathOf("web", "snapshots"));
    const queued = await restore(site, 0, ...asked(), "--queue", "--check");
    expect(queued).toMatchObject({ run: { status: "queued", kind: "restore" }, preview: { overwritten: 0 } });
    await site.ok("retention", "web", "--apply", "--yes");
    expect(site.onDisk("web", "snapshots")).toContain(oldest);
    await site.ok("worker");
    const run = await site.run(queued.run?.id ?? 0);
    expect(run).toMatchObject({
      status: "succeeded",
      result: { checked: { differences: 0 }, snapshot: oldest },
    });
    expect(missing()).toEqual([]);
    expect(await treeFacts(site.pathOf("web", "snapshots"))).toEqual(before);
  });

  it("that nobody agreed to overwrites nothing that has come in the meantime", async () => {
    const queued = await restore(site, 0, ...asked(), "--queue");
    mkdirSync(join(target(), "web"), { recursive: true });
    writeFileSync(join(target(), "web", "7"), "mine");
    await site.ok("worker");
    expect(await site.run(queued.run?.id ?? 0)).toMatchObject({
      status: "failed",
      problem: { code: "confirmation_needed" },
      result: { preview: { created: FILES - 1 } },
    });
    expect(readdirSync(join(target(), "web"))).toEqual(["7"]);
    expect(readFileSync(join(target(), "web", "7"), "utf8")).toBe("mine");
    const agreed = await restore(site, 0, ...asked(), "--queue", "--yes");
    await site.ok("worker");
    expect(await site.run(agreed.run?.id ?? 0)).toMatchObject({ status: "succeeded" });
  });

  it("that is tried again by a person looks again: what was seen before the first attempt is not what is there", async () => {
    const first = await restore(site, 0, ...asked());
    writeFileSync(join(target(), "web", "7"), "mine");
    const again = (await site.ok("--json", "retry", `${first.run?.id}`)).json();
    await site.ok("worker");
    expect(await site.run(again.id)).toMatchObject({
      status: "failed",
      problem: { code: "confirmation_needed" },
    });
    expect(readFileSync(join(target(), "web", "7"), "utf8")).toBe("mine");
  });

  it("whose host goes away is tried again by itself, and holds its snapshot then as well", async () => {
    const queued = await restore(site, 0, ...asked(), "--queue");
    const id = queued.run?.id ?? 0;
    await site.sshd.stop();
    await site.ok("worker");
    expect(await site.run(id)).toMatchObject({ status: "failed", problem: { code: "connection_refused" } });
    await site.sshd.start();
    await site.db.sql
      .updateTable("runs")
      .set({ availableAt: new Date(0) })
      .where("retryOf", "=", id)
      .execute();
    await site.ok("worker");
    const [again] = (await site.runsOf("web")).slice(-1);
    expect(again).toMatchObject({ trigger: "retry", status: "succeeded", kind: "restore" });
    const holds = await site.db.sql.selectFrom("snapshotHolds").select("runId").execute();
    expect(holds.map(({ runId }) => runId)).toContain(again?.id);
  });
});
