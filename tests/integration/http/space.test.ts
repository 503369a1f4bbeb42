// The room of a host's snapshots over the API, which is kept and is never old.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startConsole, type TestConsole } from "../../support/console.ts";
import { pobsyncIn } from "../../support/pobsync.ts";

let site: TestConsole;
let source: string;
beforeAll(async () => {
  site = await startConsole();
  source = join(site.world.hostDir, "files");
  mkdirSync(source);
  await run("configure-host", "nas", "--address", "localhost", "--transport", "local", "--source", source);
});
afterAll(() => site.close());

async function run(...args: string[]): Promise<void> {
  const { code, stderr } = await pobsyncIn(site.world).run(...args);
  if (code !== 0) throw new Error(stderr);
}

async function backUp(name: string): Promise<void> {
  writeFileSync(join(source, name), "x".repeat(100_000));
  await run("backup", "nas");
}

const space = async () => (await site.request("viewer", "GET", "/api/hosts/nas/space")).body;

describe("the space of a host", () => {
  it("has a new snapshot as soon as it is there, and says the same while nothing changes", async () => {
    await backUp("first");
    const one = await space();
    expect(one).toMatchObject({ snapshots: [{ addedBytes: expect.any(Number) }] });
    expect(await space()).toEqual(one);
    await backUp("second");
    const two = await space();
    expect(two.snapshots).toHaveLength(2);
    expect(two.storedBytes).toBeGreaterThan(one.storedBytes + 100_000);
    expect(await space()).toEqual(two);
  });
});
