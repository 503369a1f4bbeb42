// pobsync acknowledge-anomaly: somebody has seen what looks odd on a host, and looks into it.
import { defineJudging } from "./judge-anomaly.ts";

export const define = defineJudging("acknowledged", {
  example: 'pobsync acknowledge-anomaly web1 --reason "ransomware, being restored from Tuesday"',
  note: `Nobody is reminded of it any more. Pruning stays held and the last good snapshot pinned, until all is as it should be
and somebody says so: pobsync dismiss-anomaly HOST. Another anomaly after this one is told anew.`,
});
