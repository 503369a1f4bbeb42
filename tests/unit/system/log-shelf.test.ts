// Where logs lie, and what upkeep removes there: old logs, and nothing else.
import {
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import {
  discardOldLogs,
  existingLog,
  linkLog,
  makeLogFolder,
  runLogFile,
} from "../../../src/system/log-shelf.ts";
import { openRunLog } from "../../../src/system/run-log.ts";
import { snapshotFolder } from "../../../src/system/snapshot-tree.ts";
import { waitUntil } from "../../support/wait-until.ts";

const dir = mkdtempSync(join(tmpdir(), "pobsync-shelf-"));
afterAll(() => rmSync(dir, { recursive: true }));
let roots = 0;
function newRoot(): string {
  const root = join(dir, `${++roots}`);
  mkdirSync(root);
  return root;
}
const daysAgo = (days: number): Date => new Date(Date.UTC(2026, 2, 1) - days * 86_400_000);

describe("the logs of a host", () => {
  it("lie in a private folder of their own, which may be there already", async () => {
    const root = newRoot();
    await makeLogFolder(root, "ada-laptop");
    await makeLogFolder(root, "ada-laptop");
    expect(runLogFile(root, "ada-laptop", 7)).toBe(join(root, "ada-laptop/logs/7.log.gz"));
    for (const folder of ["ada-laptop", "ada-laptop/logs"])
      expect(statSync(join(root, folder)).mode & 0o777).toBe(0o700);
  });

  it("are not made on a backup disk that is not there", async () => {
    await expect(makeLogFolder(join(dir, "unmounted"), "ada-laptop")).rejects.toThrow("ENOENT");
  });

  it("are discarded once they are old, and nothing else is", async () => {
    const root = newRoot();
    await makeLogFolder(root, "mail");
    const folder = join(root, "mail/logs");
    const elsewhere = join(root, "1.log.gz");
    const others = [
      "5.log.gz.new",
      "notes.txt",
      "1234567890123456.log.gz",
      "-6.log.gz",
      "a.log.gz",
      " 7.log.gz",
      "8.log.gz\n",
    ];
    for (const name of ["1.log.gz", "2.log.gz", "123456789012345.log.gz", ...others])
      writeFileSync(join(folder, name), "old");
    writeFileSync(elsewhere, "not in the folder");
    symlinkSync(elsewhere, join(folder, "3.log.gz"));
    mkdirSync(join(folder, "4.log.gz"));
    for (const name of readdirSync(folder)) lutimesSync(join(folder, name), daysAgo(40), daysAgo(40));
    lutimesSync(elsewhere, daysAgo(40), daysAgo(40));
    lutimesSync(join(folder, "2.log.gz"), daysAgo(30), daysAgo(30));
    expect(await discardOldLogs(root, "mail", daysAgo(30))).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(["2.log.gz", "3.log.gz", "4.log.gz", ...others].sort());
    expect(readFileSync(elsewhere, "utf8")).toBe("not in the folder");
  });

  it("are not looked for behind a link, nor where there are none", async () => {
    const root = newRoot();
    await makeLogFolder(root, "mail");
    writeFileSync(runLogFile(root, "mail", 1), "old");
    mkdirSync(join(root, "nas"));
    symlinkSync(join(root, "mail/logs"), join(root, "nas/logs"));
    expect(await discardOldLogs(root, "nas", new Date(8.64e15))).toBe(0);
    expect(await discardOldLogs(root, "ada-laptop", new Date(8.64e15))).toBe(0);
    expect(await discardOldLogs(root, "mail", new Date(8.64e15))).toBe(1);
  });
});

describe("the log of a snapshot", () => {
  it("is the run's log, which stays when upkeep discards that", async () => {
    const root = newRoot();
    await makeLogFolder(root, "nas");
    const target = join(root, "rsync.log.gz");
    const log = openRunLog(runLogFile(root, "nas", 7));
    log.write("transferred\n");
    await waitUntil(() => existsSync(runLogFile(root, "nas", 7)), { what: "the log to be open" });
    await linkLog(root, "nas", 7, target);
    log.write("published\n");
    await log.close();
    expect(lstatSync(target).nlink).toBe(2);
    expect(await discardOldLogs(root, "nas", new Date(8.64e15))).toBe(1);
    expect(gunzipSync(readFileSync(target)).toString()).toBe("transferred\npublished\n");
  });

  it("is where the log of a run is found once the run's own is gone", async () => {
    const root = newRoot();
    await makeLogFolder(root, "nas");
    const name = "20260301T020000Z-scheduled-3fa9c1";
    const folder = snapshotFolder(root, "nas", name);
    const [own, inSnapshot] = [runLogFile(root, "nas", 9), join(folder, "rsync.log.gz")];
    mkdirSync(folder, { recursive: true });
    for (const path of [own, inSnapshot]) writeFileSync(path, "");
    expect(await existingLog(root, "nas", 9, name)).toBe(own);
    rmSync(own);
    expect(await existingLog(root, "nas", 9, name)).toBe(inSnapshot);
    expect(await existingLog(root, "nas", 9, null)).toBe(null);
    rmSync(inSnapshot);
    expect(await existingLog(root, "nas", 9, name)).toBe(null);
  });

  it("is missing when the run has none, and replaces nothing", async () => {
    const root = newRoot();
    const target = join(root, "rsync.log.gz");
    await linkLog(root, "nas", 8, target);
    expect(readdirSync(root)).toEqual([]);
    await makeLogFolder(root, "nas");
    writeFileSync(runLogFile(root, "nas", 8), "");
    writeFileSync(target, "another");
    await expect(linkLog(root, "nas", 8, target)).rejects.toThrow("EEXIST");
    expect(readFileSync(target, "utf8")).toBe("another");
  });
});
