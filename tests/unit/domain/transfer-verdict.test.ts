// The verdict on a transfer: evidence first, the exit code last.
import { describe, expect, it } from "vitest";
import { count, newTally } from "../../../src/domain/complaint-tally.ts";
import { Problem } from "../../../src/domain/problem.ts";
import { PROBLEMS } from "../../../src/domain/problem-catalogue.ts";
import { parseComplaint } from "../../../src/domain/rsync-complaint.ts";
import { judgeTransfer, type TransferEnd } from "../../../src/domain/transfer-verdict.ts";

const GIB = 1024 ** 3;
const HOST_ERROR = 'rsync: [sender] send_files failed to open "/srv/secret": Permission denied (13)';
const FULL = 'rsync: [receiver] write failed on "/b/big": No space left on device (28)';
const NO_LINK = 'rsync: [generator] link "/b/x" => /b/y failed: Operation not permitted (1)';
const VANISHED = 'file has vanished: "/srv/gone"';
const CLOSED = "rsync: connection unexpectedly closed (8123 bytes received so far) [receiver]";
const NEVER = "rsync: connection unexpectedly closed (0 bytes received so far) [Receiver]";

/** What came of a transfer with this exit code and these lines on stderr. */
function verdict(exitCode: number | null, lines: readonly string[] = [], more: Partial<TransferEnd> = {}) {
  const complaints = newTally();
  for (const line of lines) {
    const complaint = parseComplaint(line);
    if (complaint !== null) count(complaints, complaint);
  }
  const found = judgeTransfer({
    exitCode,
    signal: exitCode === null ? "SIGKILL" : null,
    complaints,
    lastWords: lines.join("\n"),
    freeBytes: GIB,
    freeInodes: 1000,
    connectionProblem: null,
    ...more,
  });
  return found.good ? found.warnings.map((warning) => warning.code) : found.problem.code;
}

describe("a transfer", () => {
  it.each<[number | null, readonly string[], string | readonly string[]]>([
    [0, [], []],
    [24, [VANISHED], ["files_vanished"]],
    [23, [HOST_ERROR], ["files_unreadable"]],
    [23, [HOST_ERROR, VANISHED], ["files_unreadable", "files_vanished"]],
    [23, [HOST_ERROR, NO_LINK], "server_write_failed"],
    [23, [FULL], "server_disk_full"],
    [23, [], "transfer_failed"],
    [0, [NO_LINK], "server_write_failed"],
    [24, [VANISHED, FULL], "server_disk_full"],
    [11, [FULL], "server_disk_full"],
    [11, [], "server_write_failed"],
    [12, [CLOSED], "connection_lost"],
    [12, [NEVER], "remote_rsync_refused"],
    [255, [NEVER], "connection_lost"],
    [12, ["bash: line 1: rsync: command not found", NEVER], "remote_rsync_missing"],
    [127, ["sh: 1: rsync: not found", NEVER], "remote_rsync_missing"],
    [127, [NEVER], "remote_rsync_missing"],
    [126, ["bash: line 1: /usr/bin/rsync: Permission denied", NEVER], "remote_rsync_missing"],
    [12, ["env: 'wrapper': No such file or directory", NEVER], "remote_rsync_missing"],
    [12, ["wrapper: not found", CLOSED], "connection_lost"],
    [12, ["sudo: a password is required", NEVER], "remote_rsync_refused"],
    [2, ["protocol version mismatch -- is your shell clean?"], "unexpected_remote_output"],
    [4, ["ERROR: rejecting unrequested file-list name: evil"], "unsafe_remote"],
    [0, ["ERROR: rejecting unrequested file-list name: evil"], "unsafe_remote"],
    [4, ["rsync: this rsync lib was not compiled with xxh128 support"], "rsync_refused"],
    [20, ["rsync error: received SIGINT, SIGTERM, or SIGHUP (code 20)"], "worker_lost"],
    [null, [], "worker_lost"],
  ])("that ends with %s and says %j is %j", (exitCode, lines, expected) => {
    expect(verdict(exitCode, lines)).toEqual(expected);
  });

  it("gets a verdict for every exit code, and never becomes a snapshot by one that is not known", () => {
    const good: number[] = [];
    for (let exitCode = 0; exitCode < 256; exitCode++) {
      const found = verdict(exitCode);
      if (typeof found === "string") expect(PROBLEMS, `${exitCode}`).toHaveProperty(found);
      else good.push(exitCode);
    }
    expect(good).toEqual([0, 24]);
    const codes = (list: readonly number[]) => [...new Set(list.map((code) => verdict(code)))];
    expect(codes([1, 2, 3, 4, 5, 6])).toEqual(["rsync_refused"]);
    expect(codes([10, 12, 30, 35, 255])).toEqual(["connection_lost"]);
    expect(codes([13, 14, 21, 22, 25, 99])).toEqual(["transfer_failed"]);
  });

  it("that fails on a server without room is the server's fault, whatever the code says", () => {
    for (const exitCode of [10, 11, 12, 23, 30, 255]) {
      const lines = exitCode === 23 ? [NO_LINK] : [];
      expect(verdict(exitCode, lines, { freeBytes: 4096 }), `${exitCode}`).toBe("server_disk_full");
      expect(verdict(exitCode, lines, { freeInodes: 0 }), `${exitCode}`).toBe("server_inodes_full");
    }
    // A file system without a fixed number of inodes cannot run out of them.
    expect(verdict(12, [CLOSED], { freeInodes: null })).toBe("connection_lost");
    expect(verdict(0, [], { freeBytes: 0 })).toEqual([]);
  });

  it("that lost its connection says what ssh said", () => {
    const connectionProblem = new Problem("host_unreachable", "web1 does not answer.");
    expect(verdict(12, [NEVER], { connectionProblem })).toBe("host_unreachable");
    expect(verdict(0, [], { connectionProblem })).toEqual([]);
  });

  it("with a million unreadable files keeps a hundred names and the whole count", () => {
    const complaints = newTally();
    for (let n = 0; n < 1_000_000; n++)
      count(complaints, { kind: "error", side: "host", errno: 13, path: `/srv/${n}`, line: "x" });
    const found = judgeTransfer({
      ...{ exitCode: 23, signal: null, complaints, lastWords: "" },
      ...{ freeBytes: GIB, freeInodes: 1, connectionProblem: null },
    });
    const [warning] = found.good ? found.warnings : [];
    expect(warning?.message).toMatch(/^1,?000,?000 entries could not be read/);
    expect(warning?.detail?.split("\n")).toHaveLength(101);
    expect(warning?.detail).toContain("… and 999900 more, all in the run's log");
  });
});
