// Verification: every stored file is read once, a flipped byte is found and named, and nothing else is.
import { closeSync, lstatSync, openSync, readSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VerifyShape } from "../../src/contract/schemas.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { plantTree } from "../support/hostile-tree.ts";
import { runTool } from "../support/tool.ts";
import { pathsBelow } from "../support/tree-paths.ts";

let site: BackupSite;
/** Oldest first. */
const names: string[] = [];
const verify = async (code: number, ...args: string[]) => {
  const result = await site.pobsync.run("--json", "verify", ...args);
  expect([result.code, result.stderr]).toEqual([code, expect.anything()]);
  return VerifyShape.parse(result.json());
};
const stored = (name: string, file: string) =>
  join(site.pathOf("nas", "snapshots", name, "data"), site.world.hostDir, file);

/** Changes one byte of a stored file and nothing else about it, as a failing disk does. */
async function flipByte(path: string, at: number): Promise<void> {
  const times = join(site.world.dir, "times");
  await runTool("touch", ["-r", path, times]);
  const file = openSync(path, "r+");
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at);
  closeSync(file);
  await runTool("touch", ["-r", times, path]);
}

beforeAll(async () => {
  site = await makeSite();
  await plantTree(site.world.hostDir, { sparseMebibytes: 4 });
  writeFileSync(join(site.world.hostDir, "precious"), "what must not change");
  await site.configureHost("nas", null, "--source", site.world.hostDir);
  for (let round = 0; round < 3; round += 1) {
    writeFileSync(join(site.world.hostDir, "changing"), `version ${round}`);
    names.push((await site.backUp("nas")).snapshot.name);
  }
});
afterAll(() => site.world.dispose());

describe("an untouched store", () => {
  it("is read file by file, each stored one once, without a false alarm", async () => {
    const inodes = new Set<number>();
    for (const name of names)
      for (const { absolute, isFile } of pathsBelow(site.pathOf("nas", "snapshots", name, "data")))
        if (isFile) inodes.add(lstatSync(absolute).ino);
    const found = await verify(0, "nas");
    expect(found).toMatchObject({
      damaged: [],
      unreadable: [],
      run: { kind: "verify", status: "succeeded" },
    });
    expect(found.checked).toBe(inodes.size);
    for (const snapshot of await site.snapshots("nas")) {
      expect(snapshot.verifyResult).toBe("ok");
      expect(Date.now() - Date.parse(snapshot.verifiedAt ?? "")).toBeLessThan(60_000);
    }
  });

  it("is not read again before the time is over", async () => {
    expect(await verify(0, "nas", "--older-than", "1d")).toMatchObject({ checked: 0, bytes: 0 });
    expect((await verify(0, "nas", "--older-than", "0")).checked).toBeGreaterThan(100);
  });

  it("is read in parts, the longest unread first, until all of it was", async () => {
    const whole = await verify(0, "nas");
    const first = await verify(0, "nas", "--percent", "50");
    expect(first.bytes).toBeGreaterThanOrEqual(whole.bytes / 2);
    expect(first.checked).toBeLessThan(whole.checked);
    for (const bad of ["0", "-1", "101", "x"]) expect((await verifyCode("--percent", bad)).code).toBe(2);
  });

  it("of one snapshot alone", async () => {
    const [oldest = ""] = names;
    const found = await verify(0, "nas", "--snapshot", oldest);
    expect(found.checked).toBeGreaterThan(100);
    expect((await verifyCode("nas", "--snapshot", "20200101T000000Z-manual-123456")).code).toBe(5);
    expect((await verifyCode("nobody")).code).toBe(5);
  });
});

const verifyCode = (...args: string[]) => site.pobsync.run("verify", ...args);

describe("a flipped byte", () => {
  it("is found and named with every snapshot that shows it, and where a healthy copy is", async () => {
    const [oldest = "", middle = "", newest = ""] = names;
    await flipByte(stored(oldest, "precious"), 5);
    await flipByte(stored(middle, "changing"), 0);
    const found = await verify(1, "nas");
    const path = (file: string) => `${site.world.hostDir}/${file}`;
    expect(found.damaged.map((one) => [one.path, one.snapshots]).sort()).toEqual([
      [path("changing"), [middle]],
      [path("precious"), names],
    ]);
    expect(found.run?.problem?.code).toBe("content_damaged");
    for (const one of found.damaged) expect(one.expected).not.toBe(one.found);
    const states = Object.fromEntries(
      (await site.snapshots("nas")).map((one) => [one.name, one.verifyResult]),
    );
    expect(states).toEqual({ [oldest]: "damaged", [middle]: "damaged", [newest]: "damaged" });
    const { stderr } = await verifyCode("nas");
    expect(stderr).toContain(`${path("precious")} in 3 snapshots from ${oldest} on; no other copy here`);
  });

  it("is told with a healthy copy once the host has sent the same content again", async () => {
    writeFileSync(join(site.world.hostDir, "precious again"), "what must not change");
    const { snapshot } = await site.backUp("nas");
    const found = await verify(1, "nas");
    const damaged = found.damaged.find(({ path }) => path.endsWith("/precious"));
    expect(damaged?.healthy).toEqual({
      snapshot: snapshot.name,
      path: `${site.world.hostDir}/precious again`,
    });
  });

  it("is found by a worker as well", async () => {
    const queued = VerifyShape.parse((await site.ok("--json", "verify", "nas", "--queue")).json());
    expect(queued.run).toMatchObject({ kind: "verify", status: "queued" });
    await site.ok("worker");
    const run = (await site.ok("--json", "show-run", `${queued.run?.id}`)).json();
    expect(run).toMatchObject({ status: "failed", problem: { code: "content_damaged" } });
  });
});
