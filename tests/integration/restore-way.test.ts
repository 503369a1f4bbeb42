// Who else could lead the way of a restore elsewhere: a folder that is another user's may be replaced by a link at any moment.
import { chmodSync, lchownSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isOutOfReach } from "../../src/system/restore-place.ts";
import { makeRestoreSite, type RestoreSite, restore } from "../support/restoring.ts";

const SOMEBODY = 1234;
let made: RestoreSite;
let home: string;
beforeAll(async () => {
  made = await makeRestoreSite();
  home = made.at("home");
  mkdirSync(home);
  lchownSync(home, SOMEBODY, SOMEBODY);
});
afterAll(() => made.site.world.dispose());

it("a folder is out of reach below folders of root alone, and in one like /tmp, where each removes what is their own", async () => {
  const own = made.at("own");
  mkdirSync(own);
  expect(await isOutOfReach(own)).toBe(true);
  expect(await isOutOfReach("/tmp")).toBe(false);
  chmodSync(own, 0o777);
  expect(await isOutOfReach(own)).toBe(false);
  mkdirSync(join(own, "below"));
  expect(await isOutOfReach(join(own, "below"))).toBe(false);
  chmodSync(own, 0o1777);
  expect(await isOutOfReach(join(own, "below"))).toBe(true);
  mkdirSync(join(home, "of root"));
  expect(await isOutOfReach(join(home, "of root"))).toBe(false);
  symlinkSync(own, made.at("link"));
  expect(await isOutOfReach(join(made.at("link"), "below"))).toBe(false);
});

it("into a folder of somebody's home rsync looks at every part of the way, and follows no link of theirs", async () => {
  const { source, site } = made;
  const inside = join(home, "restored");
  expect((await restore(site, 0, `nas:${source}`, "--to", inside)).run).toMatchObject({ sandbox: "none" });
  const victim = made.at("victim");
  mkdirSync(victim);
  symlinkSync(victim, join(home, "planted"));
  lchownSync(join(home, "planted"), SOMEBODY, SOMEBODY);
  const refused = await restore(site, 1, `nas:${source}`, "--to", join(home, "planted"));
  expect(refused.run).toMatchObject({ status: "failed" });
  expect(readdirSync(victim)).toEqual([]);
});
