// rsync's complaints, as rsync 3.2 and 3.5 write them (recorded).
import { describe, expect, it } from "vitest";
import { parseComplaint } from "../../../src/domain/rsync-complaint.ts";

const error = (side: string, errno: number, path: string | null) =>
  expect.objectContaining({ kind: "error", side, errno, path });

describe("a line of rsync's stderr", () => {
  it.each([
    [
      'rsync: [sender] send_files failed to open "/srv/secret": Permission denied (13)',
      error("host", 13, "/srv/secret"),
    ],
    ['rsync: [sender] opendir "/root" failed: Permission denied (13)', error("host", 13, "/root")],
    ['rsync: [sender] link_stat "/nope" failed: No such file or directory (2)', error("host", 2, "/nope")],
    ['rsync: [sender] read errors mapping "/srv/bad": Input/output error (5)', error("host", 5, "/srv/bad")],
    ['rsync: [sender] readlink_stat("/srv/x") failed: Permission denied (13)', error("host", 13, "/srv/x")],
    [
      'rsync: [receiver] write failed on "/b/big": No space left on device (28)',
      error("server", 28, "/b/big"),
    ],
    [
      'rsync: [receiver] mkstemp "/b/.n1.AbCdEf" failed: No space left on device (28)',
      error("server", 28, "/b/.n1.AbCdEf"),
    ],
    [
      'rsync: [generator] recv_generator: mkdir "/b/d" failed: Read-only file system (30)',
      error("server", 30, "/b/d"),
    ],
    ["rsync: [generator] write error: Broken pipe (32)", error("server", 32, null)],
    ["rsync: [Receiver] write error: Broken pipe (32)", error("server", 32, null)],
  ])("%s names the side, the reason and the path", (line, expected) => {
    expect(parseComplaint(line)).toEqual(expected);
  });

  it.each([
    ['file has vanished: "/srv/gone"', "/srv/gone"],
    ['file has vanished: "/srv/a "b"', '/srv/a "b'],
    ['file has vanished: "/srv/new\\#012line\\#351 \\ \\#134"', "/srv/new\\nline\\xe9 \\\\ \\x5c"],
  ])("%s names what vanished, as text of a path", (line, path) => {
    expect(parseComplaint(line)).toEqual({ kind: "vanished", path });
  });

  it.each([
    ["ERROR: rejecting unrequested file-list name: ../evil", "unrequested"],
    ["ERROR: rejecting excluded file-list name: x", "unrequested"],
    ["protocol version mismatch -- is your shell clean?", "dirty-shell"],
    ["bash: line 1: rsync: command not found", "no-remote-rsync"],
    ["sh: 1: rsync: not found", "no-remote-rsync"],
    ["zsh:1: command not found: rsync", "no-remote-rsync"],
    ["bash: line 1: /opt/nope/rsync: No such file or directory", "no-remote-rsync"],
    ["env: 'rsync': No such file or directory", "no-remote-rsync"],
    ["bash: line 1: /etc/hostname/rsync: Not a directory", "no-remote-rsync"],
    ["sh: 1: /usr/bin/rsync: Permission denied", "no-remote-rsync"],
    ["bash: line 1: /usr/bin/rsync: cannot execute binary file: Exec format error", "no-remote-rsync"],
    ["sudo: rsync: command not found", "no-remote-rsync"],
    ["sudo: a password is required", "remote-refusal"],
    ["Sorry, user backup is not allowed to execute '/usr/bin/rsync' as root on web1.", "remote-refusal"],
    ["/usr/bin/rrsync error: reading from write-only server is not allowed", "remote-refusal"],
    ["/usr/bin/rrsync: invalid rsync-command syntax or options", "remote-refusal"],
  ])("%s means %s", (line, kind) => {
    expect(parseComplaint(line)).toMatchObject({ kind });
  });

  it.each([
    "",
    "rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1865) [generator=3.2.7]",
    "rsync warning: some files vanished before they could be transferred (code 24) at main.c(1865) [generator=3.5.0]",
    "rsync: connection unexpectedly closed (0 bytes received so far) [Receiver]",
    "rsync error: error in rsync protocol data stream (code 12) at io.c(285) [Receiver=3.5.0]",
    "IO error encountered -- skipping file deletion",
    "Welcome to web1 (13)",
  ])("%j decides nothing by itself", (line) => {
    expect(parseComplaint(line)).toBeNull();
  });
});
