// What needs a person, and how it is said in one sentence.
import { countText, numberText } from "./count-text.ts";
import type { ProblemFacts } from "./problem.ts";
import type { ProblemCode } from "./problem-catalogue.ts";

/** `never` and `late` are no problems of a run: they are its absence. */
export type AttentionCode = ProblemCode | "never" | "late";

/** Something that a person should look at, with what to do next. */
export interface Attention extends Omit<ProblemFacts, "code"> {
  readonly code: AttentionCode;
  /** Null: the site as a whole. */
  readonly host: string | null;
  /** `bad`: something is not backed up, or not safe. `warning`: it is, and somebody should look. */
  readonly level: "bad" | "warning";
  /** Since when, as far as that is known. */
  readonly since: Date | null;
  /** The run that shows it. */
  readonly run: number | null;
}

export interface SiteFacts {
  readonly configured: boolean;
  /** What is wrong with the site as a whole, worst first. */
  readonly troubles: readonly Pick<Attention, "message" | "level">[];
  /** Hosts that are not well, worst first, each with what is the matter: "web1 failed". */
  readonly bad: readonly string[];
  /** How many of the others have warnings. */
  readonly warned: number;
  /** Hosts that are switched on. */
  readonly enabled: number;
  readonly total: number;
}

const NAMED_MAX = 3;

/** What is the matter with a host, in words that follow its name. */
export function troubleWords(code: AttentionCode): string {
  switch (code) {
    case "never":
      return "was never backed up";
    case "late":
      return "is late";
    case "content_damaged":
    case "content_unreadable":
      return "has damaged files";
    case "drill_differs":
    case "drill_command_failed":
      return "failed a restore drill";
    case "snapshots_missing":
      return "lacks snapshots";
    default:
      return "failed";
  }
}

/** The state of everything in one sentence, the worst first. */
export function siteSentence(facts: SiteFacts): string {
  const { configured, troubles, bad, warned, enabled, total } = facts;
  if (!configured) return "Nothing is configured yet: choose where backups live.";
  const worst = troubles.find(({ level }) => level === "bad");
  if (worst !== undefined)
    return bad.length === 0 ? worst.message : `${worst.message} ${hostsSentence(facts)}`;
  if (total === 0) return "There are no hosts yet: add the first one.";
  if (bad.length > 0) return hostsSentence(facts);
  if (enabled === 0) return total === 1 ? "The only host is disabled." : "All hosts are disabled.";
  const well = enabled === 1 ? "The only host is well" : `All ${numberText(enabled)} hosts are well`;
  if (warned === 0) return `${well}.`;
  return enabled === 1 ? `${well}, with warnings.` : `${well}, ${numberText(warned)} with warnings.`;
}

function hostsSentence({ bad, total }: SiteFacts): string {
  const named = bad.slice(0, NAMED_MAX).join(", ");
  const more = bad.length - NAMED_MAX;
  const list = more > 0 ? `${named}, and ${numberText(more)} more` : named;
  return `${numberText(bad.length)} of ${countText(total, "host")} ${bad.length === 1 ? "needs" : "need"} attention: ${list}.`;
}
