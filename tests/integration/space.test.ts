// The room that snapshots take: what `space` says that deleting one would give back is what it does give back.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SpaceJson } from "../../src/contract/types.ts";
import { type HostUnderTest, makeHostUnderTest } from "../support/host-under-test.ts";
import { runTool } from "../support/tool.ts";

let under: HostUnderTest;
beforeAll(async () => {
  under = await makeHostUnderTest(null, 21);
  await under.site.ok("configure-host", "host", "--keep-last", "1");
  for (let round = 0; round < 4; round += 1) {
    await under.change();
    await under.site.backUp("host");
  }
});
afterAll(() => under.site.world.dispose());

const space = async () => {
  const { items } = (await under.site.ok("--json", "space", "host")).json() as SpaceJson;
  return items[0] ?? expect.fail("the host takes no room");
};
/** Of everything below a folder, each inode once. */
const diskUse = async (folder: string): Promise<number> =>
  Number((await runTool("du", ["-s", "-B1", "--", folder])).toString().split("\t")[0]);
/** A snapshot's own folder, `data`, its log and its metadata are in no catalog. */
const APART_BYTES = 96 * 1024;

it("all snapshots together take what the disk says", async () => {
  const { storedBytes, snapshots } = await space();
  const used = await diskUse(under.site.pathOf("host", "snapshots"));
  expect(snapshots).toHaveLength(5);
  expect(used - storedBytes).toBeGreaterThanOrEqual(0);
  expect(used - storedBytes).toBeLessThan(snapshots.length * APART_BYTES);
});

it("one that is deleted gives back what only it had, and the others have what they had", async () => {
  for (let left = 5; left > 1; left -= 1) {
    const { snapshots } = await space();
    const oldest = snapshots.at(-1);
    const kept = `${snapshots.length - 1}`;
    const done = (
      await under.site
        .ok("--json", "configure-host", "host", "--keep-last", kept)
        .then(() => under.site.ok("--json", "retention", "host", "--apply", "--yes"))
    ).json();
    expect(done.run.result.removed).toEqual([oldest?.snapshot]);
    const apart = done.run.result.freedBytes - (oldest?.onlyHereBytes ?? 0);
    expect(apart).toBeGreaterThanOrEqual(0);
    expect(apart).toBeLessThan(APART_BYTES);
    const now = await space();
    expect(now.snapshots.map(({ snapshot }) => snapshot)).toEqual(
      snapshots.slice(0, -1).map(({ snapshot }) => snapshot),
    );
  }
});
