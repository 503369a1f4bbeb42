// Prunes that are killed at any moment: the next one ends in the planned state, and nothing else is gone.
import { afterAll, beforeAll, expect, it } from "vitest";
import { pruneKillRound, WHO } from "../support/prune-rounds.ts";
import { makePruneWorld, type PruneWorld } from "../support/prune-world.ts";
import { seededRandom } from "../support/random.ts";

const SEED = Number(process.env.SOAK_SEED ?? 1);
const random = seededRandom(SEED);

let world: PruneWorld;
beforeAll(async () => {
  world = await makePruneWorld(SEED);
});
afterAll(() => world.site.world.dispose());

it.each(WHO.flatMap((who) => [[who, false] as const, [who, true] as const]))(
  "after kill -9 of a prune by %s (keeping trash: %s) the next one finishes it, and takes nothing else",
  async (who, keepsTrash) => {
    expect((await pruneKillRound(world, who, keepsTrash, random)).violations).toEqual([]);
  },
);
