// The state of everything, as `status` and the console's first page say it.
import type { SiteStatus } from "../actions/site-status.ts";
import type { StatusJson } from "../contract/types.ts";
import type { Attention } from "../domain/attention.ts";
import type { Condition } from "../domain/condition.ts";
import { countText, numberText } from "../domain/count-text.ts";
import { HEALTHS } from "../domain/health.ts";
import { factsOf } from "../domain/problem.ts";
import type { SettingsLayer } from "../domain/settings.ts";
import { hostJson, listedRunJson, workerJson } from "./shapes.ts";

export const statusJson = (
  status: SiteStatus,
  conditions: readonly Condition[],
  global: SettingsLayer,
): StatusJson => ({
  ...siteStatusJson(status, global),
  conditions: conditions.map(({ key, node, ...condition }) => ({ ...attentionJson(condition), key, node })),
});

export const attentionJson = ({ host, code, level, message, hint, since, run }: Attention) => ({
  ...{ host, code, level, message, hint, run },
  since: since?.toISOString() ?? null,
});

export const siteStatusJson = (
  status: SiteStatus,
  global: SettingsLayer,
): Omit<StatusJson, "conditions"> => ({
  summary: summaryOf(status),
  configured: status.configured,
  root: status.root && {
    path: status.root.path,
    freeBytes: status.root.room?.freeBytes ?? null,
    totalBytes: status.root.room?.totalBytes ?? null,
    freeInodes: status.root.room?.freeInodes ?? null,
    problem: status.root.problem && factsOf(status.root.problem),
  },
  counts: status.counts,
  hosts: status.hosts.map((host) => hostJson(host, global)),
  open: status.open.map(listedRunJson(status.waiting)),
  workers: status.workers.map(workerJson),
  alerts: { ...status.alerts },
});

/** The worst state in one sentence, with the command that does something about it. */
export function summaryOf({ configured, root, hosts, counts, warned }: SiteStatus): string {
  if (!configured) return "Nothing is configured yet: pobsync configure-global --backup-root PATH";
  if (root?.problem != null) return "No backup can be made: the backup root is not usable.";
  if (hosts.length === 0) return "There are no hosts yet: pobsync configure-host NAME --address ADDRESS";
  const bad = HEALTHS.filter((health) => health !== "fresh" && health !== "disabled" && counts[health] > 0);
  if (bad.length === 0)
    return warned === 0
      ? `All is well: ${countText(counts.fresh, "host")} backed up.`
      : `${countText(counts.fresh, "host")} backed up, ${numberText(warned)} with warnings: pobsync runs --status warning`;
  return `Somebody should look: ${bad.map((health) => `${countText(counts[health], "host")} ${WORDS[health]}`).join(", ")}.`;
}

const WORDS = {
  failing: "failing",
  never: "never backed up",
  late: "late",
  fresh: "fresh",
  disabled: "disabled",
};
