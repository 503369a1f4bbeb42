// Removing a tree that is stopped, killed or refused says so, leaves nothing running, and can be repeated.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeEach, expect, it } from "vitest";
import { removeTree } from "../../src/system/remove-tree.ts";
import { processesMentioning } from "../support/processes.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { runTool } from "../support/tool.ts";
import { plantMany, removing } from "../support/trees-to-remove.ts";
import { waitUntil } from "../support/wait-until.ts";
import { makeWorld } from "../support/world.ts";

const world = makeWorld();
let tree = "";
let tests = 0;

beforeEach(() => {
  tree = join(world.dir, `tree-${++tests}`);
  mkdirSync(tree);
});
afterAll(() => world.dispose());

it("says what stood in the way and removes the rest", async () => {
  await withSmallDisk({ megabytes: 16 }, async (disk) => {
    const top = join(disk, "tree");
    plantMany(top, 100, 6);
    const immutable = join(top, "3/folder-3/immutable");
    writeFileSync(immutable, "content");
    await runTool("chattr", ["+i", immutable]);
    await expect(removeTree(top)).rejects.toMatchObject({
      code: "server_write_failed",
      detail: `find: cannot delete '${immutable}': Operation not permitted`,
    });
    expect(readdirSync(top, { recursive: true })).toEqual(["3", "3/folder-3", "3/folder-3/immutable"]);
    await runTool("chattr", ["-i", immutable]);
    await removeTree(top);
    expect(existsSync(top)).toBe(false);
  });
});

it("throws the reason of a stop, has ended everything by then, and another call removes what is left", async () => {
  plantMany(tree, 800, 50);
  const stop = new AbortController();
  const removal = removeTree(tree, { stop: stop.signal });
  const outcome = removal.then(
    () => "removed",
    (error: unknown) => error,
  );
  // The folders that are made first lie first in the list of parts.
  while (readdirSync(join(tree, "0")).length === 80) await pause(1);
  const reason = new Error("enough");
  stop.abort(reason);
  expect(await outcome).toBe(reason);
  expect(processesMentioning(tree)).toEqual([]);
  expect(existsSync(tree)).toBe(true);
  await removeTree(tree);
  expect(existsSync(tree)).toBe(false);
});

it("does not begin after a stop", async () => {
  writeFileSync(join(tree, "file"), "content");
  await expect(removeTree(tree, { stop: AbortSignal.abort("enough") })).rejects.toBe("enough");
  expect(readdirSync(tree)).toEqual(["file"]);
});

it("leaves nothing running when its process is killed, and another call removes what is left", async () => {
  plantMany(tree, 800, 50);
  const [program = "", ...args] = removing(tree);
  const child = spawn(program, args, { stdio: "ignore" });
  world.owns(child.pid ?? 0);
  while (readdirSync(join(tree, "0")).length === 80) await pause(1);
  child.kill("SIGKILL");
  await waitUntil(() => processesMentioning(tree).length === 0, { what: "its programs to end" });
  expect(existsSync(tree)).toBe(true);
  await removeTree(tree);
  expect(existsSync(tree)).toBe(false);
});
