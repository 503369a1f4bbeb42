// Limits of what a host may send: a backup that passes one ends with a named problem, and leaves the disk as it was.

import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withSmallDisk } from "../support/small-disk.ts";
import { makeSshSite, type SshSite } from "../support/ssh-site.ts";

const MEBI = 1024 * 1024;
const NONE = [
  "quotaBytes",
  "maxNewBytes",
  "maxFileBytes",
  "maxEntries",
  "maxDurationSeconds",
  "remoteRsync",
  "streams",
  "bwlimit",
].flatMap((name) => ["--unset", name]);

/** rsync of a host that sends ten bytes a second once it has been asked for something. */
const TRICKLE = `#!/usr/bin/perl
exec 'rsync', @ARGV unless grep { $_ eq '--server' } @ARGV;
open my $in, '-|', 'rsync', @ARGV or die;
while (sysread $in, my $byte, 1) { syswrite STDOUT, $byte; select undef, undef, undef, 0.1 }
`;

let site: SshSite;
beforeAll(async () => {
  site = await makeSshSite();
});
afterAll(() => site.dispose());
beforeEach(async () => {
  rmSync(site.source, { recursive: true });
  mkdirSync(site.source);
  put("a", 1024);
  await site.configure(...NONE, "--max-shrink", "100");
});

const put = (name: string, bytes: number): void => writeFileSync(join(site.source, name), randomBytes(bytes));
const incomplete = (): string[] => {
  const folder = join(site.world.backupRoot, "web1", "incomplete");
  return existsSync(folder) ? readdirSync(folder) : [];
};
/** Ends so, and leaves what there was before. */
const endsWithin = async (code: string) => {
  const before = (await site.ok("--json", "snapshots", "web1")).stdout;
  const { exit, problem, dataPath } = await site.backup();
  expect({ exit, code: problem?.code, dataPath }).toEqual({ exit: 1, code, dataPath: null });
  expect((await site.ok("--json", "snapshots", "web1")).stdout).toBe(before);
  return problem;
};
/** The same, and frees what had come. */
const endsWith = async (code: string) => {
  const problem = await endsWithin(code);
  expect(incomplete()).toEqual([]);
  return problem;
};

describe("a backup ends", () => {
  it("when it would bring more than --max-new, which is known before it is fetched; the first one may", async () => {
    await site.configure("--max-new", "1M");
    put("first", 3 * MEBI);
    expect(await site.backup()).toMatchObject({ exit: 0 });
    put("second", 3 * MEBI);
    const problem = await endsWith("growth_exceeded");
    expect(problem?.message).toBe("web1 has more than 1M of new content since its last snapshot.");
    expect(problem?.hint).toContain("pobsync configure-host web1 --max-new 2M");
    await site.configure("--max-new", "4M");
    expect(await site.backup()).toMatchObject({ exit: 0 });
  });

  it("when all snapshots together would take more than --quota", async () => {
    put("old", 2 * MEBI);
    expect(await site.backup()).toMatchObject({ exit: 0 });
    const [{ storedBytes }] = (await site.ok("--json", "space", "web1")).json().items;
    await site.configure("--quota", `${Math.ceil(storedBytes / 1024) + 3 * 1024}k`);
    put("more", 2 * MEBI);
    expect(await site.backup()).toMatchObject({ exit: 0 });
    // Gone on the host, and still there in the snapshots.
    rmSync(join(site.source, "old"));
    put("yet more", 2 * MEBI);
    const problem = await endsWith("quota_exceeded");
    expect(problem?.hint).toContain("pobsync configure-host web1 --quota ");
  });

  it("when several streams together bring more than --quota", async () => {
    expect(await site.backup()).toMatchObject({ exit: 0 });
    const [{ storedBytes }] = (await site.ok("--json", "space", "web1")).json().items;
    await site.configure("--streams", "3", "--quota", `${Math.ceil(storedBytes / 1024) + 3 * 1024}k`);
    for (let n = 0; n < 30; n += 1) put(`part ${n}`, MEBI / 5);
    await endsWith("quota_exceeded");
    for (let n = 0; n < 20; n += 1) rmSync(join(site.source, `part ${n}`));
    const { exit, dataPath } = await site.backup();
    expect(exit).toBe(0);
    const log = gunzipSync(readFileSync(join(dataPath ?? "", "../rsync.log.gz")));
    expect(log.toString("latin1")).toContain("comes in 3 streams");
  });

  it("when there is no end of entries", async () => {
    await site.configure("--max-entries", "500");
    for (let n = 0; n < 2000; n += 1) writeFileSync(join(site.source, `file ${n}`), "");
    await endsWith("too_many_entries");
    // So few that the next test may take them all away without looking suspicious.
    for (let n = 0; n < 1960; n += 1) rmSync(join(site.source, `file ${n}`));
    expect(await site.backup()).toMatchObject({ exit: 0 });
    for (let n = 0; n < 1960; n += 1) writeFileSync(join(site.source, `file ${n}`), "");
    await endsWith("too_many_entries");
  });

  it("at once when a file is all holes and longer than that, while its holes count for no quota", async () => {
    put("b", 1000);
    expect(await site.backup()).toMatchObject({ exit: 0 });
    truncateSync(join(site.source, "a"), 2 ** 43);
    await site.configure("--max-new", "1G");
    await endsWith("growth_exceeded");
    await site.configure("--max-file-size", "1G");
    expect(await site.backup()).toMatchObject({ exit: 3, problem: { code: "files_too_large" } });
    truncateSync(join(site.source, "a"), 2 ** 28);
    const [{ storedBytes }] = (await site.ok("--json", "space", "web1")).json().items;
    await site.configure(...NONE, "--quota", `${Math.ceil(storedBytes / 1024) + 1024}k`);
    expect(await site.backup()).toMatchObject({ exit: 0 });
  });
});

describe("a transfer that takes longer than --max-duration", () => {
  it("is ended also when a byte comes now and then, which is no standstill", async () => {
    expect(await site.backup()).toMatchObject({ exit: 0 });
    const trickle = join(site.world.dir, "trickle");
    writeFileSync(trickle, TRICKLE, { mode: 0o755 });
    await site.configure("--rsync-path", trickle, "--stall-timeout", "2s", "--max-duration", "4s");
    const problem = await endsWithin("transfer_too_long");
    expect(problem?.message).toBe("The transfer from web1 was not at its end after 4s.");
    expect(problem?.hint).toContain("pobsync configure-host web1 --max-duration 8s");
  });

  it("leaves what came to the next backup", async () => {
    for (let n = 0; n < 40; n += 1) put(`part ${n}`, MEBI / 16);
    await site.configure("--bwlimit", "256k", "--max-duration", "4s");
    await endsWithin("transfer_too_long");
    expect(incomplete()).toHaveLength(1);
    await site.configure(...NONE);
    expect(await site.backup()).toMatchObject({ exit: 0 });
    const [{ stats }] = (await site.ok("--json", "runs", "web1")).json().items;
    expect(stats.receivedBytes).toBeLessThan(2.2 * MEBI);
  });
});

describe("a file that is larger than --max-file-size", () => {
  it("is left out and named, also when a smaller one was there before", async () => {
    const names = ["grew\n", "plain", "ä ' \u0001"];
    for (const name of names) put(name, 1000);
    expect(await site.backup()).toMatchObject({ exit: 0 });
    for (const name of names) put(name, 20_000);
    await site.configure("--max-file-size", "10k");
    const { exit, warnings, dataPath } = await site.backup();
    expect({ exit, codes: warnings.map(({ code }) => code) }).toEqual({
      exit: 3,
      codes: ["files_too_large"],
    });
    expect(warnings[0]?.message).toBe("3 files are larger than 10K and not in the snapshot.");
    const shown = ["grew\\n", "plain", "ä ' \\x01"].map((name) => join(site.source, name));
    expect(warnings[0]?.detail?.split("\n").sort()).toEqual(shown.sort());
    expect(readdirSync(`${dataPath}${site.source}`)).toEqual(["a"]);
  });
});

describe("a disk that runs low", () => {
  it("ends the backup while others still have room", async () => {
    await withSmallDisk({ megabytes: 100 }, async (disk) => {
      const other = await makeSshSite({ backupRoot: join(disk, "root") });
      try {
        writeFileSync(join(other.source, "large"), randomBytes(90 * MEBI));
        await other.ok("configure-global", "--min-free", "40");
        await other.configure("--bwlimit", "20M");
        const { exit, problem } = await other.backup();
        expect({ exit, code: problem?.code }).toEqual({ exit: 1, code: "server_disk_full" });
        expect(problem?.message).toMatch(/^The backup was ended because only 1?\d\.\d % of the bytes/);
        expect(readdirSync(join(disk, "root", "web1", "incomplete"))).toEqual([]);
      } finally {
        await other.dispose();
      }
    });
  });
});
