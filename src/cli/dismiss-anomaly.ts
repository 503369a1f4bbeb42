// pobsync dismiss-anomaly: what looks odd on a host is as it should be.
import { defineJudging } from "./judge-anomaly.ts";

export const define = defineJudging("dismissed", {
  example: 'pobsync dismiss-anomaly web1 --reason "the archive was moved to another server"',
  note: `Pruning goes on, and what pobsync has pinned is left to the rules. It settles all that is there now: snapshots that look
odd, those that shrank, and a clock that was in doubt. Only a good backup ends the hold of one that failed.`,
});
