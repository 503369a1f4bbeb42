// Pins when something comes in between: a rival, a stubborn disk, a sudden end. snapshot.json is whole all the same.
import { readdirSync, rmSync, watch, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePinSite, type PinSite } from "../support/pin-site.ts";
import { seededRandom } from "../support/random.ts";
import { runTool } from "../support/tool.ts";

let site: PinSite;
let middle = "";
beforeAll(async () => {
  site = await makePinSite();
  middle = site.names[1];
});
afterAll(() => site.world.dispose());

/** Mounts a folder over itself, read-only, for as long as `use` takes. */
async function whileReadOnly<Result>(folder: string, use: () => Promise<Result>): Promise<Result> {
  await runTool("mount", ["--bind", folder, folder]);
  try {
    await runTool("mount", ["-o", "remount,bind,ro", folder]);
    return await use();
  } finally {
    await runTool("umount", ["--", folder]);
  }
}

describe("what comes in between", () => {
  const agree = (name: string) => expect(site.metadataOf(name).pin ?? null).toEqual(site.sqlPin(name));
  /** The file is whole, and says what it said but for the pin. */
  const isWhole = (name: string, before: object) =>
    expect({ ...site.metadataOf(name), pin: null }).toEqual({ ...before, pin: null });

  it("two at once: the last one wins, on record and on disk, and no draft is left", async () => {
    const before = site.metadataOf(middle);
    for (let round = 0; round < 3; round++) {
      const ways = Array.from({ length: 4 }, (_, n) =>
        n === 3 ? ["unpin", "nas", middle] : ["pin", "nas", middle, "--reason", `round ${round}, ${n}`],
      );
      const results = await Promise.all(ways.map((args) => site.pobsync.run(...args)));
      expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(ways.map(() => [0, ""]));
      isWhole(middle, before);
      agree(middle);
      expect(readdirSync(site.folderOf(middle)).sort()).toEqual(["data", "rsync.log.gz", "snapshot.json"]);
    }
  });

  it("a draft of a dead process, which goes with the next pin and bothers nobody", async () => {
    writeFileSync(site.folderOf(middle, "snapshot.json.0123456789ab.new"), '{ "half');
    writeFileSync(site.folderOf(middle, "snapshot.json.mine"), "kept");
    expect((await site.backUp("nas")).snapshot.base).toBe(site.names[0]);
    await site.pin(middle, "--reason", "tidy");
    expect(readdirSync(site.folderOf(middle)).sort()).toEqual([
      ...["data", "rsync.log.gz", "snapshot.json", "snapshot.json.mine"],
    ]);
    rmSync(site.folderOf(middle, "snapshot.json.mine"));
  });

  it("a disk that cannot be written to: the record holds, and the same command mends the disk", async () => {
    await site.unpin(middle);
    const { code, stderr } = await whileReadOnly(site.world.backupRoot, () =>
      site.pobsync.run("pin", "nas", middle, "--reason", "disk is stubborn"),
    );
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stderr).toContain("The database knows it, but it could not be written into snapshot.json");
    expect(stderr).toContain("EROFS");
    expect(site.sqlPin(middle)).toMatchObject({ reason: "disk is stubborn" });
    expect(site.metadataOf(middle).pin).toBeNull();
    await site.pin(middle, "--reason", "disk is stubborn");
    agree(middle);
  });

  it("kill -9 at a random moment: snapshot.json is whole, and the same command makes both agree", async () => {
    const random = seededRandom(20_261_123);
    const before = site.metadataOf(middle);
    const startedAt = performance.now();
    await site.unpin(middle);
    const usualMs = performance.now() - startedAt;
    let killed = 0;
    for (let round = 0; round < 12; round++) {
      const args =
        round % 3 === 2 ? ["unpin", "nas", middle] : ["pin", "nas", middle, "--reason", `${round}`];
      const command = site.pobsync.start(...args);
      // Every other time when something happens in the folder, which is when the draft is written.
      await Promise.race([
        round % 2 === 0 ? pause(usualMs * (0.5 + 0.5 * random())) : changeIn(site.folderOf(middle)),
        command.ended,
      ]);
      command.child.kill("SIGKILL");
      if ((await command.ended).signal === "SIGKILL") killed += 1;
      isWhole(middle, before);
      await site.ok(...args);
      isWhole(middle, before);
      agree(middle);
      expect(site.sqlPin(middle)?.reason ?? null).toBe(args[0] === "pin" ? `${round}` : null);
      expect(readdirSync(site.folderOf(middle)).sort()).toEqual(["data", "rsync.log.gz", "snapshot.json"]);
    }
    expect(killed).toBeGreaterThan(0);
  });
});

/** Resolves when an entry of the folder appears, changes or goes. */
const changeIn = (folder: string): Promise<void> =>
  new Promise((resolve) => {
    const watcher = watch(folder, () => {
      watcher.close();
      resolve();
    });
  });
