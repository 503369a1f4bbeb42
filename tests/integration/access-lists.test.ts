// Access control lists come from a Linux host as attributes; from any other, and where somebody wants it so, by themselves.
import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BackupDone, type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";

let site: BackupSite;
let sshd: TestSshd;
let tree: string;
let host = "";
let hosts = 0;

beforeAll(async () => {
  [site, sshd] = await Promise.all([makeSite(), startSshd()]);
});
afterAll(async () => {
  await site.world.dispose();
  await sshd.stop();
});

const at = (name: string): string => join(tree, name);
const give = (entry: string, ...names: string[]) => runTool("setfacl", ["-m", entry, ...names.map(at)]);

/** Of every kind one with a list, and in a folder that gives each new entry one those that have none. */
beforeEach(async () => {
  hosts += 1;
  host = `host-${hosts}`;
  tree = join(site.world.hostDir, host);
  mkdirSync(at("giving"), { recursive: true });
  await give("d:u:23456:rwx,d:g:34567:r-x", "giving");
  for (const place of ["", "giving/"]) {
    for (const kind of ["plain", "with"]) {
      mkdirSync(at(`${place}${kind} folder`));
      writeFileSync(at(`${place}${kind} file`), "content", { mode: 0o640 });
      await runTool("mkfifo", [at(`${place}${kind} pipe`)]);
      await runTool("mknod", [at(`${place}${kind} device`), "c", "1", "3"]);
    }
    symlinkSync("plain file", at(`${place}link`));
    await runTool("ln", [at(`${place}with file`), at(`${place}second name`)]);
    const [plain, owned] = ["plain", "with"].map((kind) =>
      ["folder", "file", "pipe", "device"].map((what) => `${place}${kind} ${what}`),
    );
    await runTool("setfacl", ["-b", ...(plain ?? []).map(at)]);
    await give("u:12345:rwx,g:54321:r-x,m::r-x,o::-", ...(owned ?? []));
  }
  writeFileSync(at("giving/with nothing of the host's own"), "it has one by now", { mode: 0o600 });
  // To such a folder rsync gives a list with fewer rights than it should, and the sticky bit afterwards.
  for (const name of ["sticky", "sticky too"]) {
    mkdirSync(at(name), { mode: 0o750 });
    await give("u:12345:rwx", name);
    await runTool("chmod", ["1750", at(name)]);
    writeFileSync(at(`${name}/file`), "content");
  }
});

const backUp = async (): Promise<{ done: BackupDone; log: string }> => {
  const done = await site.backUp(host);
  const log = gunzipSync(readFileSync(join(done.snapshot.dataPath, "../rsync.log.gz"))).toString("latin1");
  return { done, log };
};
/** What a snapshot has that the host has not, or the other way round. */
const differences = async ({ snapshot }: BackupDone): Promise<string[]> =>
  compareTrees(await treeFacts(tree), await treeFacts(join(snapshot.dataPath, tree)));

const SAID = "Access control lists come as attributes";

describe("access control lists", () => {
  it.each([
    ["over ssh", ["--transport", "ssh"]],
    ["of this very machine", ["--transport", "local"]],
  ])("%s are in a snapshot as they were, and where there is none there is none", async (_, transport) => {
    await site.configureHost(host, sshd, "--source", tree, ...transport);
    const { done, log } = await backUp();
    expect(log).toContain(SAID);
    expect(await differences(done)).toEqual([]);
    await give("u:45678:r--", "plain file", "sticky");
    utimesSync(at("with pipe"), 1000, 1000);
    expect(await differences((await backUp()).done)).toEqual([]);
  });

  it("may come, change and go from one backup to the next, and all else stays shared", async () => {
    await site.configureHost(host, sshd, "--source", tree);
    await site.backUp(host);
    await give("u:45678:r--", "plain file", "with file", "with folder", "with pipe", "giving/plain device");
    await runTool("setfacl", ["-b", at("giving/with file"), at("giving/with folder"), at("with device")]);
    await runTool("setfacl", ["-k", at("giving")]);
    writeFileSync(at("sticky/another"), "a folder with another time");
    const { done } = await backUp();
    expect(await differences(done)).toEqual([]);
    const { done: again } = await backUp();
    expect(await differences(again)).toEqual([]);
    expect(again.run.stats).toMatchObject({ newFiles: 0, newBytes: 0 });
  });

  it("of a pipe and a device are there also when only their times have changed", async () => {
    await site.configureHost(host, sshd, "--source", tree);
    await site.backUp(host);
    for (const name of ["with pipe", "with device", "giving/with pipe"]) utimesSync(at(name), 1000, 1000);
    expect(await differences((await backUp()).done)).toEqual([]);
  });

  it("come by themselves from a host that does not look like Linux, or if somebody wants it so", async () => {
    const other = join(site.world.dir, "without-proc");
    writeFileSync(
      other,
      '#!/bin/sh\nexec unshare -m sh -c \'umount -l /proc; exec rsync "$@"\' rsync "$@"\n',
      {
        mode: 0o755,
      },
    );
    // Such lists rsync does not get right by itself.
    for (const name of ["sticky", "sticky too"]) rmSync(at(name), { recursive: true });
    await site.configureHost(host, sshd, "--source", tree, "--rsync-path", other);
    const first = await backUp();
    expect(first.log).not.toContain(SAID);
    expect(await differences(first.done)).toEqual([]);
    await site.configureHost(host, sshd, "--unset", "remoteRsync", "--rsync-arg=--acls");
    await give("u:45678:r--", "plain file");
    const second = await backUp();
    expect(second.log).not.toContain(SAID);
    expect(await differences(second.done)).toEqual([]);
    await site.configureHost(host, sshd, "--unset", "rsyncArgs");
    const third = await backUp();
    expect(third.log).toContain(SAID);
    expect(third.done.run.stats).toMatchObject({ newFiles: 0, newBytes: 0 });
    expect(await differences(third.done)).toEqual([]);
  });

  it("come as attributes in several streams too", async () => {
    await site.configureHost(host, sshd, "--source", tree, "--streams", "3");
    for (let n = 0; n < 30; n += 1) writeFileSync(at(`giving/part ${n}`), Buffer.alloc(200_000, n + 1));
    const { done, log } = await backUp();
    expect(log).toContain("comes in 3 streams");
    expect(await differences(done)).toEqual([]);
    rmSync(at("giving/part 1"));
    expect(await differences((await backUp()).done)).toEqual([]);
  });
});
