// Pins: what a person wants to keep stays until they say otherwise, on record and on disk, whoever dies in between.
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RetentionJson, SnapshotJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { seededRandom } from "../support/random.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { pathsBelow } from "../support/tree-paths.ts";

let site: BackupSite;
/** Newest first. */
let names: string[];
let [newest, middle, oldest] = ["", "", ""];

beforeAll(async () => {
  site = await makeSite();
  writeFileSync(join(site.world.hostDir, "same"), "content");
  await site.configureHost("nas", null, "--source", site.world.hostDir, "--time-zone", "Europe/Amsterdam");
  names = [];
  for (let n = 0; n < 3; n++) {
    writeFileSync(join(site.world.hostDir, "changes"), `${n}`);
    names.unshift((await site.backUp("nas")).snapshot.name);
  }
  [newest, middle, oldest] = names as [string, string, string];
  await site.ok("configure-host", "nas", "--keep-last", "1");
});
afterAll(() => site.world.dispose());

function inSql<Result>(work: (db: DatabaseSync) => Result): Result {
  const db = new DatabaseSync(join(site.world.stateDir, "pobsync.sqlite3"));
  try {
    db.exec("PRAGMA busy_timeout = 5000");
    return work(db);
  } finally {
    db.close();
  }
}
const rowOf = (name: string) =>
  inSql((db) => db.prepare("SELECT * FROM snapshots WHERE name = ?").get(name)) as Record<string, unknown>;
const setInSql = (name: string, column: string, value: string | null) =>
  inSql((db) => db.prepare(`UPDATE snapshots SET ${column} = ? WHERE name = ?`).run(value, name));
const sqlPin = (name: string) => JSON.parse(`${rowOf(name).pin ?? null}`);

const folderOf = (name: string, ...parts: string[]) => site.pathOf("nas", "snapshots", name, ...parts);
const metadataOf = (name: string) => JSON.parse(readFileSync(folderOf(name, "snapshot.json"), "utf8"));
const onRecord = async (name: string) => (await site.snapshots("nas")).find((one) => one.name === name);
const pin = async (name: string, ...options: string[]): Promise<SnapshotJson> =>
  (await site.ok("--json", "pin", "nas", name, ...options)).json();
const unpin = async (name: string): Promise<SnapshotJson> =>
  (await site.ok("--json", "unpin", "nas", name)).json();
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
    const pinned = await pin(oldest, "--reason", "before the migration", "--until", "2099-01-31");
    const by = expect.any(String);
    expect(pinned.pin).toEqual({ reason: "before the migration", until: "2099-01-31T22:59:59.999Z", by });
    expect(pinned).toEqual(await onRecord(oldest));
    expect(await reasonsFor(oldest)).toEqual([
      expect.stringMatching(/^pinned by .+ until 2099-01-31 23:59: before the migration$/),
    ]);
    // A second too late.
    setInSql(oldest, "pin", JSON.stringify({ ...pinned.pin, until: new Date(Date.now() - 1000).toISOString() }));
    expect(await reasonsFor(oldest)).toBe("would go");
    expect((await site.ok("snapshots", "nas")).stdout).toMatch(
      /^nas +\S+-manual-.* pin expired \d{4}-\d\d-\d\d \d\d:\d\d: before the migration$/m,
    );
    await pin(oldest, "--reason", "for good");
    expect(await reasonsFor(oldest)).toEqual([expect.stringMatching(/^pinned by .+: for good$/)]);
    expect(await unpin(oldest)).toMatchObject({ name: oldest, pin: null });
    expect(await reasonsFor(oldest)).toBe("would go");
  });

  it("stands in snapshot.json as in the database, where nothing else is changed, and the tree is not touched", async () => {
    const before = metadataOf(middle);
    const tree = await treeFacts(folderOf(middle, "data"));
    const inodes = inodesOf(folderOf(middle, "data"));
    const log = inodesOf(folderOf(middle)).filter((line) => line.startsWith("rsync.log.gz"));
    const { mode, uid } = lstatSync(folderOf(middle, "snapshot.json"));

    const { pin: pinned } = await pin(middle, "--reason", "vóór 🦀", "--until", "2099-01-31T12:00Z");
    expect(metadataOf(middle)).toEqual({ ...before, pin: pinned });
    expect(sqlPin(middle)).toEqual(pinned);
    const again = await pin(middle, "--reason", "another reason");
    expect(again.pin).toMatchObject({ reason: "another reason", until: null });
    expect(metadataOf(middle)).toEqual({ ...before, pin: again.pin });
    await unpin(middle);
    expect(metadataOf(middle)).toEqual({ ...before, pin: null });

    expect(compareTrees(tree, await treeFacts(folderOf(middle, "data")))).toEqual([]);
    expect(inodesOf(folderOf(middle, "data"))).toEqual(inodes);
    expect(inodesOf(folderOf(middle)).filter((line) => line.startsWith("rsync.log.gz"))).toEqual(log);
    expect(lstatSync(folderOf(middle, "snapshot.json"))).toMatchObject({ mode, uid });
    expect(readdirSync(folderOf(middle)).sort()).toEqual(["data", "rsync.log.gz", "snapshot.json"]);
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
    const before = { row: rowOf(middle), text: readFileSync(folderOf(middle, "snapshot.json"), "utf8") };
    const { stdout } = await site.ok("unpin", "nas", middle);
    expect(stdout).toBe(`nas: ${middle} has no pin; nothing was changed.\n`);
    expect(rowOf(middle)).toEqual(before.row);
    expect(readFileSync(folderOf(middle, "snapshot.json"), "utf8")).toBe(before.text);
  });

  it("of a snapshot that is not on disk is kept in the database alone, and that is said", async () => {
    const aside = site.pathOf("nas", "aside");
    renameSync(folderOf(oldest), aside);
    setInSql(oldest, "state", "missing");
    const { stderr } = await site.ok("pin", "nas", oldest, "--reason", "when it turns up again");
    expect(stderr).toContain("only the database knows of the pin, and a rebuild from disk would lose it");
    expect(await onRecord(oldest)).toMatchObject({ pin: { reason: "when it turns up again" } });
    expect((await site.ok("snapshots", "nas")).stdout).toMatch(/ ✗ missing .* pinned: when it turns up again$/m);
    renameSync(aside, folderOf(oldest));
    setInSql(oldest, "state", "complete");
    // The same command mends what the disk was not told.
    const { pin: mended } = await pin(oldest, "--reason", "when it turns up again");
    expect(metadataOf(oldest).pin).toEqual(mended);
    await unpin(oldest);
  });
});

describe("states of a snapshot", () => {
  it("are told apart in the list: in the trash, going, gone, taken over", async () => {
    const row = rowOf(oldest);
    const lineOf = async (...options: string[]) =>
      (await site.ok("snapshots", "nas", ...options)).stdout.split("\n").find((line) => line.includes(oldest));
    setInSql(oldest, "adopted_from", `/old/daily.0/${"x".repeat(300)}`);
    expect(await lineOf()).toMatch(/ taken over from \/old\/daily\.0\/x+…$/);
    setInSql(oldest, "adopted_from", null);
    setInSql(oldest, "state", "removing");
    expect(await lineOf()).toMatch(/ – going .* being removed$/);
    setInSql(oldest, "trash_until", "2099-01-31T12:00:00.000Z");
    expect(await lineOf()).toMatch(/ – in trash .* in the trash until 2099-01-31 \d\d:\d\d:\d\d$/);
    setInSql(oldest, "state", "removed");
    setInSql(oldest, "removed_at", "2026-11-30T12:00:00.000Z");
    expect(await lineOf()).toBeUndefined();
    expect(await lineOf("--all")).toMatch(/ – removed .* removed 2026-11-30 \d\d:\d\d:\d\d$/);
    for (const column of ["state", "trash_until", "removed_at"])
      setInSql(oldest, column, (row[column] ?? null) as string | null);
    expect(rowOf(oldest)).toEqual(row);
  });
});

describe("a refusal leaves the record and the disk as they were:", () => {
  const everything = () => ({
    rows: names.map(rowOf),
    files: names.map((name) => readFileSync(folderOf(name, "snapshot.json"), "utf8")),
    entries: names.map((name) => readdirSync(folderOf(name)).sort()),
  });
  const refused = async (exit: number, code: string, ...args: string[]) => {
    const before = everything();
    const { code: found, stdout, stderr } = await site.pobsync.run("--json", ...args);
    expect({ found, stdout, stderr }).toMatchObject({ found: exit });
    expect(JSON.parse(stdout)).toMatchObject({ problem: { code } });
    expect(everything()).toEqual(before);
    return JSON.parse(stdout).problem as { message: string; hint: string };
  };
  const why = ["--reason", "why"];

  it("no such host, no such snapshot, none at all", async () => {
    expect(await refused(5, "not_found", "pin", "nobody", newest, ...why)).toMatchObject({
      hint: expect.stringContaining("pobsync hosts"),
    });
    const unknown = newest.replace(/[0-9a-f]{6}$/, "000000");
    for (const given of [unknown, "../nas", "", "\u001b[31m", "x".repeat(5000)])
      for (const args of [
        ["pin", ...why, "--", "nas", given],
        ["unpin", "--", "nas", given],
      ])
        expect(await refused(5, "not_found", ...args)).toMatchObject({
          hint: "pobsync snapshots nas lists them.",
        });
    await site.configureHost("empty", null);
    expect((await refused(5, "not_found", "pin", "empty", "latest", ...why)).message).toBe(
      "empty has no snapshot yet.",
    );
  });

  it("a reason or an end that will not do", async () => {
    for (const reason of ["", "  ", "x".repeat(201), "a\nb", "\u202egnp"])
      await refused(2, "bad_input", "pin", "nas", newest, `--reason=${reason}`);
    for (const until of ["2020-01-31", "2099-02-30", "0d", "soon", ""])
      await refused(2, "bad_input", "pin", "nas", newest, ...why, `--until=${until}`);
    await refused(2, "bad_input", "pin", "nas", newest);
    await refused(2, "bad_input", "pin", "nas");
    await refused(2, "bad_input", "unpin", "nas");
  });

  it("one that is on its way out, or gone", async () => {
    for (const [state, exit, code, hint] of [
      ["removing", 2, "snapshot_removing", `pobsync restore-from-trash nas ${middle}`],
      ["removed", 5, "not_found", "pobsync snapshots nas"],
    ] as const) {
      setInSql(middle, "state", state);
      for (const args of [["pin", "nas", middle, ...why], ["unpin", "nas", middle]])
        expect((await refused(exit, code, ...args)).hint).toContain(hint);
    }
    setInSql(middle, "state", "complete");
  });

  it("the backup disk is not mounted", async () => {
    const marker = join(site.world.backupRoot, ".pobsync-root");
    renameSync(marker, `${marker}.away`);
    await refused(1, "root_not_mounted", "pin", "nas", newest, ...why);
    await refused(1, "root_not_mounted", "unpin", "nas", newest);
    renameSync(`${marker}.away`, marker);
  });

  it("what lies there is not our snapshot", async () => {
    const path = folderOf(middle, "snapshot.json");
    const text = readFileSync(path, "utf8");
    const elsewhere = join(site.world.dir, "elsewhere.json");
    writeFileSync(elsewhere, text);
    for (const bad of ["", "[]", "{", text.replace('"nas"', '"web1"')]) {
      writeFileSync(path, bad);
      await refused(1, "not_our_snapshot", "pin", "nas", middle, ...why);
    }
    rmSync(path);
    symlinkSync(elsewhere, path);
    await refused(1, "not_our_snapshot", "pin", "nas", middle, ...why);
    expect(readFileSync(elsewhere, "utf8")).toBe(text);
    rmSync(path);
    writeFileSync(path, text, { mode: 0o600 });

    renameSync(folderOf(middle), site.pathOf("nas", "aside"));
    symlinkSync("../aside", folderOf(middle));
    await refused(1, "not_our_snapshot", "pin", "nas", middle, ...why);
    rmSync(folderOf(middle));
    renameSync(site.pathOf("nas", "aside"), folderOf(middle));
  });
});

describe("what comes in between", () => {
  const agree = (name: string) => expect(metadataOf(name).pin ?? null).toEqual(sqlPin(name));
  /** The file is whole, and says what it said but for the pin. */
  const isWhole = (name: string, before: object) =>
    expect({ ...metadataOf(name), pin: null }).toEqual({ ...before, pin: null });

  it("two at once: the last one wins, on record and on disk, and no draft is left", async () => {
    const before = metadataOf(middle);
    for (let round = 0; round < 3; round++) {
      const ways = Array.from({ length: 4 }, (_, n) =>
        n === 3 ? ["unpin", "nas", middle] : ["pin", "nas", middle, "--reason", `round ${round}, ${n}`],
      );
      const results = await Promise.all(ways.map((args) => site.pobsync.run(...args)));
      expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(ways.map(() => [0, ""]));
      isWhole(middle, before);
      agree(middle);
      expect(readdirSync(folderOf(middle)).sort()).toEqual(["data", "rsync.log.gz", "snapshot.json"]);
    }
  });

  it("a draft of a dead process, which goes with the next pin and bothers nobody", async () => {
    writeFileSync(folderOf(middle, "snapshot.json.0123456789ab.new"), '{ "half');
    writeFileSync(folderOf(middle, "snapshot.json.mine"), "kept");
    expect((await site.backUp("nas")).snapshot.base).toBe(newest);
    newest = (await site.snapshots("nas"))[0]?.name ?? "";
    names.unshift(newest);
    await pin(middle, "--reason", "tidy");
    expect(readdirSync(folderOf(middle)).sort()).toEqual([
      ...["data", "rsync.log.gz", "snapshot.json", "snapshot.json.mine"],
    ]);
    rmSync(folderOf(middle, "snapshot.json.mine"));
  });

  it("a disk that cannot be written to: the record holds, and the same command mends the disk", async () => {
    await unpin(middle);
    const draft = /open '\/proc\/self\/fd/;
    // A folder under the name of every draft cannot be had, so the file system is what refuses: an immutable folder.
    mkdirSync(join(site.world.dir, "probe"));
    const { code, stderr } = await withImmutable(folderOf(middle), () =>
      site.pobsync.run("pin", "nas", middle, "--reason", "disk is stubborn"),
    );
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stderr).toContain("The database knows it, but it could not be written into snapshot.json");
    expect(stderr).toMatch(draft);
    expect(sqlPin(middle)).toMatchObject({ reason: "disk is stubborn" });
    expect(metadataOf(middle).pin).toBeNull();
    await pin(middle, "--reason", "disk is stubborn");
    agree(middle);
  });

  it("kill -9 at a random moment: snapshot.json is whole, and the same command makes both agree", async () => {
    const random = seededRandom(20_261_123);
    const before = metadataOf(middle);
    const startedAt = performance.now();
    await unpin(middle);
    const usualMs = performance.now() - startedAt;
    const found = { killed: 0, agreed: 0 };
    for (let round = 0; round < 12; round++) {
      const args = round % 3 === 2 ? ["unpin", "nas", middle] : ["pin", "nas", middle, "--reason", `${round}`];
      const command = site.pobsync.start(...args);
      await pause(usualMs * (0.5 + 0.6 * random()));
      command.child.kill("SIGKILL");
      const { signal } = await command.ended;
      isWhole(middle, before);
      if (signal === "SIGKILL") found.killed += 1;
      await site.ok(...args);
      isWhole(middle, before);
      agree(middle);
      expect(sqlPin(middle)?.reason ?? null).toBe(args[0] === "pin" ? `${round}` : null);
      expect(readdirSync(folderOf(middle)).sort()).toEqual(["data", "rsync.log.gz", "snapshot.json"]);
    }
    expect(found.killed).toBeGreaterThan(0);
  });
});
