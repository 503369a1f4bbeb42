// What no prune takes, whatever the policy says: the newest good snapshot, what a person has pinned, what somebody reads.
import { afterAll, beforeAll, expect, it } from "vitest";
import { PLAIN_RUN } from "../../src/domain/run.ts";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { requireHost } from "../../src/store/hosts.ts";
import { enqueue } from "../../src/store/run-queue.ts";
import { savePin } from "../../src/store/snapshot-claims.ts";
import { findSnapshot } from "../../src/store/snapshots.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { changeSql, plantSnapshots, statesOf, wholeOf } from "../support/pruning.ts";

let site: BackupSite;
let db: Database;
/** Newest first. The first is one with warnings. */
let names: string[];
beforeAll(async () => {
  site = await makeSite();
  db = await openDatabase(site.world.environment.POBSYNC_DATABASE_URL ?? "");
  await site.configureHost("nas", null, "--source", "/etc/hostname", "--keep-last", "9");
  names = await plantSnapshots(site, "nas", 7);
  changeSql(site, `update snapshots set status = 'warning' where name = '${names[0]}'`);
});
afterAll(async () => {
  await db.close();
  await site.world.dispose();
});

const idOf = async (name = ""): Promise<number> => {
  const { id } = await requireHost(db, "nas");
  return (await findSnapshot(db, id, name))?.id ?? 0;
};
const policy = (...rules: string[]) =>
  site.ok(
    ...["configure-host", "nas", "--keep-last", "0", "--keep-daily", "0", "--keep-within", "0"],
    ...["--keep-yearly", "0", ...rules],
  );
const prune = async () => (await site.ok("--json", "retention", "nas", "--apply", "--yes")).json();
const onDisk = (): string[] => site.onDisk("nas", "snapshots").reverse();

it("the newest, the newest without warnings, the pinned one and the one that is read survive every policy", async () => {
  const [warned = "", clean = "", , pinned = "", , read = "", past = ""] = names;
  const forever = { reason: "before the migration", until: null, by: "ada" };
  expect(await savePin(db, await idOf(pinned), forever)).toBe(true);
  // One that has run out keeps nothing.
  await savePin(db, await idOf(past), { ...forever, until: new Date(Date.now() - 1000) });
  const restore = {
    ...({ kind: "restore", trigger: "manual", requestedBy: "ada", options: PLAIN_RUN } as const),
    ...{ hostId: (await requireHost(db, "nas")).id, reads: [await idOf(read)] },
  };
  const runId = await enqueue(db, restore, new Date());
  const kept = [warned, clean, pinned, read];
  const before = await wholeOf(site, "nas", kept);
  for (const rules of [
    ["--keep-last", "1"],
    ["--keep-daily", "1"],
    ["--keep-within", "1s"],
    ["--keep-yearly", "1"],
  ]) {
    await policy(...rules);
    await prune();
    expect(onDisk()).toEqual(expect.arrayContaining(kept));
  }
  await policy("--keep-last", "1");
  await prune();
  expect(onDisk()).toEqual(kept);
  expect(await wholeOf(site, "nas", kept)).toEqual(before);
  const plan = (await site.ok("--json", "retention", "nas")).json();
  const reasons = Object.fromEntries(
    plan.keep.map((one: { snapshot: { name: string }; reasons: string[] }) => [
      one.snapshot.name,
      one.reasons,
    ]),
  );
  expect(reasons[pinned]).toContain("pinned by ada: before the migration");
  expect(reasons[read]).toContain(`read by run ${runId} (restore)`);

  await site.ok("cancel", `${runId}`);
  await prune();
  expect(onDisk()).toEqual([warned, clean, pinned]);
  expect(await savePin(db, await idOf(pinned), null)).toBe(true);
  await prune();
  expect(onDisk()).toEqual([warned, clean]);
  expect(Object.values(await statesOf(site, "nas")).filter((state) => state === "removed")).toHaveLength(5);
});

it("what is on its way out can neither be pinned nor read any more", async () => {
  const gone = await idOf(names.at(-1));
  expect(await savePin(db, gone, { reason: "too late", until: null, by: null })).toBe(false);
  const { id: hostId } = await requireHost(db, "nas");
  const facts = { kind: "restore", trigger: "manual", requestedBy: null, options: PLAIN_RUN } as const;
  await expect(enqueue(db, { ...facts, hostId, reads: [gone] }, new Date())).rejects.toMatchObject({
    code: "not_found",
  });
  expect((await site.runs()).filter(({ status }) => status === "queued")).toEqual([]);
});
