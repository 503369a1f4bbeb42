// Hosts as text.
import type { DescribedIdentity, HostDetail } from "../actions/describe-host.ts";
import type { HostSummary } from "../actions/list-hosts.ts";
import { countText } from "../domain/count-text.ts";
import { type Health, healthRuleWords } from "../domain/health.ts";
import type { IdentityRole } from "../domain/identity.ts";
import { MAIN_NODE } from "../domain/node.ts";
import { PROOF_DAYS, type Proof, shareText } from "../domain/proof.ts";
import type { Run } from "../domain/run.ts";
import { SETTING_NAMES } from "../domain/settings.ts";
import type { Output, Style } from "./output.ts";
import { pingText, settingText } from "./setting-text.ts";
import { pairsText, tableText } from "./table.ts";
import { agoText, instantText, sizeText } from "./words.ts";

const HEALTH_STYLES: Record<Health, Style> = {
  failing: "red",
  never: "red",
  late: "yellow",
  fresh: "green",
  disabled: "dim",
};
const HEALTH_MARKS: Record<Health, string> = {
  failing: "✗",
  never: "✗",
  late: "!",
  fresh: "✓",
  disabled: "–",
};

/** Never by colour alone: a mark and the word say the same. */
const healthText = (output: Output, health: Health): string =>
  output.style(HEALTH_STYLES[health], `${HEALTH_MARKS[health]} ${health}`);

const KEY_NAMES: Record<IdentityRole, string> = {
  backup: "own key",
  next: "key that waits",
  restore: "key to restore",
};

const identityText = (identity: DescribedIdentity): string =>
  `${identity.fingerprint}, ${identity.access} as ${identity.user}, ` +
  (identity.expiresAt === null
    ? `made ${instantText(identity.createdAt)}`
    : `until ${instantText(identity.expiresAt)}`);

/** How it ended, or what was wrong with it. */
const lastRunText = ({ problem, warnings, status }: Run): string =>
  problem?.code ?? (warnings.length === 0 ? status : warnings.map(({ code }) => code).join(", "));

export function hostsTable(output: Output, hosts: readonly HostSummary[], now: Date): string {
  // Where there is one server, nobody wants to read its name in each line.
  const isSpread = hosts.some(({ host }) => host.node !== MAIN_NODE);
  const rows = hosts.map(({ host, health, lastSuccessAt, nextDueAt, lastBackup, snapshotCount }) => [
    host.name,
    healthText(output, health),
    host.transport === "local" ? "this machine" : host.address,
    ...(isSpread ? [host.node] : []),
    agoText(lastSuccessAt, now),
    nextDueAt === null ? "–" : agoText(nextDueAt, now),
    lastBackup === null ? "–" : lastRunText(lastBackup),
    String(snapshotCount),
  ]);
  return tableText(
    output,
    [
      "HOST",
      "HEALTH",
      "ADDRESS",
      ...(isSpread ? ["KEPT ON"] : []),
      "LAST SUCCESS",
      "NEXT",
      "LAST RUN",
      "SNAPSHOTS",
    ],
    rows,
    [isSpread ? 7 : 6],
  );
}

/** "drill succeeded 2026-11-23 04:00:12; 93 % of 1.2 TiB read again within 90 days" */
function proofText({ lastDrill, readShare, storedBytes }: Proof): string {
  const drill =
    lastDrill === null ? "no drill yet" : `drill ${lastDrill.status} ${instantText(lastDrill.at)}`;
  const read =
    storedBytes === null
      ? "nothing known of what was read again"
      : `${shareText(readShare)} of ${sizeText(storedBytes)} read again within ${PROOF_DAYS} days`;
  return `${drill}; ${read}`;
}

export function hostDetailText(
  output: Output,
  { summary, site, effective, ping, held, anomaly, proof, fingerprints, identities, waiting }: HostDetail,
): string {
  const { host, health, lastSuccessAt, nextDueAt, lastBackup, snapshotCount } = summary;
  const head = pairsText(output, [
    ["host", output.style("bold", host.name)],
    ["health", `${healthText(output, health)}: ${healthRuleWords(summary.healthRule)}`],
    ["address", host.transport === "local" ? "this machine itself (local)" : host.address],
    ...(site.isHere && host.node === MAIN_NODE ? [] : [["kept on", host.node] as [string, string]]),
    [
      "host key",
      fingerprints.map((key) => `${key.fingerprint} (${key.type})`).join(", ") ||
        "none yet: pinned on first contact",
    ],
    ...identities.map((identity) => [KEY_NAMES[identity.role], identityText(identity)] as [string, string]),
    ...(host.tags.length === 0 ? [] : [["tags", host.tags.join(", ")] as [string, string]]),
    ...(ping === null ? [] : [["pings", pingText(ping)] as [string, string]]),
    ["last success", instantText(lastSuccessAt)],
    ["proof", proofText(proof)],
    ["next due", nextDueAt === null ? `– (pobsync schedule ${host.name} --cron …)` : instantText(nextDueAt)],
    ...(waiting === null ? [] : [["why not now", waiting.message] as [string, string]]),
    [
      "last run",
      lastBackup === null
        ? "–"
        : `${lastBackup.id}, ${lastBackup.status}${lastBackup.problem === null ? "" : `: ${lastBackup.problem.message}`}`,
    ],
    ["snapshots", countText(snapshotCount, "snapshot")],
    ...(held === null
      ? []
      : [["pruning", output.style("yellow", `! held: ${held.message}`)] as [string, string]]),
    ...(anomaly === null || anomaly.holdsPruning
      ? []
      : [["odd", output.style("yellow", `! ${anomaly.message}`)] as [string, string]]),
  ]);
  const rows = SETTING_NAMES.flatMap((name) =>
    effective.origins[name].map((entry, index) => [
      index === 0 ? name : "",
      settingText(name, entry.value),
      output.style(entry.origin === "default" ? "dim" : "cyan", entry.origin),
    ]),
  );
  return `${head}\n\n${tableText(output, ["SETTING", "VALUE", "FROM"], rows)}`;
}
