// Whatever of a backup onto btrfs is killed, at whatever moment: what holds for links holds for subvolumes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeHostUnderTest } from "../support/host-under-test.ts";
import { killRound } from "../support/kill-rounds.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { localVictims, type Victim, victims } from "../support/victims.ts";

const WITHIN_MS = 600_000;
const SEED = Number(process.env.SOAK_SEED ?? 1);

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

describe.each<[string, readonly Victim[], boolean]>([
  ["over ssh", [...victims, "pobsync", "pobsync", "pobsync"], true],
  ["of this machine", [...localVictims, "pobsync", "pobsync"], false],
])("kill -9 at a random moment of a backup %s", (_, parts, isFar) => {
  it(
    "leaves whole snapshots and a next backup that works, and no subvolume that nobody knows",
    () =>
      withSmallDisk({ megabytes: 2048, type: "btrfs" }, async (disk) => {
        const under = await makeHostUnderTest(isFar ? sshd : null, SEED, {
          disk,
        });
        try {
          for (const victim of parts) expect((await killRound(under, victim)).violations).toEqual([]);
          const left = `${await runTool("btrfs", ["subvolume", "list", disk])}`.split("\n").length - 1;
          expect(left).toBe(under.site.onDisk(under.host, "snapshots").length);
        } finally {
          await under.site.world.dispose();
        }
      }),
    WITHIN_MS,
  );
});
