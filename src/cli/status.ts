// pobsync status: health of everything, worst first.
import { siteConditions } from "../actions/site-conditions.ts";
import { siteFacts } from "../actions/site-facts.ts";
import { type SiteStatus, siteStatus } from "../actions/site-status.ts";
import type { Condition } from "../domain/condition.ts";
import { countText, numberText } from "../domain/count-text.ts";
import { HEALTHS } from "../domain/health.ts";
import { printable } from "../domain/problem.ts";
import { statusJson, summaryOf } from "../shapes/status-shapes.ts";
import { listChannels } from "../store/channels.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { hostsTable } from "./host-text.ts";
import type { Output, Style } from "./output.ts";
import { runsTable } from "./run-text.ts";
import { instantText, sizeText } from "./words.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync status", "pobsync status --json"],
        "0 shown (also when hosts need attention), 6 not set up",
      ),
    )
    .action(async () => {
      const opened = await app();
      const status = await siteStatus(opened);
      const facts = siteFacts(opened.db);
      const { conditions, site } = await siteConditions(opened, facts, await listChannels(opened.db));
      output.result(statusJson(status, conditions, site?.settings ?? {}), () =>
        statusText(output, status, conditions, opened.clock()),
      );
    });
};

function statusText(output: Output, status: SiteStatus, conditions: readonly Condition[], now: Date): string {
  const isWell = status.configured && !conditions.some(({ level }) => level === "bad");
  const parts = [output.style(["bold", isWell ? "green" : "yellow"], summaryOf(status))];
  if (conditions.length > 0) parts.push(conditions.map((one) => conditionText(output, one)).join("\n"));
  const order = new Map(HEALTHS.map((health, index) => [health, index]));
  const hosts = [...status.hosts].sort((a, b) => (order.get(a.health) ?? 0) - (order.get(b.health) ?? 0));
  if (hosts.length > 0) parts.push(hostsTable(output, hosts, now));
  if (status.open.length > 0) parts.push(runsTable(output, status.open, now, status.waiting));
  const { open, unacknowledged } = status.alerts;
  if (open > 0)
    parts.push(
      `${countText(open, "alert is", "alerts are")} open, ${numberText(unacknowledged)} not acknowledged: pobsync alerts`,
    );
  const room = status.root?.room;
  if (room != null) {
    const inodes = room.freeInodes === null ? "" : `, ${numberText(room.freeInodes)} inodes free`;
    parts.push(
      `Backup root ${status.root?.path}: ${sizeText(room.freeBytes)} of ${sizeText(room.totalBytes)} free${inodes}`,
    );
  }
  return parts.join("\n\n");
}

/** How bad it is, as a mark and a word; what holds; and what to do about it. */
function conditionText(output: Output, condition: Condition): string {
  const { level, host, message, hint, since } = condition;
  const [style, mark]: [Style, string] = level === "bad" ? ["red", "✗ bad"] : ["yellow", "! warning"];
  const where = host === null || message.includes(host) ? "" : `${host}: `;
  const when = since === null ? "" : ` (since ${instantText(since)})`;
  const first = `${output.style(style, mark)}  ${printable(`${where}${message}`)}${output.style("dim", when)}`;
  return hint === "" ? first : `${first}\n  ${output.style("cyan", "→")} ${printable(hint)}`;
}
