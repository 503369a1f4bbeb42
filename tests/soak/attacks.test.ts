// Attacks of a host, SOAK_ROUNDS of them (default 10,000), each sort as often as the others, random from SOAK_SEED on.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ATTACKS, type Attack, type AttackedSite, makeAttackedSite } from "../support/attacks.ts";

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 10_000);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const SAY_EVERY = 500;

let site: AttackedSite;
beforeAll(async () => {
  site = await makeAttackedSite();
});
afterAll(() => site.dispose());

it("of thousands of attacks none gets out of its attempt's folder", async () => {
  const escapes: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const attack = ATTACKS[round % ATTACKS.length] as Attack;
    escapes.push(...(await site.attack(attack, SEED + round, round + 1)));
    if ((round + 1) % SAY_EVERY === 0)
      process.stdout.write(`${round + 1} attacks, ${escapes.length} escapes\n`);
  }
  expect(escapes).toEqual([]);
});
