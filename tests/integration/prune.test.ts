// A prune that somebody asks for: nothing without their word, then exactly what the plan said, and never more than allowed.
import { existsSync, lstatSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RetentionShape } from "../../src/contract/schemas.ts";
import type { SnapshotJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { planted, plantTree } from "../support/hostile-tree.ts";
import { bytesOnlyIn, everythingOf, plantSnapshots, statesOf, trashOf, wholeOf } from "../support/pruning.ts";
import { treeFacts } from "../support/tree-facts.ts";

type Listed = { snapshot: SnapshotJson };
const namesOf = (list: Listed[]): string[] => list.map(({ snapshot }) => snapshot.name);

let site: BackupSite;
beforeAll(async () => {
  site = await makeSite();
});
afterAll(() => site.world.dispose());

const retention = async (...args: string[]) => (await site.ok("--json", "retention", ...args)).json();
/** Two of one second are in no order there. */
const onDisk = (host: string): Set<string> => new Set(site.onDisk(host, "snapshots"));

describe("of a host whose files have every name, mode and attribute there is", () => {
  /** Newest first. */
  let names: string[];
  let laptop: string[];
  beforeAll(async () => {
    const source = site.world.hostDir;
    await plantTree(source, { sparseMebibytes: 16 });
    await site.configureHost("nas", null, "--source", source, "--keep-last", "2", "--max-shrink", "100");
    names = [];
    for (let n = 0; n < 4; n += 1) {
      writeFileSync(join(source, "plain", "own"), `${n}`.repeat(100_000));
      writeFileSync(join(source, "plain", `only then ${n}`), `${n}`.repeat(50_000));
      names.unshift((await site.backUp("nas")).snapshot.name);
    }
    await site.configureHost("laptop", null, "--source", "/etc/hostname");
    laptop = await plantSnapshots(site, "laptop", 3);
  });

  it.each(["--apply", "--apply --max-delete 9", "--apply --queue", "--apply --override-hold"])(
    "does nothing without --yes: %s",
    async (line) => {
      const before = await everythingOf(site);
      const result = await site.pobsync.run("--json", "retention", "nas", ...line.split(" "));
      expect([result.code, result.json().problem.code]).toEqual([2, "confirmation_needed"]);
      expect(await everythingOf(site)).toEqual(before);
    },
  );

  it("does nothing when more would go than --max-delete allows, and says what", async () => {
    const before = await everythingOf(site);
    for (const most of ["1", "0"]) {
      const args = ["--apply", "--yes", "--max-delete", most];
      const result = await site.pobsync.run("--json", "retention", "nas", ...args);
      const { problem } = result.json();
      expect([result.code, problem.code]).toEqual([1, "too_many_to_delete"]);
      expect(problem.detail.split("\n")).toEqual(names.slice(2));
      expect((await site.pobsync.run("retention", "nas", ...args, "--queue")).code).toBe(1);
    }
    for (const most of ["-1", "x", ""])
      expect(
        (await site.pobsync.run("retention", "nas", "--apply", "--yes", "--max-delete", most)).code,
      ).toBe(2);
    expect(await everythingOf(site)).toEqual(before);
  });

  it("removes exactly what the plan said, gives back what only that held, and changes nothing else", async () => {
    const plan = await retention("nas");
    const [stay, go] = [names.slice(0, 2), names.slice(2)];
    expect([namesOf(plan.keep), namesOf(plan.remove)]).toEqual([stay, go]);
    const kept = await wholeOf(site, "nas", stay);
    const others = await treeFacts(site.pathOf("laptop"));
    const logs = readdirSync(site.pathOf("nas", "logs"));
    const bytes = bytesOnlyIn(go.map((name) => site.pathOf("nas", "snapshots", name)));
    expect(bytes).toBeGreaterThan(2 * 150_000);
    // As many as there are is not too many.
    const done = await retention("nas", "--apply", "--yes", "--max-delete", "2");

    expect(RetentionShape.strict().parse(done)).toMatchObject({
      applied: true,
      run: { kind: "prune", trigger: "manual", status: "succeeded", problem: null, warnings: [] },
    });
    expect(namesOf(done.keep)).toEqual(stay);
    expect(namesOf(done.remove)).toEqual(go);
    expect(done.run.result).toEqual({ removed: go.toReversed(), trashed: [], freedBytes: bytes });
    expect(plan.freeable).toEqual({ bytes, complete: true });
    const freed = done.remove.map(({ snapshot }: Listed) => snapshot.freedBytes);
    expect(freed.reduce((sum: number, one: number) => sum + one)).toBe(bytes);
    for (const { snapshot } of done.remove)
      expect(Math.abs(Date.parse(snapshot.removedAt) - Date.now())).toBeLessThan(30_000);

    expect(onDisk("nas")).toEqual(new Set(stay));
    expect(trashOf(site, "nas")).toEqual([]);
    expect((await site.snapshots("nas")).map(({ name }) => name)).toEqual(stay);
    const states = await statesOf(site, "nas");
    expect(stay.map((name) => states[name])).toEqual(["complete", "complete"]);
    expect(go.map((name) => states[name])).toEqual(["removed", "removed"]);
    expect(await wholeOf(site, "nas", stay)).toEqual(kept);
    expect(readlinkSync(site.pathOf("nas", "latest"))).toBe(`snapshots/${stay[0]}`);
    expect(await treeFacts(site.pathOf("laptop"))).toEqual(others);
    expect(onDisk("laptop")).toEqual(new Set(laptop));
    expect(readdirSync(site.pathOf("nas", "logs"))).toEqual(expect.arrayContaining(logs));
    expect(lstatSync(site.pathOf("nas", "trash")).mode & 0o777).toBe(0o700);
  });

  it("has nothing to do a second time, and the next backup shares with what stayed", async () => {
    const again = await retention("nas", "--apply", "--yes");
    expect(again).toMatchObject({ applied: true, remove: [], run: { status: "succeeded" } });
    const { snapshot } = await site.backUp("nas");
    expect(snapshot.base).toBe(names[0]);
    const shared = (name = "") =>
      join(site.pathOf("nas", "snapshots", name, "data"), site.world.hostDir, planted.random);
    expect(lstatSync(shared(snapshot.name)).ino).toBe(lstatSync(shared(names[0])).ino);
  });

  it("is refused for a host of which nothing says what to keep", async () => {
    const before = await everythingOf(site);
    const result = await site.pobsync.run("--json", "retention", "laptop", "--apply", "--yes");
    expect([result.code, result.json().problem.code]).toEqual([2, "no_policy"]);
    expect(await everythingOf(site)).toEqual(before);
    expect((await site.pobsync.run("retention", "nobody", "--apply", "--yes")).code).toBe(5);
  });
});

describe("with --queue", () => {
  it("is done by the next worker, also of a host that is disabled", async () => {
    await site.configureHost("old", null, "--source", "/etc/hostname", "--keep-last", "1", "--disable");
    const [newest = "", ...others] = await plantSnapshots(site, "old", 3);
    const queued = await retention("old", "--apply", "--yes", "--queue", "--max-delete", "2");
    expect(queued).toMatchObject({ applied: false, run: { kind: "prune", status: "queued" } });
    expect(onDisk("old")).toEqual(new Set([newest, ...others]));
    await site.ok("worker");
    expect(onDisk("old")).toEqual(new Set([newest]));
    const [run] = await site.runs();
    expect(run).toMatchObject({ id: queued.run.id, status: "succeeded", result: { trashed: [] } });
  });

  it("plans anew when it is done, and then takes no more than was allowed", async () => {
    const [newest = "", ...others] = await plantSnapshotsOf("grown", 2);
    const queued = await retention("grown", "--apply", "--yes", "--queue", "--max-delete", "1");
    expect(queued.run.status).toBe("queued");
    await site.ok("configure-host", "grown", "--keep-last", "1");
    await site.ok("worker");
    expect(onDisk("grown")).toEqual(new Set([newest, ...others]));
    const [run] = await site.runs();
    expect(run).toMatchObject({ status: "failed", problem: { code: "too_many_to_delete" } });
  });

  it("says what is going to be removed", async () => {
    const [, ...others] = await plantSnapshotsOf("waiting", 1);
    const queued = await retention("waiting", "--apply", "--yes", "--queue");
    expect(namesOf(queued.remove)).toEqual(others);
  });

  /** Of which all but one stay. */
  async function plantSnapshotsOf(host: string, more: number): Promise<string[]> {
    await site.configureHost(host, null, "--source", "/etc/hostname", "--keep-last", `${more}`);
    return plantSnapshots(site, host, more + 1);
  }
});

it("of a disabled host is done at once too, and says in words what it did", async () => {
  await site.configureHost("off", null, "--source", "/etc/hostname", "--keep-last", "1", "--disable");
  const [newest = "", ...others] = await plantSnapshots(site, "off", 3);
  const { stdout } = await site.ok("retention", "off", "--apply", "--yes");
  expect(stdout).toMatch(/^✓ off: 2 snapshots deleted, [\d.]+ KiB given back \(run \d+\)\.$/m);
  for (const name of others) expect(stdout).toContain(`  deleted ${name}\n`);
  expect(onDisk("off")).toEqual(new Set([newest]));
  expect(existsSync(site.pathOf("off", "latest", "data", "shared"))).toBe(true);
});
