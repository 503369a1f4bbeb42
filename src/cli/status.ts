// pobsync status: health of everything, worst first.
import { type SiteStatus, siteStatus } from "../actions/site-status.ts";
import { countText, numberText } from "../domain/count-text.ts";
import { HEALTHS } from "../domain/health.ts";
import { factsOf } from "../domain/problem.ts";
import { statusJson, summaryOf } from "../shapes/status-shapes.ts";
import { findSite } from "../store/site.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { hostsTable } from "./host-text.ts";
import type { Output } from "./output.ts";
import { runsTable } from "./run-text.ts";
import { sizeText } from "./words.ts";

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
      const global = (await findSite(opened))?.settings ?? {};
      const { root } = status;
      output.result(statusJson(status, global), () => statusText(output, status, opened.clock()));
      if (root?.problem != null) output.problem(factsOf(root.problem));
    });
};

const isWorker = ({ role }: { role: string }): boolean => role === "worker";

function statusText(output: Output, status: SiteStatus, now: Date): string {
  const well =
    status.configured &&
    status.root?.problem == null &&
    status.counts.failing + status.counts.never + status.counts.late === 0;
  const parts = [output.style(["bold", well ? "green" : "yellow"], summaryOf(status))];
  const order = new Map(HEALTHS.map((health, index) => [health, index]));
  const hosts = [...status.hosts].sort((a, b) => (order.get(a.health) ?? 0) - (order.get(b.health) ?? 0));
  if (hosts.length > 0) parts.push(hostsTable(output, hosts, now));
  const heldAt = hosts.flatMap(({ host, lastBackup }) => {
    const isSettled = (host.trust?.at ?? 0) > (lastBackup?.finishedAt ?? 0);
    const held = isSettled ? undefined : lastBackup?.warnings.find(({ code }) => code === "pruning_held");
    return held === undefined ? [] : [`! Nothing is pruned on ${host.name}: ${held.message}`];
  });
  if (heldAt.length > 0) parts.push(output.style("yellow", heldAt.join("\n")));
  if (status.open.length > 0) parts.push(runsTable(output, status.open, now, status.waiting));
  if (status.open.some((run) => run.status === "queued") && !status.workers.some(isWorker))
    parts.push(
      output.style("yellow", "! No worker is running, so what is queued waits. Start one: pobsync up"),
    );
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
