// Whatever of a backup is killed, at whatever moment: nothing that was finished is lost, nothing half looks finished.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostUnderTest, makeHostUnderTest } from "../support/host-under-test.ts";
import { killRound } from "../support/kill-rounds.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { victims } from "../support/victims.ts";

const SEED = Number(process.env.SOAK_SEED ?? 1);

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

describe("kill -9 at a random moment leaves whole snapshots, no orphan, and a next backup that works, when it hits", () => {
  let under: HostUnderTest;
  beforeAll(async () => {
    under = await makeHostUnderTest(sshd, SEED);
  });
  afterAll(() => under.site.world.dispose());

  it.each(victims)("%s", async (victim) => {
    expect((await killRound(under, victim)).violations).toEqual([]);
  });
});
