// How often rsync complained about what, and the first complaints of each sort.
import type { Complaint } from "./rsync-complaint.ts";

/** Complaints of one transfer, counted; of each sort the first ones are kept as evidence. */
export interface ComplaintTally {
  hostErrors: number;
  serverErrors: number;
  otherErrors: number;
  vanished: number;
  readonly hostPaths: string[];
  readonly vanishedPaths: string[];
  readonly serverLines: string[];
  readonly otherLines: string[];
  /** Numbers of the errors on this server's side, such as 28 (ENOSPC). */
  readonly serverErrnos: Set<number>;
  readonly special: Complaint[];
}

export const newTally = (): ComplaintTally => ({
  hostErrors: 0,
  serverErrors: 0,
  otherErrors: 0,
  vanished: 0,
  hostPaths: [],
  vanishedPaths: [],
  serverLines: [],
  otherLines: [],
  serverErrnos: new Set(),
  special: [],
});

/** How many examples of each sort are kept. The run's log has all of them. */
const EXAMPLES_MAX = 100;

const keepExample = (list: string[], example: string): void => {
  if (list.length < EXAMPLES_MAX) list.push(example);
};

export function count(tally: ComplaintTally, complaint: Complaint): void {
  switch (complaint.kind) {
    case "vanished":
      tally.vanished += 1;
      keepExample(tally.vanishedPaths, complaint.path);
      return;
    case "error":
      if (complaint.side === "host") {
        tally.hostErrors += 1;
        keepExample(tally.hostPaths, complaint.path ?? complaint.line);
      } else if (complaint.side === "server") {
        tally.serverErrors += 1;
        tally.serverErrnos.add(complaint.errno);
        keepExample(tally.serverLines, complaint.line);
      } else {
        tally.otherErrors += 1;
        keepExample(tally.otherLines, complaint.line);
      }
      return;
    default:
      if (tally.special.length < EXAMPLES_MAX) tally.special.push(complaint);
  }
}

/** Complaints of two transfers that make one backup. */
export const joinTallies = (a: ComplaintTally, b: ComplaintTally): ComplaintTally => {
  const examples = <T>(first: readonly T[], second: readonly T[]): T[] =>
    [...first, ...second].slice(0, EXAMPLES_MAX);
  return {
    hostErrors: a.hostErrors + b.hostErrors,
    serverErrors: a.serverErrors + b.serverErrors,
    otherErrors: a.otherErrors + b.otherErrors,
    vanished: a.vanished + b.vanished,
    hostPaths: examples(a.hostPaths, b.hostPaths),
    vanishedPaths: examples(a.vanishedPaths, b.vanishedPaths),
    serverLines: examples(a.serverLines, b.serverLines),
    otherLines: examples(a.otherLines, b.otherLines),
    serverErrnos: new Set([...a.serverErrnos, ...b.serverErrnos]),
    special: examples(a.special, b.special),
  };
};
