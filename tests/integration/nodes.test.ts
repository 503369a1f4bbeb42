// Several backup servers on one database: each has a root of its own and works on the hosts that it keeps.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pobsyncIn } from "../support/pobsync.ts";
import { makeTwoServers, problemOf, type TwoServers } from "../support/two-servers.ts";
import { waitUntil } from "../support/wait-until.ts";

let two: TwoServers;
beforeAll(async () => {
  two = await makeTwoServers();
});
afterAll(() => two.site.world.dispose());

describe("a second backup server", () => {
  it("has no root before it is given one of its own, and may not have the first one's", async () => {
    const before = await two.attic.run("--json", "hosts");
    expect(before.code).toBe(6);
    expect(problemOf(before).message).toBe("The backup server attic has no backup root yet.");
    const taken = await two.attic.run(
      "--json",
      "configure-global",
      "--backup-root",
      two.site.world.backupRoot,
    );
    expect(taken.code).toBe(2);
    expect(problemOf(taken).message).toContain("is the backup root of the backup server main.");
    const made = await two.okThere("--json", "configure-global", "--backup-root", two.atticRoot);
    expect(made.json()).toMatchObject({ node: "attic", backupRoot: two.atticRoot, maxParallel: 2 });
    expect((await two.site.ok("--json", "configure-global")).json()).toMatchObject({
      node: "main",
      backupRoot: two.site.world.backupRoot,
    });
  });

  it("shares what holds for all hosts with the first", async () => {
    await two.site.ok("configure-global", "--exclude", "*.iso");
    expect((await two.okThere("--json", "configure-global")).json().settings).toEqual({
      excludes: ["*.iso"],
    });
    await two.okThere("configure-global", "--max-parallel", "1");
    expect((await two.site.ok("--json", "configure-global")).json().maxParallel).toBe(1);
  });

  it("keeps the hosts that are made on it, and those that are given to it by name", async () => {
    await two.addHost(two.site.pobsync, "house");
    expect((await two.addHost(two.attic, "barn")).json()).toMatchObject({ node: "attic" });
    expect((await two.addHost(two.site.pobsync, "shed", "--node", "attic")).json()).toMatchObject({
      node: "attic",
    });
    const unknown = await two.addHost(two.site.pobsync, "house", "--node", "cellar");
    expect(unknown.code).toBe(2);
    expect(problemOf(unknown).message).toBe('There is no backup server "cellar".');
    expect(problemOf(unknown).hint).toContain("There are: main, attic.");
    const { items } = (await two.site.ok("--json", "hosts")).json();
    expect(items.map((host: { name: string; node: string }) => [host.name, host.node])).toEqual([
      ["barn", "attic"],
      ["house", "main"],
      ["shed", "attic"],
    ]);
    expect((await two.site.ok("hosts")).stdout).toMatch(/KEPT ON/);
  });

  it("is not named by a nonsense", async () => {
    const wrong = pobsyncIn(two.site.world, { environment: { POBSYNC_NODE: "The Attic!" } });
    const { code, stderr } = await wrong.run("hosts");
    expect(code).toBe(6);
    expect(stderr).toContain("POBSYNC_NODE is no name of a backup server.");
  });
});

describe("the first backup server", () => {
  it("has no name: one with a name cannot be the first", async () => {
    const world = { ...two.site.world, stateDir: join(two.site.world.dir, "other-state") };
    const url = `sqlite:${join(two.site.world.dir, "other.sqlite3")}`;
    const named = pobsyncIn(world, { environment: { POBSYNC_NODE: "attic", POBSYNC_DATABASE_URL: url } });
    await named.run("migrate");
    const refused = await named.run("--json", "configure-global", "--backup-root", join(world.dir, "none"));
    expect(refused.code).toBe(6);
    expect(problemOf(refused).message).toBe("The first backup server of a database has no name of its own.");
    expect(existsSync(join(world.dir, "none"))).toBe(false);
  });
});

describe("workers of two servers on one queue", () => {
  it("each execute the runs of the hosts that their server keeps, and leave the others'", async () => {
    for (const host of ["house", "barn", "shed"]) await two.site.ok("backup", host, "--queue");
    expect((await two.site.ok("--json", "worker")).json()).toEqual({ ended: 1, failed: 0 });
    expect(await two.newestRun("house")).toMatchObject({ status: "succeeded" });
    expect(await two.newestRun("barn")).toMatchObject({ status: "queued" });
    expect((await two.okThere("--json", "worker")).json()).toEqual({ ended: 2, failed: 0 });
    expect(await two.newestRun("shed")).toMatchObject({ status: "succeeded" });
    expect(existsSync(join(two.atticRoot, "barn", "latest", "data"))).toBe(true);
    expect(existsSync(join(two.site.world.backupRoot, "barn"))).toBe(false);
  });

  it("have places of their own: one run at a time on each is two in all", async () => {
    for (const host of ["house", "barn"])
      await two.site.ok("configure-host", host, "--bwlimit", "1M", "--rsync-arg=--whole-file");
    writeFileSync(join(two.source, "large"), Buffer.alloc(3_000_000, 8));
    for (const host of ["house", "barn"]) await two.site.ok("backup", host, "--queue");
    const workers = [two.site.pobsync.start("--json", "worker"), two.attic.start("--json", "worker")];
    await waitUntil(
      async () => (await two.site.runs()).filter(({ status }) => status === "running").length === 2,
      { what: "both to be under way" },
    );
    const ended = await Promise.all(workers.map((worker) => worker.ended));
    expect(ended.map((result) => result.json())).toEqual([
      { ended: 1, failed: 0 },
      { ended: 1, failed: 0 },
    ]);
  });

  it("settle what their own dead left, because only their disk says how far it got", async () => {
    writeFileSync(join(two.source, "large"), Buffer.alloc(3_000_000, 9));
    await two.site.ok("backup", "barn", "--queue");
    const worker = two.attic.start("worker");
    await waitUntil(async () => (await two.newestRun("barn"))?.phase === "transferring", {
      what: "a transfer",
    });
    await worker.kill();
    await two.site.ok("worker");
    expect(await two.newestRun("barn")).toMatchObject({ status: "running" });
    const doctor = await two.site.pobsync.run("--json", "doctor");
    expect(JSON.stringify(doctor.json().findings)).toContain("barn");
    await two.okThere("worker");
    const runs = (await two.site.runs()).filter(({ host }) => host === "barn");
    expect(runs.find(({ problem }) => problem?.code === "worker_lost")).toMatchObject({ status: "failed" });
  });
});

describe("what lies on another backup server", () => {
  beforeAll(() => two.site.ok("configure-host", "barn", "--keep-last", "1"));

  it("is shown, with the place where it lies", async () => {
    const [snapshot] = await two.site.snapshots("barn");
    expect(snapshot?.path).toBe(join(two.atticRoot, "barn", "snapshots", snapshot?.name ?? ""));
    const all = (await two.site.ok("--json", "snapshots")).json().items;
    expect(all).toContainEqual(snapshot);
    const id = snapshot?.runId ?? 0;
    expect((await two.site.ok("--json", "show-run", `${id}`)).json()).toMatchObject({ host: "barn", id });
    expect((await two.site.ok("show-host", "barn")).stdout).toMatch(/kept on +attic/);
  });

  it.each([
    ["backup", "barn"],
    ["backup", "barn", "--dry-run"],
    ["ls", "barn:/"],
    ["versions", "barn:/letter"],
    ["find", "letter", "--host", "barn"],
    ["space", "barn"],
    ["verify", "barn"],
    ["restore", "barn:/", "--to", "/nonexistent/place", "--yes"],
    ["retention", "barn", "--apply", "--override-hold", "--yes"],
    ["discover-snapshots", "--host", "barn"],
    ["remove-host", "barn", "--yes", "--delete-snapshots"],
    ["empty-trash", "barn", "--yes"],
  ])("cannot be touched from here, and %s %s says where to do it", async (...args) => {
    const before = await two.site.runs();
    const refused = await two.site.pobsync.run("--json", ...args);
    expect([refused.code, problemOf(refused)?.code], refused.stderr).toEqual([2, "host_elsewhere"]);
    expect(problemOf(refused).message).toContain("on the backup server attic");
    expect(await two.site.runs()).toEqual(before);
  });

  it("is left out of a search through all hosts, which says so", async () => {
    const found = await two.site.pobsync.run("--json", "find", "letter");
    const { items, skipped } = found.json();
    expect(items.map(({ host }: { host: string }) => host)).toEqual(["house"]);
    expect(
      skipped.map(({ host, problem }: { host: string; problem: { code: string } }) => [host, problem.code]),
    ).toEqual([
      ["barn", "host_elsewhere"],
      ["shed", "host_elsewhere"],
    ]);
  });

  it("cannot be restored onto: a machine that is backed up as itself is another one here", async () => {
    const refused = await two.site.pobsync.run(
      "--json",
      "restore",
      "house:/",
      "--to-host",
      `barn:${two.source}`,
      "--yes",
    );
    expect(problemOf(refused)).toMatchObject({ code: "host_elsewhere" });
  });

  it("is missed when no worker of its server runs, and the other one's is no help", async () => {
    await two.site.ok("schedule", "shed", "--cron", "0 0 1 1 *");
    const [scheduler, worker] = [
      two.site.pobsync.start("scheduler", "--loop"),
      two.site.pobsync.start("worker", "--loop", "--interval", "1"),
    ];
    const workersNow = async (): Promise<string> => {
      const { findings } = (await two.site.pobsync.run("--json", "doctor")).json();
      const found = findings.find(({ what }: { what: string }) => what === "workers");
      return found.problem?.message ?? found.found;
    };
    await waitUntil(async () => (await workersNow()).startsWith("No worker of the backup server attic"), {
      what: "the doctor to miss a worker on attic",
    });
    const there = two.attic.start("worker", "--loop", "--interval", "1");
    await waitUntil(async () => (await workersNow()) === "2 workers, 1 scheduler", {
      what: "the doctor to be content",
    });
    await Promise.all([scheduler, worker, there].map((command) => command.kill()));
  });
});
