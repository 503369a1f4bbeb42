// What a changed policy would do: shown before it is saved, or without saving it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ChangePreviewShape } from "../../src/contract/schemas.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";

let site: BackupSite;
/** Of nas, newest first. */
let names: string[];
beforeAll(async () => {
  site = await makeSite();
  writeFileSync(join(site.world.hostDir, "file"), "content");
  await site.ok("configure-global", "--keep-last", "4");
  for (const host of ["nas", "laptop"]) await site.configureHost(host, null, "--source", site.world.hostDir);
  names = [];
  for (let n = 0; n < 4; n += 1) names.unshift((await site.backUp("nas")).snapshot.name);
});
afterAll(() => site.world.dispose());

const configuration = async () => [
  (await site.ok("--json", "configure-global")).stdout,
  (await site.ok("--json", "show-host", "nas")).stdout,
];

it("rules can be tried: the plan is shown with them, and they are not saved", async () => {
  const before = await configuration();
  const tried = (await site.ok("--json", "retention", "nas", "--keep-last", "1")).json();
  expect(tried).toMatchObject({ applied: false, policy: { keepLast: 1 } });
  expect(tried.remove).toHaveLength(3);
  expect((await site.ok("retention", "nas", "--keep-last", "1")).stdout).toMatch(
    /^nas would keep the last 1, in UTC\.$/m,
  );
  expect((await site.pobsync.run("retention", "nas", "--keep-last", "1", "--apply", "--yes")).code).toBe(2);
  expect(await configuration()).toEqual(before);
  expect(await site.snapshots("nas")).toHaveLength(4);
});

it("--dry-run of a host's or the site's change tells what would go, and saves nothing", async () => {
  const before = await configuration();
  const own = (await site.ok("--json", "configure-host", "nas", "--keep-last", "2", "--dry-run")).json();
  expect(ChangePreviewShape.strict().parse(own)).toEqual({
    changed: false,
    effects: [
      {
        ...{ host: "nas", before: "the last 4, in UTC", after: "the last 2, in UTC" },
        ...{ more: names.slice(2), fewer: [] },
      },
    ],
  });
  const all = (await site.ok("--json", "configure-global", "--keep-last", "1", "--dry-run")).json();
  expect(all.effects.map(({ host, more }: { host: string; more: string[] }) => [host, more.length])).toEqual([
    ["laptop", 0],
    ["nas", 3],
  ]);
  const text = (await site.ok("configure-host", "nas", "--keep-last", "2", "--dry-run")).stdout;
  expect(text).toContain(`The next prune would remove 2 more snapshots: ${names[2]}, ${names[3]}`);
  expect(text).toContain("Nothing was changed.");
  expect((await site.ok("configure-host", "nas", "--bwlimit", "1M", "--dry-run")).stdout).toContain(
    "leaves retention as it is",
  );
  expect((await site.pobsync.run("configure-host", "nas", "--keep-last", "x", "--dry-run")).code).toBe(2);
  expect(await configuration()).toEqual(before);
});

it("a change that is saved says so before it is", async () => {
  const { stderr } = await site.ok("configure-host", "nas", "--keep-last", "3");
  const lines = stderr.split("\n");
  const effect = lines.findIndex((line) => line.includes("would remove 1 more snapshot"));
  expect(effect).toBeGreaterThanOrEqual(0);
  expect(lines.findIndex((line) => line.includes("is changed."))).toBeGreaterThan(effect);
  const back = await site.ok("configure-host", "nas", "--keep-last", "4");
  expect(back.stderr).toContain("1 snapshot that would have gone stays.");
});
