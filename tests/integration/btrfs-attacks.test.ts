// A host that attacks a server whose snapshots are subvolumes of btrfs. See attacks.test.ts.
import { expect, it } from "vitest";
import { ATTACKS, makeAttackedSite } from "../support/attacks.ts";
import { withSmallDisk } from "../support/small-disk.ts";

/** Of each sort; the even ones are on a host that has a snapshot. */
const SEEDS = [0, 1, 2];
const WITHIN_MS = 600_000;

it(
  "no attack changes anything outside of its attempt, or brings anything of the server in",
  () =>
    withSmallDisk({ megabytes: 512, type: "btrfs" }, async (disk) => {
      const site = await makeAttackedSite(disk);
      let attempt = 0;
      try {
        for (const seed of [1, 2]) expect(await site.attack("none", seed, ++attempt)).toEqual([]);
        for (const attack of ATTACKS)
          for (const seed of SEEDS) expect(await site.attack(attack, seed, ++attempt)).toEqual([]);
      } finally {
        await site.dispose();
      }
    }),
  WITHIN_MS,
);
