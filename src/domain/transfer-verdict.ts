// The verdict on a transfer: what rsync's exit code and complaints mean, and whether the tree may become a snapshot.

import type { ComplaintTally } from "./complaint-tally.ts";
import { countText } from "./count-text.ts";
import { Problem } from "./problem.ts";
import type { Complaint } from "./rsync-complaint.ts";

export interface TransferEnd {
  /** rsync's exit code, or null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly complaints: ComplaintTally;
  /** The last lines of stderr, safe to print. */
  readonly lastWords: string;
  /** Free space on the backup root, seen right after the end. */
  readonly freeBytes: number;
  readonly freeInodes: number | null;
  /** Why the ssh connection ended, when it did. */
  readonly connectionProblem: Problem | null;
}

const ENOSPC = 28;
const EDQUOT = 122;
/** Less than this free right after a failure means that the disk was full; rsync removes its last half file. */
const FULL_BYTES = 1024 * 1024;

/** The tree may become a snapshot, with these warnings; or it may not, for this reason. */
export type Verdict =
  | { readonly good: true; readonly warnings: readonly Problem[] }
  | { readonly good: false; readonly problem: Problem };

const bad = (problem: Problem): Verdict => ({ good: false, problem });

/**
 * The exit-code policy (DESIGN 6, measured on rsync 3.2 and 3.5).
 *
 * A code seldom says why: a full server exits with 11 over ssh, 10 locally, and 23 without inodes; a refused
 * connection with 12 or 255 from one try to the next. So evidence comes first and the code last.
 */
export function judgeTransfer(end: TransferEnd): Verdict {
  const special = specialProblem(end);
  if (special !== null) return bad(special);
  const full = fullServer(end);
  switch (end.exitCode) {
    case 0:
    case 24:
      if (end.complaints.serverErrors > 0) return bad(full ?? writeFailed(end));
      return { good: true, warnings: warningsOf(end) };
    case 23:
      if (end.complaints.serverErrors > 0) return bad(full ?? writeFailed(end));
      if (end.complaints.hostErrors > 0 && end.complaints.otherErrors === 0)
        return { good: true, warnings: warningsOf(end) };
      return bad(unclear(end, "rsync could not transfer everything and did not say on which side."));
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
      return bad(refused(end));
    case 126:
    case 127:
      return bad(noRemoteRsync(end.lastWords));
    default:
      return bad(full ?? end.connectionProblem ?? neverBegan(end) ?? broken(end));
  }
}

function specialProblem({ complaints, lastWords, exitCode }: TransferEnd): Problem | null {
  const of = (kind: Complaint["kind"]): boolean =>
    complaints.special.some((complaint) => complaint.kind === kind);
  if (of("unrequested"))
    return new Problem("unsafe_remote", "The host sent files that were not asked for.", {
      detail: lastWords,
    });
  if (exitCode === 0 || exitCode === 23 || exitCode === 24) return null;
  if (of("dirty-shell"))
    return new Problem(
      "unexpected_remote_output",
      "The host's shell prints text of its own into the transfer.",
      { detail: lastWords },
    );
  if (of("remote-refusal"))
    return new Problem("remote_rsync_refused", "The host refused to start rsync for us.", {
      detail: lastWords,
    });
  if (of("no-remote-rsync")) return noRemoteRsync(lastWords);
  return null;
}

function fullServer(end: TransferEnd): Problem | null {
  const saidFull =
    end.complaints.serverErrnos.has(ENOSPC) ||
    end.complaints.serverErrnos.has(EDQUOT) ||
    /No space left on device|Disk quota exceeded/.test(end.lastWords);
  const detail = end.complaints.serverLines.slice(0, 5).join("\n") || end.lastWords;
  if (end.freeInodes === 0)
    return new Problem("server_inodes_full", "The backup disk ran out of inodes.", { detail });
  if (saidFull || end.freeBytes < FULL_BYTES)
    return new Problem("server_disk_full", "The backup disk ran full.", { detail });
  return null;
}

const writeFailed = ({ complaints }: TransferEnd): Problem =>
  new Problem(
    "server_write_failed",
    `This server could not write ${countText(complaints.serverErrors, "entry", "entries")}.`,
    {
      detail: complaints.serverLines.join("\n"),
    },
  );

const refused = (end: TransferEnd): Problem =>
  new Problem("rsync_refused", `rsync refused the request (exit code ${end.exitCode}).`, {
    detail: end.lastWords,
  });

const unclear = (end: TransferEnd, message: string): Problem =>
  new Problem("transfer_failed", message, { detail: end.lastWords });

const noRemoteRsync = (lastWords: string): Problem =>
  new Problem("remote_rsync_missing", "The host has no rsync that can be started.", { detail: lastWords });

/** The way there is open and rsync's command was over before it said a word: somebody there will not have it. 255 is ssh's own. */
function neverBegan({ exitCode, lastWords }: TransferEnd): Problem | null {
  if (exitCode === 255 || !lastWords.includes("connection unexpectedly closed (0 bytes received so far)"))
    return null;
  // A shell that finds no program exits with 126 or 127, which rsync sees as often as not.
  if (
    /^(?!rsync[: ]).*(not found|No such file or directory|Not a directory|Is a directory)$/m.test(lastWords)
  )
    return noRemoteRsync(lastWords);
  return new Problem("remote_rsync_refused", "The host ended rsync before it said a word.", {
    detail: lastWords,
  });
}

/** Codes that stand for a connection that went away: socket and stream errors, time-outs, ssh's own 255. */
const CONNECTION_CODES = new Set([10, 12, 30, 35, 255]);

function broken(end: TransferEnd): Problem {
  // Not "interrupted", which is what a person does to pobsync: nobody asked for this, and a retry may help.
  if (end.exitCode === null)
    return new Problem("worker_lost", `rsync was ended by ${end.signal ?? "a signal"} from outside.`, {
      detail: end.lastWords,
    });
  if (CONNECTION_CODES.has(end.exitCode))
    return new Problem("connection_lost", "The connection to the host broke.", {
      detail: end.lastWords,
    });
  if (end.exitCode === 11)
    return new Problem("server_write_failed", "This server could not write.", { detail: end.lastWords });
  if (end.exitCode === 20)
    return new Problem("worker_lost", "rsync was ended by a signal from outside.", { detail: end.lastWords });
  return unclear(end, `rsync failed with exit code ${end.exitCode}.`);
}

function warningsOf({ complaints }: TransferEnd): Problem[] {
  const list = (paths: readonly string[], total: number): string =>
    paths.join("\n") +
    (total > paths.length ? `\n… and ${total - paths.length} more, all in the run's log` : "");
  const warnings: Problem[] = [];
  if (complaints.hostErrors > 0)
    warnings.push(
      new Problem(
        "files_unreadable",
        `${countText(complaints.hostErrors, "entry", "entries")} could not be read on the host; the snapshot has everything else.`,
        {
          detail: list(complaints.hostPaths, complaints.hostErrors),
        },
      ),
    );
  if (complaints.vanished > 0)
    warnings.push(
      new Problem(
        "files_vanished",
        `${countText(complaints.vanished, "file")} disappeared on the host during the backup.`,
        {
          detail: list(complaints.vanishedPaths, complaints.vanished),
        },
      ),
    );
  return warnings;
}
