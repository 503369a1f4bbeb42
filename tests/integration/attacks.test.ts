// A host that attacks the server which backs it up. See attacks.ts; npm run soak does the same thousands of times.
import { afterAll, beforeAll, expect, it } from "vitest";
import { findReceiver, type Receiver } from "../../src/actions/receive.ts";
import { ATTACKS, type AttackedSite, makeAttackedSite } from "../support/attacks.ts";
import { makeWorld, type World } from "../support/world.ts";

/** Of each sort. */
const ROUNDS = 4;

let world: World;
let receiver: Receiver;
let site: AttackedSite;
beforeAll(async () => {
  world = makeWorld();
  receiver = await findReceiver(world.backupRoot, "required");
  site = await makeAttackedSite(receiver);
});
afterAll(() => {
  site.dispose();
  world.dispose();
});

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
