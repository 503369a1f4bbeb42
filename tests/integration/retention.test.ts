// The plan of retention as a person sees it: what stays and why, what would go, and that looking changes nothing.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { sqlOf } from "../support/sql.ts";

let site: BackupSite;
let names: string[];
beforeAll(async () => {
  site = await makeSite();
  writeFileSync(join(site.world.hostDir, "file"), "content");
  await site.configureHost("nas", null, "--source", site.world.hostDir);
  names = [];
  for (let n = 0; n < 3; n++) names.unshift((await site.backUp("nas")).snapshot.name);
  // Taken on three days, the newest first; what a snapshot is called plays no part in it.
  const sql = sqlOf(site.world);
  for (const [index, name] of names.entries()) {
    const startedAt = sql.literal(new Date(Date.now() - (index * 24 + 1) * 3_600_000).toISOString());
    sql.change(`update snapshots set started_at = ${startedAt} where name = ${sql.literal(name)}`);
  }
});
afterAll(() => site.world.dispose());

const everything = async () => ({
  snapshots: await site.snapshots("nas"),
  runs: await site.runs(),
  disk: site.onDisk("nas", "snapshots"),
});

it("refuses to plan for a host of which nothing says what to keep", async () => {
  const { code, stderr } = await site.pobsync.run("retention", "nas");
  expect(code).toBe(2);
  expect(stderr).toContain("Nothing says how many snapshots of nas are to be kept.");
  expect(stderr).toContain("--keep-daily");
  expect((await site.pobsync.run("retention", "nobody")).code).toBe(5);
});

it("says of each snapshot why it stays or that it would go, and changes nothing", async () => {
  await site.ok("configure-global", "--keep-daily", "2");
  const before = await everything();
  const { stdout, stderr } = await site.ok("retention", "nas");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^nas keeps 2 daily, in UTC\.$/m);
  expect(stdout).toMatch(
    new RegExp(`^${names[0]} .* ✓ stays +.*newest.*daily 1 of 2|${names[0]} .*daily 1 of 2.*newest`, "m"),
  );
  expect(stdout).toMatch(new RegExp(`^${names[1]} .* ✓ stays +daily 2 of 2`, "m"));
  expect(stdout).toMatch(new RegExp(`^${names[2]} .* – would go +no rule keeps it$`, "m"));
  expect(stdout).toMatch(/2 snapshots stay, 1 would go and give back [\d.]+ KiB\. Nothing was changed\./);
  const plan = (await site.ok("--json", "retention", "nas")).json();
  expect(plan.keep.map((kept: { snapshot: { name: string } }) => kept.snapshot.name)).toEqual(
    names.slice(0, 2),
  );
  expect(plan.remove).toMatchObject([{ snapshot: { name: names[2] } }]);
  expect(await everything()).toEqual(before);
});

it("follows a host's own rules over the global ones", async () => {
  await site.ok("configure-host", "nas", "--keep-daily", "0", "--keep-last", "3");
  const plan = (await site.ok("--json", "retention", "nas")).json();
  expect(plan).toMatchObject({ policy: { keepDaily: 0, keepLast: 3 }, remove: [] });
  await site.ok("configure-host", "nas", "--unset", "keepDaily", "--unset", "keepLast");
});

it("warns that nothing should be removed while the newest backup failed", async () => {
  rmSync(site.world.hostDir, { recursive: true });
  expect((await site.pobsync.run("backup", "nas")).code).toBe(1);
  const { stderr } = await site.ok("retention", "nas");
  expect(stderr).toMatch(/^! The newest backup of nas, run \d+, failed\.$/m);
});
