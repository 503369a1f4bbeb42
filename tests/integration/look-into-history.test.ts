// ls, find, versions and diff say of every snapshot what walking over the trees says, whatever became of the catalog.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findEntries } from "../../src/actions/find-in-history.ts";
import { listEntries, listVersions } from "../../src/actions/look-into-history.ts";
import { entryJson, versionsJson } from "../../src/shapes/history-shapes.ts";
import { type ClockedApp, clockedApp } from "../support/clocked-app.ts";
import { type HostUnderTest, makeHostUnderTest } from "../support/host-under-test.ts";
import { below } from "../support/random.ts";
import {
  changesBetween,
  entriesOf,
  everyPath,
  saidFacts,
  saidFinding,
  saidVersion,
  versionsOf,
  type WalkedSnapshot,
  walkedFacts,
  walkedFinding,
  walkedVersion,
  walkSnapshots,
} from "../support/walked-history.ts";

const ROUNDS = 4;
const ALL = { limit: null, after: null };

describe("the history of a host that changes at random", () => {
  let under: HostUnderTest;
  let app: ClockedApp;
  let walked: WalkedSnapshot[];
  beforeAll(async () => {
    under = await makeHostUnderTest(null, 7);
    for (let round = 0; round < ROUNDS; round += 1) {
      await under.change();
      await under.site.backUp("host");
    }
    app = await clockedApp(under.site, "2026-11-24T12:00");
    walked = walkSnapshots(under.site, "host");
  });
  afterAll(async () => {
    await app.close();
    await under.site.world.dispose();
  });

  const json = async (...args: string[]) => (await under.site.ok("--json", ...args)).json();
  const catalog = () => under.site.pathOf("host", "catalog.sqlite3");
  const loseCatalog = (): void => {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${catalog()}${suffix}`, { force: true });
  };

  /** One command answers for every path that any snapshot has. */
  const expectFound = async (): Promise<void> => {
    const { items, next } = await json("find", "*", "--all");
    expect(items.map(saidFinding)).toEqual(everyPath(walked).map((path) => walkedFinding(walked, path)));
    expect(next).toBeNull();
  };
  /** A catalog that was made anew has no checksums of what came with snapshots that are pruned: a change of content may then
      be known by its time alone. */
  const expectDiffs = async (
    pairs: [number, number][],
    how: "exactly" | "anew" = "exactly",
  ): Promise<void> => {
    const seen = ({ differs, ...change }: { differs: string[] }) => ({
      ...change,
      differs: how === "exactly" ? differs : differs.filter((fact) => fact !== "content"),
    });
    for (const [from, to] of pairs) {
      const [one, other] = [walked.at(from), walked.at(to)] as [WalkedSnapshot, WalkedSnapshot];
      const said = await json("diff", "host", one.name, other.name);
      const expected = changesBetween(one, other);
      expect(said.items.map(seen), `${one.name} ${other.name}`).toEqual(expected.map(seen));
      const { added, removed, changed } = said.summary;
      expect(added + removed + changed).toBe(expected.length);
    }
  };

  it("is listed folder by folder", async () => {
    for (const snapshot of walked) {
      const folders = [...snapshot.entries.values()].filter(({ type }) => type === "directory");
      for (const path of ["", ...folders.map((folder) => folder.path)]) {
        const place = { host: "host", path: path || "/" };
        const { items } = await listEntries(app, place, snapshot.name, ALL);
        expect(items.map((entry) => saidFacts(entryJson(entry)))).toEqual(
          entriesOf(snapshot, path).map(walkedFacts),
        );
      }
      const some = folders[below(under.random, folders.length)]?.path ?? "/";
      const said = await json("ls", `host:${some}`, "--snapshot", snapshot.name);
      expect(said.items.map(saidFacts)).toEqual(entriesOf(snapshot, some).map(walkedFacts));
      expect(said).toMatchObject({ next: null, snapshot: snapshot.name });
    }
  });

  it("is found by name, also what is deleted by now", expectFound);

  it("is found by parts of names and by globs, as comparing every path finds it", async () => {
    const paths = everyPath(walked);
    const name = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
    const cases: [string, (path: string) => boolean][] = [
      ["NEW", (path) => name(path).toLowerCase().includes("new")],
      ["new*", (path) => name(path).startsWith("new")],
      ["*[0-9]", (path) => /[0-9]$/.test(name(path)) && !name(path).endsWith("\\x")],
      ["café", (path) => name(path).normalize("NFC").includes("café")],
      ["\\xff", (path) => name(path).includes("\\xff")],
      ["\\*", (path) => name(path).includes("*")],
      [`${under.source}/*/inside`, (path) => path.startsWith(under.source) && name(path) === "inside"],
    ];
    for (const [pattern, matches] of cases) {
      const { items } = await findEntries(app, pattern, "host", ALL);
      const said = items.map((item) => entryJson(item).path);
      // As text, a byte that is no character ends in a digit or a letter of its escape.
      const expected = paths.filter((path) => matches(path));
      const isText = (path: string): boolean => !/\\x[0-9a-f]{2}$/.test(path);
      expect(said.filter(isText), pattern).toEqual(expected.filter(isText));
    }
  });

  it("has the versions of every path", async () => {
    const paths = everyPath(walked);
    for (const path of paths) {
      const { items } = await listVersions(app, { host: "host", path }, ALL);
      const said = versionsJson({ items, next: null }).items.map(saidVersion);
      expect(said, path).toEqual(versionsOf(walked, path).map(walkedVersion));
    }
    const most = paths.toSorted((a, b) => versionsOf(walked, b).length - versionsOf(walked, a).length);
    const path = most[0] ?? "";
    const said = await json("versions", `host:${path}`);
    expect(said.items.map(saidVersion)).toEqual(versionsOf(walked, path).map(walkedVersion));
    expect(said.items.length).toBeGreaterThan(1);
  });

  it("is compared, any snapshot with any other, in both directions", async () => {
    await expectDiffs(walked.flatMap((_, one) => [[one, 0] as [number, number], [one, walked.length - 1]]));
    const below = `${under.source}/`;
    const said = await json("diff", "host", walked[0]?.name ?? "", "latest", under.source);
    const all = changesBetween(walked[0] as WalkedSnapshot, walked.at(-1) as WalkedSnapshot);
    expect(said.items).toEqual(all.filter(({ path }) => path.startsWith(below) || path === under.source));
  });

  it("comes page by page without a gap or a repetition", async () => {
    const [first = "", last = ""] = [walked[0]?.name, walked.at(-1)?.name];
    for (const [size, ...command] of [
      ["23", "find", "e"],
      ["9", "ls", `host:${under.source}`],
      ["11", "diff", "host", first, last],
      ["1", "versions", `host:${under.source}/slow`],
    ] as [string, ...string[]][]) {
      const all = await json(...command);
      const pages: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page = await json(...command, "--limit", size, ...(cursor === null ? [] : ["--after", cursor]));
        expect(page.items.length).toBeLessThanOrEqual(Number(size));
        pages.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      expect(pages).toEqual(all.items);
      expect(all.items.length, command[0]).toBeGreaterThan(Number(size));
    }
  });

  it("never moves the cursor of a terminal", async () => {
    const [first = ""] = walked.map(({ name }) => name);
    for (const command of [
      ["ls", `host:${under.source}`],
      ["find", "*", "--all"],
      ["diff", "host", first, "latest"],
      ["versions", `host:${under.source}`],
    ]) {
      const { stdout } = await under.site.ok(...command);
      expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect(stdout.split("\n").length).toBeGreaterThan(2);
    }
  });

  it("is the same after a prune", async () => {
    const { pobsync, configureHost } = under.site;
    await configureHost("host", null, "--keep-last", "3");
    await under.site.ok("retention", "host", "--apply", "--yes");
    walked = walkSnapshots(under.site, "host");
    expect(walked).toHaveLength(3);
    await expectFound();
    await expectDiffs([
      [0, -1],
      [1, 0],
    ]);
    const gone = await pobsync.run("ls", "host", "--snapshot", "20200101T000000Z-manual-000000");
    expect(gone.code).toBe(5);
  });

  it("is the same when the catalog was lost or damaged, and is said to have been made anew", async () => {
    loseCatalog();
    expect((await under.site.ok("find", "slow")).stderr).toContain("Indexing 3 snapshots of host");
    await expectFound();
    const bytes = readFileSync(catalog());
    // The first page says what kind of file it is; what follows is the tables.
    for (const from of [0, 4096]) {
      writeFileSync(
        catalog(),
        Buffer.concat([bytes.subarray(0, from), Buffer.alloc(bytes.length - from, 7)]),
      );
      for (const suffix of ["-wal", "-shm"]) rmSync(`${catalog()}${suffix}`, { force: true });
      expect((await under.site.ok("find", "slow")).stderr, `from ${from}`).toContain("made anew");
      await expectFound();
    }
    await expectDiffs([[0, -1]], "anew");
  });

  it("is the same when whoever indexed it was killed", async () => {
    for (let round = 0; round < 4; round += 1) {
      loseCatalog();
      const looking = under.site.pobsync.start("ls", "host");
      await looking.waitForOutput(/Indexing/);
      await pause(below(under.random, 60));
      await looking.kill();
    }
    await expectFound();
    await expectDiffs([[0, -1]], "anew");
  });
});
