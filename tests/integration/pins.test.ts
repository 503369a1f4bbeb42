// Pins: what a person wants to keep stays until they say otherwise, on record and on disk.
import { lstatSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RetentionJson } from "../../src/contract/types.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { makePinSite, type PinSite } from "../support/pin-site.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { pathsBelow } from "../support/tree-paths.ts";

let site: PinSite;
let [newest, middle, oldest] = ["", "", ""];
beforeAll(async () => {
  site = await makePinSite();
  [newest, middle, oldest] = site.names;
});
afterAll(() => site.world.dispose());

const onRecord = async (name: string) => (await site.snapshots("nas")).find((one) => one.name === name);
const plan = async (): Promise<RetentionJson> => (await site.ok("--json", "retention", "nas")).json();
const reasonsFor = async (name: string) =>
  (await plan()).keep.find(({ snapshot }) => snapshot.name === name)?.reasons ?? "would go";

/** Of each entry of a tree what a change would show in: which file it is, and when its inode was last touched. */
const inodesOf = (folder: string) =>
  pathsBelow(Buffer.from(folder)).map(({ relative, absolute }) => {
    const { ino, ctimeNs, mtimeNs, nlink } = lstatSync(absolute, { bigint: true });
    return `${relative} ${ino} ${ctimeNs} ${mtimeNs} ${nlink}`;
  });

describe("a pin", () => {
  it("keeps a snapshot that no rule keeps, with its reason, until its end or the end of the pin", async () => {
    expect(await reasonsFor(oldest)).toBe("would go");
    const pinned = await site.pin(oldest, "--reason", "before the migration", "--until", "2099-01-31");
    expect(pinned.pin).toEqual({
      reason: "before the migration",
      until: "2099-01-31T22:59:59.999Z",
      by: "ada",
    });
    expect(pinned).toEqual(await onRecord(oldest));
    expect(await reasonsFor(oldest)).toEqual([
      expect.stringMatching(/^pinned by ada until 2099-01-31 23:59: before the migration$/),
    ]);
    // A second too late.
    site.setInSql(
      oldest,
      "pin",
      JSON.stringify({ ...pinned.pin, until: new Date(Date.now() - 1000).toISOString() }),
    );
    expect(await reasonsFor(oldest)).toBe("would go");
    expect((await site.ok("snapshots", "nas")).stdout).toMatch(
      /^nas +\S+-manual-.* pin expired \d{4}-\d\d-\d\d \d\d:\d\d: before the migration$/m,
    );
    await site.pin(oldest, "--reason", "for good");
    expect(await reasonsFor(oldest)).toEqual([expect.stringMatching(/^pinned by ada: for good$/)]);
    expect(await site.unpin(oldest)).toMatchObject({ name: oldest, pin: null });
    expect(await reasonsFor(oldest)).toBe("would go");
  });

  it("stands in snapshot.json as in the database, where nothing else is changed, and the tree is not touched", async () => {
    const before = site.metadataOf(middle);
    const tree = await treeFacts(site.folderOf(middle, "data"));
    const inodes = inodesOf(site.folderOf(middle, "data"));
    const log = inodesOf(site.folderOf(middle)).filter((line) => line.startsWith("rsync.log.gz"));
    const { mode, uid } = lstatSync(site.folderOf(middle, "snapshot.json"));

    const { pin: pinned } = await site.pin(middle, "--reason", "vóór 🦀", "--until", "2099-01-31T12:00Z");
    expect(site.metadataOf(middle)).toEqual({ ...before, pin: pinned });
    expect(site.sqlPin(middle)).toEqual(pinned);
    const again = await site.pin(middle, "--reason", "another reason");
    expect(again.pin).toMatchObject({ reason: "another reason", until: null });
    expect(site.metadataOf(middle)).toEqual({ ...before, pin: again.pin });
    await site.unpin(middle);
    expect(site.metadataOf(middle)).toEqual({ ...before, pin: null });

    expect(compareTrees(tree, await treeFacts(site.folderOf(middle, "data")))).toEqual([]);
    expect(inodesOf(site.folderOf(middle, "data"))).toEqual(inodes);
    expect(inodesOf(site.folderOf(middle)).filter((line) => line.startsWith("rsync.log.gz"))).toEqual(log);
    expect(lstatSync(site.folderOf(middle, "snapshot.json"))).toMatchObject({ mode, uid });
    expect(readdirSync(site.folderOf(middle)).sort()).toEqual(["data", "rsync.log.gz", "snapshot.json"]);
  });

  it("is said in words, with the command that ends it", async () => {
    const first = await site.ok("pin", "nas", "latest", "--reason", "x".repeat(200), "--until", "2099-01-31");
    expect(first.stdout).toContain(`nas: ${newest} is kept until 2099-01-31: xxx`);
    expect(first.stdout).toContain(`To end it: pobsync unpin nas ${newest}`);
    const listed = (await site.ok("snapshots")).stdout.split("\n");
    expect(listed.find((line) => line.includes(newest))).toMatch(/ pinned until 2099-01-31: x{59}…$/);
    const second = await site.ok("pin", "nas", newest, "--reason", "short");
    expect(second.stdout).toContain(`nas: ${newest} is kept for ever: short`);
    expect(second.stdout).toContain("Before that it was kept until 2099-01-31: xxx");
    const { stdout } = await site.ok("unpin", "nas", "latest");
    expect(stdout).toContain(`nas: ${newest} is not pinned any more. It was kept for ever: short`);
  });

  it("that is not there is taken off without a change", async () => {
    const before = {
      row: site.rowOf(middle),
      text: readFileSync(site.folderOf(middle, "snapshot.json"), "utf8"),
    };
    const { stdout } = await site.ok("unpin", "nas", middle);
    expect(stdout).toBe(`nas: ${middle} has no pin; nothing was changed.\n`);
    expect(site.rowOf(middle)).toEqual(before.row);
    expect(readFileSync(site.folderOf(middle, "snapshot.json"), "utf8")).toBe(before.text);
    // But for what a process left that died between the database and the disk.
    await site.pin(middle, "--reason", "half taken off");
    site.setInSql(middle, "pin", null);
    expect((await site.ok("unpin", "nas", middle)).stdout).toBe(
      `nas: ${middle} has no pin; what its snapshot.json still said of one is taken out.\n`,
    );
    expect(site.metadataOf(middle).pin).toBeNull();
  });

  it("of a snapshot that is not on disk is kept in the database alone, and that is said", async () => {
    const aside = site.pathOf("nas", "aside");
    renameSync(site.folderOf(oldest), aside);
    site.setInSql(oldest, "state", "missing");
    const { stderr } = await site.ok("pin", "nas", oldest, "--reason", "when it turns up again");
    expect(stderr).toContain("only the database knows of the pin, and a rebuild from disk would lose it");
    expect(await onRecord(oldest)).toMatchObject({ pin: { reason: "when it turns up again" } });
    expect((await site.ok("snapshots", "nas")).stdout).toMatch(
      / ✗ missing .* pinned: when it turns up again$/m,
    );
    renameSync(aside, site.folderOf(oldest));
    site.setInSql(oldest, "state", "complete");
    // The same command mends what the disk was not told.
    const { pin: mended } = await site.pin(oldest, "--reason", "when it turns up again");
    expect(site.metadataOf(oldest).pin).toEqual(mended);
    await site.unpin(oldest);
  });
});

describe("states of a snapshot", () => {
  it("are told apart in the list: in the trash, going, gone, taken over", async () => {
    const row = site.rowOf(oldest);
    const lineOf = async (...options: string[]) =>
      (await site.ok("snapshots", "nas", ...options)).stdout
        .split("\n")
        .find((line) => line.includes(oldest));
    site.setInSql(oldest, "adopted_from", `/old/daily.0/${"x".repeat(300)}`);
    expect(await lineOf()).toMatch(/ taken over from \/old\/daily\.0\/x+…$/);
    site.setInSql(oldest, "adopted_from", null);
    site.setInSql(oldest, "state", "removing");
    expect(await lineOf()).toMatch(/ – going .* being removed$/);
    site.setInSql(oldest, "trash_until", "2099-01-31T12:00:00.000Z");
    expect(await lineOf()).toMatch(/ – in trash .* in the trash until 2099-01-31 \d\d:\d\d:\d\d$/);
    site.setInSql(oldest, "state", "removed");
    site.setInSql(oldest, "removed_at", "2026-11-30T12:00:00.000Z");
    expect(await lineOf()).toBeUndefined();
    expect(await lineOf("--all")).toMatch(/ – removed .* removed 2026-11-30 \d\d:\d\d:\d\d$/);
    for (const column of ["state", "trash_until", "removed_at"])
      site.setInSql(oldest, column, (row[column] ?? null) as string | null);
    expect(site.rowOf(oldest)).toEqual(row);
  });
});
