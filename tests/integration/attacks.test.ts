// A host that attacks the server which backs it up. See attacks.ts; npm run soak does the same thousands of times.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ATTACKS, type AttackedSite, makeAttackedSite } from "../support/attacks.ts";

/** Of each sort. */
const ROUNDS = 4;

let site: AttackedSite;
beforeAll(async () => {
  site = await makeAttackedSite();
});
afterAll(() => site.dispose());

let attempt = 0;

it("a host that attacks in no way is received whole, at first and with a snapshot to share with", async () => {
  for (const seed of [1, 2]) expect(await site.attack("none", seed, ++attempt)).toEqual([]);
});

it.each(ATTACKS)(
  "%s: nothing outside of its attempt changes, nothing of the server comes in",
  async (attack) => {
    for (let seed = 0; seed < ROUNDS; seed++) expect(await site.attack(attack, seed, ++attempt)).toEqual([]);
  },
);
