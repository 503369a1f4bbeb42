// Settings in words by which it is proved that what is stored can be restored.
import type { Words } from "./site-setting-words.ts";

const both = (option: string) => ({ host: option, site: option });
const group = "proof" as const;

export const PROOF_WORDS = {
  verifyWithinSeconds: {
    ...{ group, label: "Read everything again within", kind: "duration", unit: "seconds" },
    ...{ ...both("--verify-within"), help: "A little at a time, such as 90d. Empty: only on request." },
  },
  drillEverySeconds: {
    ...{ group, label: "Restore drill every", kind: "duration", unit: "seconds", ...both("--drill-every") },
    help: "Restores a random sample and compares it, such as 7d. Empty: only on request.",
  },
  canaries: {
    ...{ group, label: "Canaries", kind: "list", ...both("--canary") },
    help: "Files or folders that every drill restores beside its sample.",
  },
  drillCommand: {
    ...{ group, label: "Command that checks a drill", kind: "text", ...both("--drill-command") },
    help: "A program of this server, with its arguments; no shell. It runs in the folder with the restored files.",
  },
  drillTimeoutSeconds: {
    ...{ group, label: "End that command after", kind: "duration", unit: "seconds" },
    ...{ ...both("--drill-timeout"), help: "How long it may take before the drill counts as failed." },
  },
} as const satisfies Record<string, Words & { readonly group: string }>;
