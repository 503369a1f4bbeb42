import { describe, expect, it } from "vitest";
import { readRsnapshotConfiguration } from "../../../src/domain/legacy/rsnapshot.ts";
import { Problem } from "../../../src/domain/problem.ts";

const lines = (...given: readonly (readonly string[])[]): string =>
  given.map((fields) => fields.join("\t")).join("\n");
const read = (...given: readonly (readonly string[])[]) =>
  readRsnapshotConfiguration("rsnapshot.conf", lines(...given));

describe("an rsnapshot.conf", () => {
  it("becomes rules, patterns and one host for each first folder of a destination", () => {
    const found = read(
      ["# a comment"],
      ["config_version", "1.2"],
      ["snapshot_root", "/.snapshots/"],
      ["retain", "hourly", "6"],
      ["retain", "daily", "7"],
      ["interval", "monthly", "3"],
      ["exclude", "*.iso"],
      ["rsync_long_args", "--delete --numeric-ids --relative --delete-excluded --bwlimit=500"],
      ["ssh_args", "-p 2222 -i /root/.ssh/backup"],
      ["one_fs", "1"],
      ["backup", "/home/", "localhost/"],
      ["backup", "root@web1.example.org:/etc/", "web1/"],
      ["backup", "root@web1.example.org:/srv/www/", "web1/www/", "exclude=/srv/www/cache,one_fs=1"],
    );
    expect(found.settings).toEqual({
      ...{ keepHourly: 6, keepDaily: 7, keepMonthly: 3, excludes: ["*.iso"], oneFileSystem: true },
      ...{ bwlimit: 500 * 1024, sshPort: 2222, identityFile: "/root/.ssh/backup" },
    });
    const own = { enabled: null, schedule: null };
    expect(found.hosts).toEqual([
      { ...own, name: "localhost", address: null, transport: "local", settings: { sources: ["/home"] } },
      {
        ...{ ...own, name: "web1", address: "web1.example.org", transport: null },
        settings: {
          ...{ sources: ["/etc", "/srv/www"], sshUser: "root" },
          ...{ excludes: ["/srv/www/cache"], oneFileSystem: true },
        },
      },
    ]);
    expect(found.notes.filter(({ kind }) => kind === "unknown")).toEqual([]);
  });

  it("tells by line what has no place here", () => {
    const { notes } = read(
      ["retain", "alpha", "6"],
      ["backup_script", "/usr/local/bin/dump.sh", "dumps/"],
      ["include_conf", "/etc/more.conf"],
      ["backup", "rsync://nas/share/", "nas/"],
      ["backup", "/srv", "here/", "+rsync_long_args=--compress"],
    );
    expect(notes.map(({ key, kind }) => `${key} ${kind}`)).toEqual(
      [1, 2, 3, 4, 5].map((line) => `line ${line} unknown`),
    );
  });

  it.each([
    [[["retain", "daily", "many"]], /rsnapshot\.conf: line 1: /],
    [[["backup", "/srv", "../x/"]], /rsnapshot\.conf: line 1: /],
    [
      [
        ["backup", "a@b:/x", "h/"],
        ["backup", "c@b:/x", "h/"],
      ],
      /line 2: h is backed up .* by another user/,
    ],
  ])("is refused by line: %j", (given, message) => {
    expect(() => read(...given)).toThrow(Problem);
    expect(() => read(...given)).toThrow(message);
  });
});
