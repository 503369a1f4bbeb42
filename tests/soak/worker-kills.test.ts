// The test of killed workers with many rounds: SOAK_ROUNDS of them (default 200), random from SOAK_SEED on.
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeHostUnderTest } from "../support/host-under-test.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { workerKillRound } from "../support/worker-rounds.ts";

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 200);
const SEED = Number(process.env.SOAK_SEED ?? 1);
/** Each history is looked at as a whole after every round, so it must not grow for ever. */
const ROUNDS_A_WORLD = 10;

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

it("two hundred kills -9 of workers leave no run stuck, and as many whole snapshots as were asked for", async () => {
  const kills: Record<string, number> = {};
  const violations: string[] = [];
  for (let world = 0, round = 0; round < ROUNDS; world++) {
    const transport = world % 2 === 0 ? "ssh" : "local";
    const under = await makeHostUnderTest(transport === "ssh" ? sshd : null, SEED + world);
    for (let n = 0; n < ROUNDS_A_WORLD && round < ROUNDS; n++, round++) {
      const survivor = n % 2 === 1;
      const result = await workerKillRound(under, survivor);
      const settledBy = survivor ? "one that was there" : "one that came later";
      const what = `${transport}, settled by ${settledBy}, while ${result.killedWhile ?? "nothing: too late"}`;
      kills[what] = (kills[what] ?? 0) + 1;
      violations.push(...result.violations.map((line) => `seed ${SEED + world}, round ${n}: ${line}`));
      process.stderr.write(`${round} ${what} ${result.violations.join("\n")}\n`);
    }
    await under.site.world.dispose();
  }
  process.stderr.write(`${JSON.stringify(kills, null, 2)}\n`);
  expect(violations).toEqual([]);
});
