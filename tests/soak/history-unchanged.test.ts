// The history test with many rounds: SOAK_ROUNDS of them (default 500), random from SOAK_SEED on.
import { afterAll, beforeAll, expect, it } from "vitest";
import { changeAndBackUp, makeHostUnderTest } from "../support/host-under-test.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 500);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const ROUNDS_A_WORLD = 12;

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

it.each(["ssh", "local"])(
  "by %s, no snapshot differs from what it was, or from its source",
  async (transport) => {
    const violations: string[] = [];
    for (let world = 0, round = 0; round < ROUNDS; world++) {
      const under = await makeHostUnderTest(transport === "ssh" ? sshd : null, SEED + world);
      for (let n = 0; n < ROUNDS_A_WORLD && round < ROUNDS; n++, round++) {
        const found = await changeAndBackUp(under);
        violations.push(...found.map((line) => `seed ${SEED + world}, round ${n}: ${line}`));
      }
      await under.site.world.dispose();
    }
    expect(violations).toEqual([]);
  },
);
