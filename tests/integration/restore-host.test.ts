// Restores to a host over ssh: as exact as here, with the pinned key, without a shell that sees a name.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareTrees } from "../support/compare-trees.ts";
import { planted } from "../support/hostile-tree.ts";
import { makeRestoreSite, type RestoreSite, restore } from "../support/restoring.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { treeFacts } from "../support/tree-facts.ts";

let made: RestoreSite;
let sshd: TestSshd;
beforeAll(async () => {
  [made, sshd] = await Promise.all([makeRestoreSite(), startSshd()]);
  await made.site.configureHost("web", sshd, "--source", made.source);
  await made.site.configureHost("spare", sshd, "--source", made.source);
  await made.site.backUp("web");
});
afterAll(async () => {
  await made.site.world.dispose();
  await sshd.stop();
});

const run = (exit: number, ...args: string[]) => restore(made.site, exit, ...args);

describe("to a folder of a host", () => {
  it("everything arrives as it was, whatever the folder is called, and the snapshots stay as they are", async () => {
    const { source, expected, at } = made;
    const before = await made.snapshots();
    const dir = at('a folder\'s "new" $(touch pwned) name', "deeper", "~;&|<>{a,b}!#ü");
    const done = await run(0, `nas:${source}`, "--to-host", `spare:${dir}`, "--check");
    expect(compareTrees(expected, await treeFacts(join(dir, "tree")))).toEqual([]);
    expect(done).toMatchObject({
      run: { host: "nas", status: "succeeded", sandbox: "bubblewrap" },
      target: { kind: "host", host: "spare", path: join(dir, "tree") },
      preview: { created: expected.entries.size, overwritten: 0, deleted: 0 },
      checked: { differences: 0 },
    });
    expect(compareTrees(before, await made.snapshots())).toEqual([]);
    const again = await run(0, `nas:${source}`, "--to-host", `spare:${dir}`, "--dry-run", "--check");
    expect(again.preview).toMatchObject({ created: 0, overwritten: 0, unchanged: expected.entries.size });
  });

  it("a whole host keeps its paths there, and what is in the way is only overwritten after --yes", async () => {
    const { source, expected, at } = made;
    const dir = at("whole");
    mkdirSync(dir);
    await run(0, "nas", "--to-host", `spare:${dir}`);
    expect(compareTrees(expected, await treeFacts(join(dir, source)))).toEqual([]);
    writeFileSync(join(dir, source, planted.text), "changed");
    writeFileSync(join(dir, source, "extra"), "extra");
    const refused = await run(2, "nas", "--to-host", `spare:${dir}`, "--delete");
    expect(refused).toMatchObject({
      problem: { code: "confirmation_needed" },
      preview: { deleted: 1, items: { deleted: [join(dir, source, "extra")] } },
    });
    expect(readFileSync(join(dir, source, planted.text), "utf8")).toBe("changed");
    await run(0, "nas", "--to-host", `spare:${dir}`, "--delete", "--yes", "--check");
    expect(compareTrees(expected, await treeFacts(join(dir, source)))).toEqual([]);
  });

  it("a folder that rsync would take for a pattern is refused, and so is one that is a file", async () => {
    for (const name of ["st*r", "wh?t", "[x]"])
      await run(2, `nas:${made.source}`, "--to-host", `spare:${made.at(name)}`);
    writeFileSync(made.at("a file"), "");
    await run(2, `nas:${made.source}`, "--to-host", `spare:${made.at("a file")}`);
    await run(5, `nas:${made.source}`, "--to-host", "nobody:/srv");
  });
});

describe("in place over ssh", () => {
  it("lost files come back with the folders that were lost; a link above them is followed, not replaced", async () => {
    const { source, expected, at } = made;
    const above = dirname(source);
    renameSync(above, at("moved"));
    symlinkSync(at("moved"), above);
    rmSync(join(source, "deep"), { recursive: true });
    const file = join(source, planted.deepest);
    expect(await run(2, `web:${file}`, "--in-place")).toMatchObject({ preview: { overwritten: 0 } });
    expect(existsSync(file)).toBe(false);
    const one = await run(0, `web:${file}`, "--in-place", "--yes");
    // The file and the thirty-one folders that it lies in.
    expect(one.preview).toMatchObject({ created: 32, overwritten: 0, deleted: 0 });
    await run(0, "web", "--in-place", "--yes", "--check", "--delete");
    expect(compareTrees(expected, await treeFacts(at("moved", "tree")))).toEqual([]);
    expect(statSync(join(source, planted.deepest)).isFile()).toBe(true);
    expect(readdirSync(at("moved"))).toEqual(["tree"]);
  });

  it("of another host, --to-host without a folder means its own paths, and needs --yes", async () => {
    const { source } = made;
    const file = join(source, planted.text);
    expect(await run(0, `nas:${file}`, "--to-host", "spare")).toMatchObject({ run: null, problem: null });
    writeFileSync(file, "changed");
    expect(await run(2, `nas:${file}`, "--to-host", "spare")).toMatchObject({
      target: { kind: "host", host: "spare", path: file },
      problem: { code: "confirmation_needed" },
    });
    await run(0, `nas:${file}`, "--to-host", "spare", "--yes");
    expect(readFileSync(file, "utf8")).toContain("Ada");
  });
});

describe("what a host may refuse", () => {
  it.each([
    ["a key that may only read", "rrsync -ro /", "restore_refused_by_host"],
    ["a command that ends at once", "/bin/false", "remote_rsync_refused"],
  ])("%s is named, with what is needed", async (_, command, code) => {
    sshd.setForcedCommand(command);
    try {
      const { stderr, ...result } = await made.site.pobsync.run(
        ...["--json", "restore", `web:${made.source}`, "--in-place", "--yes"],
      );
      expect({ exit: result.code, code: result.json().problem.code }).toEqual({ exit: 1, code });
      if (code === "restore_refused_by_host") expect(stderr).toContain("--to DIR");
    } finally {
      sshd.setForcedCommand(null);
    }
  });

  it("a sudo rule for reading only is named so too", async () => {
    const script = made.at("sudo-rsync");
    const refusal = "Sorry, user backup is not allowed to execute 'rsync' as root.";
    const lines = [
      `case "$*" in *--sender*) exec rsync "$@" ;; esac`,
      `echo "sudo: ${refusal}" >&2`,
      "exit 1",
    ];
    writeFileSync(script, `#!/bin/sh\n${lines.join("\n")}\n`, { mode: 0o755 });
    await made.site.ok("configure-host", "spare", "--rsync-path", script);
    const result = await made.site.pobsync.run(
      ...["--json", "restore", `nas:${made.source}`, "--to-host", `spare:${made.at("sudo")}`],
    );
    expect(result.json().problem).toMatchObject({
      code: "restore_refused_by_host",
      detail: expect.stringContaining(refusal),
    });
    await made.site.ok("configure-host", "spare", "--unset", "remoteRsync");
  });

  it("an account that may not write there is named, and what arrived stays", async () => {
    chmodSync(made.site.world.dir, 0o755);
    const dir = made.at("not for everybody");
    mkdirSync(dir, { mode: 0o755 });
    const nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups rsync";
    await made.site.ok("configure-host", "spare", "--rsync-path", nobody);
    const file = `nas:${made.source}/${planted.text}`;
    const failed = await run(1, file, "--to-host", `spare:${dir}`);
    expect(failed.run?.problem).toMatchObject({
      code: "restore_target_unwritable",
      message: expect.stringContaining(`stays in spare:${dir}`),
    });
    await made.site.ok("configure-host", "spare", "--unset", "remoteRsync");
  });

  it("a host that changed its key, or does not answer, is named as for a backup", async () => {
    await sshd.rekey();
    const changed = await made.site.pobsync.run("--json", "restore", `web:${made.source}`, "--in-place");
    expect([changed.code, changed.json().problem.code]).toEqual([1, "host_key_changed"]);
    await sshd.stop();
    const gone = await made.site.pobsync.run("--json", "restore", `web:${made.source}`, "--in-place");
    expect([gone.code, gone.json().problem.code]).toEqual([1, "connection_refused"]);
  });
});
