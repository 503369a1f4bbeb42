// What a repair does not do: reach a host that is away, follow a link, write into another tool's tree, or give up early.
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyNow } from "../../src/actions/verify-snapshots.ts";
import { clockedApp } from "../support/clocked-app.ts";
import { damage, flipped } from "../support/damage.ts";
import { discover } from "../support/discovery.ts";
import { makeRepairSite, outcomes, type RepairSite } from "../support/repair-site.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";

let site: RepairSite;
let sshd: TestSshd | null = null;
let snapshot = "";
const at = (file: string) => site.stored(snapshot, file);
const text = (file: string) => readFileSync(at(file), "utf8");

async function begin(how: "ssh" | "local"): Promise<void> {
  sshd = how === "ssh" ? await startSshd() : null;
  site = await makeRepairSite(sshd);
  mkdirSync(join(site.world.hostDir, "folder"));
  for (const file of ["one", "two", "folder/three"]) site.write(file, `the content of ${file}`);
  snapshot = (await site.backUp("nas")).snapshot.name;
}
afterEach(async () => {
  await sshd?.stop();
  sshd = null;
  await site.world.dispose();
});

describe("a host that cannot be reached", () => {
  beforeEach(() => begin("ssh"));

  it("is named with the cause, the damage is told all the same, and the next repair mends it", async () => {
    await damage(at("one"), flipped(0));
    await sshd?.stop();
    const found = await site.verify(1, "nas", "--repair");
    expect(found.checked).toBe(3);
    expect(found.run).toMatchObject({
      status: "failed",
      problem: { code: "content_damaged" },
      warnings: [{ code: "connection_refused" }],
    });
    expect(outcomes(found).one).toMatch(/^no healthy copy here, and nas could not give it: .*refused/);
    expect(await site.results()).toEqual(["damaged"]);
    expect(site.isTidy()).toBe(true);
    await sshd?.start();
    expect(outcomes(await site.verify(3, "nas", "--damaged", "--repair"))).toEqual({ one: "host" });
  });

  it("is not asked when there is a copy here", async () => {
    site.write("one again", "the content of one");
    await site.backUp("nas");
    await damage(at("one"), flipped(0));
    await sshd?.stop();
    expect(outcomes(await site.verify(3, "nas", "--repair"))).toEqual({ one: "copy" });
  });

  it("weighs more than what was repaired on another host", async () => {
    const other = join(site.world.dir, "other");
    mkdirSync(other);
    writeFileSync(join(other, "file"), "on the other host");
    await site.configureHost("other", null, "--source", other);
    const { snapshot: ofOther } = await site.backUp("other");
    const stored = join(site.pathOf("other", "snapshots", ofOther.name, "data"), other, "file");
    await damage(stored, flipped(0));
    await damage(at("one"), flipped(0));
    await sshd?.stop();
    const found = await site.verify(1, "--repair");
    expect(found.runs.map(({ status }) => status).sort()).toEqual(["failed", "warning"]);
    expect(readFileSync(stored, "utf8")).toBe("on the other host");
  });
});

describe("on this machine", () => {
  beforeEach(() => begin("local"));

  it("a link in place of a file, or of a folder on the way to it, is not followed", async () => {
    const outside = join(site.world.dir, "outside");
    mkdirSync(outside);
    for (const name of ["one", "three"]) writeFileSync(join(outside, name), "not to be written to");
    rmSync(at("one"));
    symlinkSync(join(outside, "one"), at("one"));
    rmSync(at("folder"), { recursive: true });
    symlinkSync(outside, at("folder"));
    const found = await site.verify(1, "nas", "--repair");
    expect(outcomes(found)).toEqual({ three: "something else lies there than the catalog knows" });
    expect(found.unreadable).toEqual([
      {
        path: expect.stringMatching(/one$/),
        error: "ELOOP",
        repaired: null,
        whyNot: "it could not be opened (ELOOP)",
      },
    ]);
    for (const name of ["one", "three"])
      expect(readFileSync(join(outside, name), "utf8")).toBe("not to be written to");
  });

  it("another file under the same name is left alone, though it has the damage that was recorded", async () => {
    await damage(at("one"), flipped(0));
    await site.verify(1, "nas");
    renameSync(at("one"), join(site.world.dir, "kept"));
    writeFileSync(at("one"), "somebody else's");
    expect(outcomes(await site.verify(1, "nas", "--damaged", "--repair"))).toEqual({
      one: "something else lies there than the catalog knows",
    });
    expect(text("one")).toBe("somebody else's");
  });

  it("a file that may not be written is named with the reason, and the others are mended", async () => {
    for (const file of ["one", "two"]) await damage(at(file), flipped(0));
    await runTool("chattr", ["+i", at("one")]);
    try {
      const found = await site.verify(1, "nas", "--repair");
      expect(outcomes(found)).toEqual({ one: expect.stringContaining("immutable"), two: "host" });
    } finally {
      await runTool("chattr", ["-i", at("one")]);
    }
    expect(text("two")).toBe("the content of two");
    expect(outcomes(await site.verify(3, "nas", "--damaged", "--repair"))).toEqual({ one: "host" });
  });

  it("the tree of another tool is never written to, one that was moved here is", async () => {
    const trees = join(site.world.dir, "trees");
    for (const day of ["2024-01-01", "2024-01-02"]) {
      mkdirSync(join(trees, day), { recursive: true });
      writeFileSync(join(trees, day, "file"), `as on ${day}`);
      writeFileSync(join(trees, day, "same"), "the same on all days");
    }
    const adopt = (host: string, ...options: string[]) =>
      discover(site, 0, "--host", host, "--adopt", "plain", trees, "--of", site.world.hostDir, ...options);
    await adopt("nas");
    await site.verify(0, "nas");
    const file = join(trees, "2024-01-01", "same");
    await damage(file, flipped(0));
    const found = await site.verify(1, "nas", "--repair");
    expect(outcomes(found).same).toMatch(/^its tree belongs to another tool/);
    expect(readFileSync(file, "utf8")).not.toBe("the same on all days");
    await site.configureHost("moved", null, "--source", site.world.hostDir);
    await damage(file, flipped(0));
    const { recorded } = await adopt("moved", "--move", "--yes");
    await site.verify(0, "moved");
    const moved = site.pathOf("moved", "snapshots", recorded[0] ?? "", "data", site.world.hostDir, "same");
    await damage(moved, flipped(0));
    expect(outcomes(await site.verify(3, "moved", "--repair"))).toEqual({ same: "copy" });
    expect(readFileSync(moved, "utf8")).toBe("the same on all days");
  });

  it("a file that the disk does not give back is written anew", async () => {
    const app = await clockedApp(site, "2030-01-01T00:00");
    try {
      // A disk that answers EIO for this file until its content is whole: no real one can be ordered for a test.
      const program = join(site.world.dir, "failing-disk.mjs");
      writeFileSync(
        program,
        `import { spawnSync } from "node:child_process";
         import { readFileSync } from "node:fs";
         const input = readFileSync(0);
         const paths = input.toString("latin1").split("\\0").slice(0, -1);
         const [, , ...hasher] = process.argv;
         const answers = spawnSync(hasher[0], hasher.slice(1), { input }).stdout.toString().split("\\n");
         const isBad = (path) => path.endsWith("/one") && !readFileSync(path, "latin1").startsWith("the");
         for (const [at, path] of paths.entries()) console.log(isBad(path) ? "!EIO" : answers[at]);`,
      );
      const failing = { ...app, hasher: [process.execPath, program, ...app.hasher] };
      await damage(at("one"), flipped(0));
      const wish = { snapshot: null, percent: null, olderThanSeconds: null, damagedOnly: false };
      const before = await verifyNow(failing, "nas", { ...wish, repair: false }, {});
      expect(before).toMatchObject({
        status: "failed",
        problem: { code: "content_unreadable" },
        result: { damaged: [], unreadable: [{ error: "EIO", repaired: null, whyNot: null }] },
      });
      const run = await verifyNow(failing, "nas", { ...wish, repair: true }, {});
      expect(run).toMatchObject({
        status: "warning",
        warnings: [{ code: "content_repaired" }],
        result: { unreadable: [{ error: "EIO", repaired: "host" }] },
      });
      expect(text("one")).toBe("the content of one");
    } finally {
      await app.close();
    }
  });
});

it("what the backup disk has no room for is not fetched", async () => {
  site = await makeRepairSite(null);
  await withSmallDisk({ megabytes: 16 }, async (disk) => {
    const keepFree = (percent: number) =>
      site.ok("configure-global", "--backup-root", disk, "--min-free", `${percent}`);
    await keepFree(0);
    site.write("one", "x".repeat(4 * 1024 * 1024));
    snapshot = (await site.backUp("nas")).snapshot.name;
    await damage(join(disk, "nas", "snapshots", snapshot, "data", site.world.hostDir, "one"), flipped(0));
    await keepFree(90);
    expect(outcomes(await site.verify(1, "nas", "--repair")).one).toMatch(/too little room to fetch it/);
    await keepFree(0);
    expect(outcomes(await site.verify(3, "nas", "--damaged", "--repair"))).toEqual({ one: "host" });
  });
});
