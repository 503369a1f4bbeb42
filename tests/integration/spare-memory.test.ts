// Memory that a process had, and does not use any more.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../support/memory-user.ts", import.meta.url));
/** Looks, one each 50 ms. */
const LOOKS = 60;

/** What is left, in MiB less than at most: the least of many looks, or the first that `isEnough`. */
async function givenBack(how: string, isEnough: (mib: number) => boolean): Promise<number> {
  const child = spawn(process.execPath, [program, how], { stdio: ["ignore", "pipe", "inherit"] });
  let most = 0;
  let looks = 0;
  try {
    for await (const text of child.stdout.setEncoding("utf8") as AsyncIterable<string>)
      for (const line of text.trim().split("\n")) {
        const [full = 0, now = 0] = line.split(" ").map(Number);
        most = Math.max(most, full - now);
        looks += 1;
        if (isEnough(most) || looks >= LOOKS) return most;
      }
    return most;
  } finally {
    child.kill("SIGKILL");
  }
}

test("an idle process gives memory back that it does not use any more, which Node by itself keeps", async () => {
  const enough = (mib: number): boolean => mib >= 50;
  expect(await givenBack("give-back", enough)).toBeGreaterThanOrEqual(50);
  expect(await givenBack("keep", enough)).toBeLessThan(50);
});
