// The verdict on a transfer of a restore: here the sender is this server, and the receiver the target.

import type { ComplaintTally } from "./complaint-tally.ts";
import { countText } from "./count-text.ts";
import { Problem } from "./problem.ts";
import type { Complaint } from "./rsync-complaint.ts";

export interface RestoreEnd {
  /** rsync's exit code, or null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** In it, "host" is the sender and "server" the receiver. */
  readonly complaints: ComplaintTally;
  /** The last lines of stderr, safe to print. */
  readonly lastWords: string;
  /** Of folders with something in them that stand where the snapshot has a file: rsync's words. */
  readonly blocked: readonly string[];
  /** Why the ssh connection ended, when it did. */
  readonly connectionProblem: Problem | null;
  /** Null: the target is this server. */
  readonly targetHost: string | null;
}

const [EPERM, EACCES, ENOSPC, EROFS, EDQUOT] = [1, 13, 28, 30, 122];

/** Null when all is done; else what kept it from being so. */
export function restoreProblem(end: RestoreEnd): Problem | null {
  const { exitCode, complaints, lastWords } = end;
  if (exitCode === 0 && complaints.serverErrors === 0) return null;
  const known = evidentProblem(end);
  if (known !== null) return known;
  switch (exitCode) {
    case 0:
    case 23:
    case 24:
      return incomplete(end);
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
      return new Problem("rsync_refused", `rsync refused the request (exit code ${exitCode}).`, {
        detail: lastWords,
      });
    case 126:
    case 127:
      return noRsync(end);
    default:
      return brokenOff(end);
  }
}

const whereOf = ({ targetHost }: RestoreEnd): string => targetHost ?? "this server";

function evidentProblem(end: RestoreEnd): Problem | null {
  const { complaints, lastWords, blocked, exitCode } = end;
  const of = (kind: Complaint["kind"]): boolean =>
    complaints.special.some((complaint) => complaint.kind === kind);
  if (exitCode !== 23 && exitCode !== 24 && exitCode !== 0) {
    if (of("dirty-shell"))
      return new Problem(
        "unexpected_remote_output",
        "The host's shell prints text of its own into the transfer.",
        { detail: lastWords },
      );
    if (of("remote-refusal") || /read-only server|has been disabled on this server/.test(lastWords))
      return refusedByHost(end);
    if (of("no-remote-rsync")) return noRsync(end);
  }
  const detail = complaints.serverLines.join("\n") || lastWords;
  const errnos = complaints.serverErrnos;
  if (
    errnos.has(ENOSPC) ||
    errnos.has(EDQUOT) ||
    /No space left on device|Disk quota exceeded/.test(lastWords)
  )
    return new Problem("restore_target_full", `The disk of ${whereOf(end)} ran full.`, { detail });
  if (blocked.length > 0)
    return new Problem(
      "restore_blocked",
      `${countText(blocked.length, "folder stands", "folders stand")} where the snapshot has something else.`,
      { detail: blocked.join("\n") },
    );
  if ([EPERM, EACCES, EROFS].some((errno) => errnos.has(errno)))
    return new Problem("restore_target_unwritable", `Not everything may be written on ${whereOf(end)}.`, {
      detail,
    });
  return null;
}

const refusedByHost = (end: RestoreEnd): Problem =>
  new Problem("restore_refused_by_host", `${whereOf(end)} lets this server read and not write.`, {
    detail: end.lastWords,
  });

const noRsync = (end: RestoreEnd): Problem =>
  new Problem("remote_rsync_missing", "The host has no rsync that can be started.", {
    detail: end.lastWords,
  });

function incomplete({ complaints, lastWords }: RestoreEnd): Problem {
  const { serverLines, serverErrors, hostPaths, hostErrors, vanished } = complaints;
  const failed = serverErrors + hostErrors + vanished;
  const detail = [...serverLines, ...hostPaths.map((path) => `cannot be read here: ${path}`)].join("\n");
  return new Problem(
    "restore_incomplete",
    failed === 0
      ? "rsync could not restore everything."
      : `${countText(failed, "entry", "entries")} could not be restored as they are in the snapshot.`,
    { detail: detail || lastWords },
  );
}

/** Codes that stand for a connection that went away: socket and stream errors, time-outs, ssh's own 255. */
const CONNECTION_CODES = new Set([10, 12, 30, 35, 255]);

function brokenOff(end: RestoreEnd): Problem {
  const { exitCode, signal, lastWords, connectionProblem, targetHost } = end;
  if (connectionProblem !== null) return connectionProblem;
  if (exitCode === null || exitCode === 20)
    return new Problem("worker_lost", `rsync was ended by ${signal ?? "a signal"} from outside.`, {
      detail: lastWords,
    });
  if (targetHost !== null && CONNECTION_CODES.has(exitCode)) {
    // The way there is open, and rsync's command was over before it said a word: somebody there will not have it.
    if (exitCode !== 255 && lastWords.includes("connection unexpectedly closed (0 bytes received so far)"))
      return refusedByHost(end);
    return new Problem("connection_lost", "The connection to the host broke.", { detail: lastWords });
  }
  return new Problem("transfer_failed", `rsync failed with exit code ${exitCode}.`, { detail: lastWords });
}
