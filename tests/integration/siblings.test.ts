// Hosts of one trust group: what a snapshot of one holds is not sent again by another, and every tree is exactly its own host's.
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compareTrees } from "../support/compare-trees.ts";
import { plantTree } from "../support/hostile-tree.ts";
import { content, GROUP, logOf, received, type SiblingSite, siblingSite } from "../support/sibling-site.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";

const LONG_VALUE = "v".repeat(100);

let sshd: TestSshd;
let site: SiblingSite;
let at: SiblingSite["at"];
let host: SiblingSite["host"];
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());
beforeEach(async () => {
  site = await siblingSite(sshd);
  ({ at, host } = site);
});
afterEach(() => site.world.dispose());

/** Changes a file's content and neither its size nor its time, to the nanosecond. */
async function rewrite(path: string, content: Buffer): Promise<void> {
  await runTool("touch", ["-r", path, at("../time")]);
  writeFileSync(path, content);
  await runTool("touch", ["-r", at("../time"), path]);
}

/** Files, links and devices with everything that a copy of another host's could get wrong. */
async function plantDelicate(): Promise<void> {
  await plantTree(site.source, { sparseMebibytes: 16 });
  for (const [seed, name] of [
    "twin",
    "owner",
    "mode",
    "xattr",
    "capable",
    "acl",
    "together",
    "apart",
  ].entries())
    writeFileSync(at(name), content(seed, 5000));
  writeFileSync(at("together-2"), readFileSync(at("together")));
  linkSync(at("apart"), at("apart-2"));
  await runTool("touch", ["-d", "@1700000000.123456789", at("together"), at("together-2")]);
  chownSync(at("capable"), 0, 5);
  await runTool("setcap", ["cap_net_raw+ep", at("capable")]);
  for (const name of ["xattr", "twin"])
    await runTool("setfattr", ["-n", "user.long", "-v", LONG_VALUE, at(name)]);
  symlinkSync("nowhere", at("labelled"));
  await runTool("mknod", [at("device"), "c", "1", "3"]);
  for (const name of ["labelled", "device"])
    await runTool("setfattr", ["-h", "-n", "trusted.long", "-v", LONG_VALUE, at(name)]);
  writeFileSync(at("large"), content(99, 8_000_000));
}

async function diverge(): Promise<void> {
  await rewrite(at("twin"), content(77, 5000));
  chownSync(at("owner"), 4711, 4712);
  chmodSync(at("mode"), 0o4751);
  await runTool("setfattr", ["-n", "user.long", "-v", "w".repeat(100), at("xattr")]);
  await runTool("setfacl", ["-m", "u:4711:rw", at("acl")]);
  rmSync(at("together-2"));
  linkSync(at("together"), at("together-2"));
  const apart = readFileSync(at("apart-2"));
  const { mtime } = statSync(at("apart-2"));
  rmSync(at("apart-2"));
  writeFileSync(at("apart-2"), apart);
  utimesSync(at("apart-2"), mtime, mtime);
  writeFileSync(at("own"), content(55, 3000));
}

describe("the first backup of a clone", () => {
  it("has just what that host has, and nothing of what it is alike in was sent again", async () => {
    await plantDelicate();
    await host("web1", ...GROUP);
    await host("web2", ...GROUP);
    const first = await site.backUp("web1");
    const before = await treeFacts(site.treeOf(first));
    await diverge();
    const second = await site.backUp("web2");
    expect(await site.differences(second)).toEqual([]);
    expect(compareTrees(before, await treeFacts(site.treeOf(first)))).toEqual([]);
    expect(received(first)).toBeGreaterThan(13_000_000);
    expect(received(second)).toBeLessThan(500_000);
    expect(second.run).toMatchObject({ status: "succeeded", base: null, warnings: [] });
    expect(second.run.stats).toMatchObject({ copiedInsteadOfLinked: 0 });
    for (const name of ["large", "capable", "labelled"])
      expect(lstatSync(join(site.treeOf(second), name)).ino).not.toBe(
        lstatSync(join(site.treeOf(first), name)).ino,
      );
    expect(logOf(second)).toContain(`trust group image: web1 (${first.snapshot.name})`);
    expect(logOf(second)).toMatch(/Not sent again, because web1 has it here: [\d.]+ MiB in \d+ files/);
    expect(await site.catalogued("web2")).toEqual({ ways: ["log"], wrong: [], wrongSums: [] });
    await site.ok("verify", "web2");
    const third = await site.backUp("web2");
    expect(third.run.stats).toMatchObject({ newFiles: 0, newBytes: 0, copiedInsteadOfLinked: 0 });
    expect(await site.differences(third)).toEqual([]);
    expect(existsSync(join(dirname(third.snapshot.dataPath), "wanted.0"))).toBe(false);
  });

  it.each([
    ["without a group", [], ""],
    ["of another group", ["--trust-group", "other"], "No other host of the trust group other"],
    ["that was taken out of it", [...GROUP, "off"], ""],
    ["with --whole-file", [...GROUP, "--rsync-arg=--whole-file"], "not used: --whole-file"],
  ])("%s is sent as a whole", async (_, options, said) => {
    writeFileSync(at("large"), content(1, 2_000_000));
    await host("web1", ...GROUP);
    await host("web2", ...GROUP);
    await host("web2", ...(options.at(-1) === "off" ? ["--trust-group", "off"] : ["--unset", "trustGroup"]));
    if (options.length > 0 && options.at(-1) !== "off") await host("web2", ...options);
    await site.backUp("web1");
    const second = await site.backUp("web2");
    expect(received(second)).toBeGreaterThan(2_000_000);
    expect(logOf(second)).toContain(said);
  });

  it("uses nothing where there is no sandbox, and says so", async () => {
    writeFileSync(at("large"), content(1, 2_000_000));
    await host("web1", ...GROUP);
    await host("web2", ...GROUP);
    await site.backUp("web1");
    await site.ok("configure-global", "--sandbox", "off");
    const second = await site.backUp("web2");
    expect(received(second)).toBeGreaterThan(2_000_000);
    expect(logOf(second)).toContain(
      "of the trust group image are not used: only a sandbox of the kind bubblewrap",
    );
  });

  it.each([
    ["before it is looked into", 3, "The snapshot of web1 is gone: what it had is sent"],
    ["while it is looked into", 4, ""],
  ])("goes well when the other host's snapshot is removed %s", async (_, call, said) => {
    writeFileSync(at("large"), content(1, 2_000_000));
    await host("web1", ...GROUP);
    const first = await site.backUp("web1");
    const wrapper = join(site.world.dir, "rsync-there");
    const aside = join(site.world.dir, "pruned");
    const lines = [
      ...["#!/bin/sh", `echo >> ${wrapper}.calls`],
      `if [ $(wc -l < ${wrapper}.calls) = ${call} ]; then mv ${first.snapshot.dataPath} ${aside}; rm -rf ${aside}; fi`,
      'exec rsync "$@"',
    ];
    writeFileSync(wrapper, `${lines.join("\n")}\n`, { mode: 0o755 });
    await host("web2", ...GROUP, "--rsync-path", wrapper);
    // A folder besides, so that something is fetched before.
    await runTool("mkdir", [at("folder")]);
    const second = await site.backUp("web2");
    expect(existsSync(first.snapshot.dataPath)).toBe(false);
    expect(await site.differences(second)).toEqual([]);
    expect(logOf(second)).toContain(said);
  });

  it("looks into no snapshot that is known to be damaged", async () => {
    writeFileSync(at("large"), content(1, 2_000_000));
    await host("web1", ...GROUP);
    const first = await site.backUp("web1");
    await rewrite(join(site.treeOf(first), "large"), content(2, 2_000_000));
    await host("web2", ...GROUP);
    const second = await site.backUp("web2");
    expect(await site.differences(second)).toEqual([]);
    await site.pobsync.run("verify", "web1");
    await site.pobsync.run("verify", "web2");
    await host("web3", ...GROUP);
    expect(logOf(await site.backUp("web3"))).toMatch(/trust group image: web2 \([^)]*\)\n/);
  });
});

describe("a later backup", () => {
  it("takes a package that another host has upgraded from there", async () => {
    writeFileSync(at("program"), content(1, 3_000_000));
    writeFileSync(at("kept"), content(2, 3_000_000));
    await host("web1", ...GROUP);
    await host("web2", ...GROUP);
    await site.backUp("web2");
    writeFileSync(at("program"), content(3, 3_500_000));
    writeFileSync(at("program-data"), content(4, 1_000_000));
    linkSync(at("program-data"), at("program-data-again"));
    await site.backUp("web1");
    const second = await site.backUp("web2");
    expect(received(second)).toBeLessThan(200_000);
    expect(await site.differences(second)).toEqual([]);
    expect(second.run.stats).toMatchObject({ newFiles: 2, createdFiles: 1, copiedInsteadOfLinked: 0 });
    expect(await site.catalogued("web2")).toEqual({ ways: ["log", "log"], wrong: [], wrongSums: [] });
  });

  it("builds on its own last version where that has the size of the new one", async () => {
    writeFileSync(at("fixed"), content(1, 3_000_000));
    await host("web1", ...GROUP);
    await host("web2", ...GROUP);
    await site.backUp("web2");
    const mine = content(1, 3_000_000);
    writeFileSync(at("fixed"), content(9, 3_000_000));
    await site.backUp("web1");
    mine[5] = (mine[5] ?? 0) ^ 1;
    writeFileSync(at("fixed"), mine);
    const second = await site.backUp("web2");
    expect(received(second)).toBeLessThan(100_000);
    expect(await site.differences(second)).toEqual([]);
  });
});
