// The kill test with many rounds: SOAK_ROUNDS of them (default 1000), random from SOAK_SEED on.
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeHostUnderTest } from "../support/host-under-test.ts";
import { killRound } from "../support/kill-rounds.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { localVictims, victims } from "../support/victims.ts";

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 1000);
const SEED = Number(process.env.SOAK_SEED ?? 1);
/** Each history is looked at as a whole after every round, so it must not grow for ever. */
const ROUNDS_A_WORLD = 12;

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

it("a thousand kills -9 leave whole snapshots, no orphan, and a next backup that works", async () => {
  const kills: Record<string, number> = {};
  const violations: string[] = [];
  for (let world = 0, round = 0; round < ROUNDS; world++) {
    const overSsh = world % 3 !== 2;
    const who = overSsh ? victims : localVictims;
    const under = await makeHostUnderTest(overSsh ? sshd : null, SEED + world);
    for (let n = 0; n < ROUNDS_A_WORLD && round < ROUNDS; n++, round++) {
      // More than half of them at pobsync itself, which holds all the threads.
      const victim = n % 2 === 0 ? "pobsync" : (who[((n - 1) / 2 + 5 * world) % who.length] ?? "pobsync");
      const result = await killRound(under, victim);
      const what = `${overSsh ? "ssh" : "local"} ${victim} while ${result.killedWhile ?? "nothing: too late"}`;
      kills[what] = (kills[what] ?? 0) + 1;
      violations.push(...result.violations.map((line) => `seed ${SEED + world}, round ${n}: ${line}`));
      process.stderr.write(`${round} ${what} ${result.violations.join("\n")}\n`);
    }
    await under.site.world.dispose();
  }
  process.stderr.write(`${JSON.stringify(kills, null, 2)}\n`);
  expect(violations).toEqual([]);
});
