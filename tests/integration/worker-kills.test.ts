// Workers that die with a run in their hands: no run is stuck, each success has its snapshot, each snapshot its record.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostUnderTest, makeHostUnderTest } from "../support/host-under-test.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { workerKillRound } from "../support/worker-rounds.ts";

const SEED = Number(process.env.SOAK_SEED ?? 1);
const ROUNDS = [1, 2, 3, 4, 5, 6];

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

describe.each(["ssh", "local"])(
  "after kill -9 of a worker that backs a host up by %s, another one",
  (transport) => {
    let under: HostUnderTest;
    beforeAll(async () => {
      under = await makeHostUnderTest(transport === "ssh" ? sshd : null, SEED);
    });
    afterAll(() => under.site.world.dispose());

    it.each(ROUNDS)("settles the run and makes exactly one whole snapshot, round %i", async (round) => {
      expect((await workerKillRound(under, round % 2 === 0)).violations).toEqual([]);
    });
  },
);
