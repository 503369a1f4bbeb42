// The probe: is rsync there, what does it speak, and are the sources there. It lists the sources and reads nothing below.

import { setTimeout as pause } from "node:timers/promises";
import { count, newTally } from "../domain/complaint-tally.ts";
import { pathBytes } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import { type Complaint, parseComplaint, pathOfMessage } from "../domain/rsync-complaint.ts";
import { judgeTransfer } from "../domain/transfer-verdict.ts";
import { type Origin, probeArgs, sourceList } from "./rsync-args.ts";
import type { Sandbox } from "./sandbox.ts";
import { rsyncStarter } from "./sandboxed-rsync.ts";
import { printableLines } from "./ssh-failure.ts";

export interface ProbeAnswer {
  /** rsync's protocol on the other end; 31 is rsync 3.1, 32 is 3.4 and later. Null when it did not say. */
  readonly protocol: number | null;
  /** Which both agreed on; null: rsync before 3.2 agrees on none. */
  readonly checksum: string | null;
  readonly isLinux: boolean;
  readonly sources: readonly { readonly path: string; readonly type: SourceType }[];
}

export type SourceType = "folder" | "file" | "link" | "other" | "missing";

/** Linux shows this file; others have none of that name. Nor is it seen where rsync may look into one folder only. */
const LINUX_ONLY = "/proc/sys/kernel/ostype";

const ANSWER_WITHIN_MS = 60_000;
const LINES_KEPT = 1000;
const TYPES: Record<string, SourceType> = { d: "folder", "-": "file", l: "link" };

/** Where the question goes, and how it may end early. */
export interface ProbeWay {
  readonly origin: Origin;
  readonly remoteRsync: string;
  readonly stop: AbortSignal;
  /** In what rsync asks; null: as it is. */
  readonly sandbox: Sandbox | null;
  /** Why the connection ended, or null while it is up. */
  readonly broken: () => Problem | null;
}

/** Asks about the sources (paths as text). Refuses with a Problem when rsync cannot be reached at all. */
export async function probeSources(
  { origin, remoteRsync, sandbox, stop, broken }: ProbeWay,
  sources: readonly string[],
): Promise<ProbeAnswer> {
  const start = rsyncStarter(sandbox, origin, [], ({ origin: from, isSandboxed }) =>
    probeArgs(from, remoteRsync, isSandboxed),
  );
  const complaints = newTally();
  const lines: string[] = [];
  const timeIsUp = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const program = await start({
    input: sourceList([...sources, LINUX_ONLY].map(pathBytes)),
    stop: AbortSignal.any([stop, timeIsUp]),
    onErrorLine: (line) => {
      const complaint: Complaint | null = parseComplaint(line);
      if (complaint !== null) count(complaints, complaint);
      if (lines.length < LINES_KEPT) lines.push(line);
    },
  });
  const { code, signal, output } = await program.done;
  const stderr = lines.join("\n");
  if (timeIsUp.aborted)
    throw new Problem("no_progress", "The host's rsync did not answer within a minute.", {
      detail: printableLines(stderr.trim()),
    });
  // A source that is missing, or may not be looked at, makes this 23, like any other entry; it is named below.
  if (code !== 0 && !(code === 23 && complaints.hostErrors > 0)) {
    const verdict = judgeTransfer({
      exitCode: code,
      signal,
      complaints,
      lastWords: printableLines(stderr.trim()),
      freeBytes: Number.POSITIVE_INFINITY,
      freeInodes: null,
      connectionProblem: await brokenSoon(broken),
    });
    throw verdict.good
      ? new Problem("transfer_failed", "The probe failed.", { detail: stderr })
      : verdict.problem;
  }
  return readAnswer(output.toString("latin1"), sources);
}

const LOOKS = 10;
const LOOK_EVERY_MS = 50;

/** The end of a connection may be noticed a moment after that of the program that used it, and only it tells the cause. */
async function brokenSoon(broken: () => Problem | null): Promise<Problem | null> {
  for (let look = 0; look < LOOKS && broken() === null; look += 1) await pause(LOOK_EVERY_MS);
  return broken();
}

const bytesOf = (text: string): Uint8Array => {
  const bytes = pathBytes(text);
  if (bytes === null) throw new Problem("internal_error", `"${text}" is not a path in text form.`);
  return bytes;
};

function readAnswer(text: string, sources: readonly string[]): ProbeAnswer {
  const types = new Map<string, SourceType>();
  for (const line of text.split("\n")) {
    const match = /^([-dlbcps])[-rwxsStT]{9}[+.@]? +\d+ \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (.*)$/.exec(line);
    if (match === null) continue;
    const type = TYPES[match[1] as string] ?? "other";
    const name = type === "link" ? (match[2] as string).split(" -> ")[0] : match[2];
    types.set(comparable(`/${name === "." ? "" : name}`), type);
  }
  return {
    protocol: Number(/remote=(\d+)/.exec(text)?.[1] ?? 0) || null,
    checksum: /negotiated checksum: (\S+)/.exec(text)?.[1] ?? null,
    isLinux: types.get(LINUX_ONLY) === "file",
    sources: sources.map((path) => ({ path, type: types.get(pathAsListed(path)) ?? "missing" })),
  };
}

/** rsync lists bytes above 0x7f and controls as `\#ooo`; both sides are brought to that one form. */
const comparable = (listed: string): string => pathOfMessage(listed);
const pathAsListed = (path: string): string => {
  let out = "";
  for (const byte of bytesOf(path)) {
    const text = String.fromCharCode(byte);
    if (byte === 0x5c) out += "\\\\";
    else if (byte === 0x0a) out += "\\n";
    else if (byte === 0x0d) out += "\\r";
    else if ((byte < 0x20 && byte !== 0x09) || byte > 0x7f) out += `\\x${byte.toString(16).padStart(2, "0")}`;
    else out += text;
  }
  return out;
};
