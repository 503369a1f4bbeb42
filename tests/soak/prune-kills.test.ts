// The test of killed prunes with many rounds: SOAK_ROUNDS of them (default 100), random from SOAK_SEED on.
import { expect, it } from "vitest";
import { pruneKillRound, WHO } from "../support/prune-rounds.ts";
import { makePruneWorld } from "../support/prune-world.ts";
import { seededRandom } from "../support/random.ts";

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 100);
const SEED = Number(process.env.SOAK_SEED ?? 1);

it("a hundred kills -9 of prunes at every step leave what was planned, and nothing else is gone", async () => {
  const kills: Record<string, number> = {};
  const violations: string[] = [];
  const random = seededRandom(SEED);
  const world = await makePruneWorld(SEED);
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const who = WHO[round % WHO.length] ?? "retention";
      const keepsTrash = Math.floor(round / WHO.length) % 2 === 1;
      const result = await pruneKillRound(world, who, keepsTrash, random);
      const what = result.killedWhile.map((step) => step ?? "nothing: too late");
      const where = keepsTrash ? "into the trash" : "for good";
      for (const step of [...what.map((one) => `${where}, while ${one}`), `rounds of ${who}`])
        kills[step] = (kills[step] ?? 0) + 1;
      violations.push(...result.violations.map((line) => `seed ${SEED}, round ${round}: ${line}`));
      process.stderr.write(`${round} ${who} ${where}: ${what} ${result.violations.join("\n")}\n`);
    }
  } finally {
    await world.site.world.dispose();
  }
  process.stderr.write(`${JSON.stringify(Object.fromEntries(Object.entries(kills).sort()), null, 2)}\n`);
  expect(violations).toEqual([]);
});
