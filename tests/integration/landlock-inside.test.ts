// What a program can do where only Landlock keeps it in, tried from inside: contents and names are out of its reach.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandboxed, trySandbox } from "../../src/system/sandbox.ts";
import { processesMentioning } from "../support/processes.ts";
import { runTool } from "../support/tool.ts";
import { waitUntil } from "../support/wait-until.ts";
import { makeWorld, type World } from "../support/world.ts";

let world: World;
let sandbox: Sandbox;
let folder = "";
let base = "";
beforeAll(async () => {
  world = makeWorld();
  folder = join(world.backupRoot, "web1", "incomplete");
  base = join(world.backupRoot, "web1", "snapshot");
  for (const path of [folder, base, join(world.backupRoot, "mail")]) mkdirSync(path, { recursive: true });
  writeFileSync(join(base, "old"), "as it was");
  writeFileSync(join(world.backupRoot, "mail", "secret"), "of another host");
  writeFileSync(join(world.stateDir, "id_ed25519"), "a private key");
  // As a backup disk should be mounted.
  await runTool("mount", ["--bind", folder, folder]);
  await runTool("mount", ["-o", "remount,bind,nodev", folder]);
  const tried = await trySandbox(folder, ["landlock"]);
  if ("whyNot" in tried) throw new Error(`no Landlock here: ${tried.whyNot}`);
  ({ sandbox } = tried);
});
afterAll(async () => {
  await runTool("umount", [folder]);
  await world.dispose();
});

const views = () =>
  [
    { folder, at: "/h", isWritable: true },
    { folder: base, at: "/r0", isWritable: false },
  ] as const;

async function inside(script: string, outside = ["true"]) {
  const argv = ["/bin/sh", "-c", script];
  const program = await startSandboxed({ sandbox, views: views(), argv }, outside, {
    outputLimitBytes: 100_000,
  });
  const { code, output, stderr } = await program.done;
  return { code, output: output.toString(), stderr };
}

describe("a program that Landlock keeps in", () => {
  it("writes in its folder, reads what it is compared with, and moves files between folders of its own", async () => {
    const { stderr, output } = await inside(
      `cd ${folder} && mkdir -p a b && echo new > a/f && mv a/f b/g && ln b/g h && cat b/g ${base}/old && rm -r a b h`,
    );
    expect(stderr).toBe("");
    expect(output).toBe("new\nas it was");
  });

  it("reads nothing else that is not a program", async () => {
    for (const path of [
      join(world.backupRoot, "mail", "secret"),
      join(world.stateDir, "id_ed25519"),
      "/etc/passwd",
      "/proc/1/environ",
    ])
      expect((await inside(`cat ${path}`)).stderr, path).toMatch(/Permission denied|No such file/);
    for (const path of ["/", world.dir, "/root", "/tmp"])
      expect((await inside(`ls ${path}`)).stderr, path).toContain("Permission denied");
  });

  it("gets no name of a published file in its folder, and neither writes, cuts nor removes one", async () => {
    const old = join(base, "old");
    const tries = [`ln ${old} ${folder}/x`, `echo evil > ${old}`, `truncate -s 0 ${old}`, `rm -f ${old}`];
    for (const words of [...tries, `mv ${old} ${folder}/x`, `touch ${base}/more`, `mkdir ${base}/dir`])
      expect((await inside(`(${words}) || exit 7; exit 0`)).code, words).toBe(7);
    expect(readFileSync(old, "utf8")).toBe("as it was");
    expect(readdirSync(base)).toEqual(["old"]);
  });

  it.each([
    ["mount", (at: string) => `mount -t tmpfs none ${at}`],
    ["make namespaces", () => "unshare --mount true"],
    ["open a device", (at: string) => `mknod ${at}/disk b 254 0; dd if=${at}/disk of=/dev/null count=1`],
    ["end those outside", () => `kill -9 ${process.pid}`],
    ["leave the group that is ended together", () => "setsid true"],
  ])("cannot %s", async (_, words) => {
    const { code, stderr } = await inside(`(${words(folder)}) || exit 7; exit 0`);
    expect(code, stderr).toBe(7);
    await inside(`rm -f ${folder}/disk`);
  });

  it("still makes what a backup is made of: owners, modes, devices, hard links", async () => {
    const { code, stderr } = await inside(
      `cd ${folder} && touch f && chown 12:34 f && chmod 4755 f && ln f g && mkfifo p && mknod d c 1 3 && rm f g p d`,
    );
    expect(code, stderr).toBe(0);
  });

  it("ends with whoever holds it", async () => {
    const mark = `987655${process.pid}`;
    const argv = ["/bin/sh", "-c", `trap "" TERM; sleep ${mark} & sleep ${mark}`];
    const program = await startSandboxed({ sandbox, views: views(), argv }, ["sleep", mark], {});
    await waitUntil(() => processesMentioning(mark).length >= 4, { what: "all of it to run" });
    program.kill();
    await waitUntil(() => processesMentioning(`sleep ${mark}`).length === 0, {
      what: "all of it to be gone",
      deadlineMs: 1000,
    });
    await program.done;
  });
});

it("is not taken for a sandbox where a device could be opened", async () => {
  expect(await trySandbox(base, ["landlock"])).toMatchObject({
    whyNot: expect.stringContaining("mount the backup disk nodev"),
  });
  expect(readdirSync(base)).toEqual(["old"]);
});
