// pobsync alerts: what somebody should look at, and who was told.
import { alertHistory, type ToldAlert } from "../actions/alerts/alert-history.ts";
import { printable } from "../domain/problem.ts";
import { parseCount } from "../domain/quantity.ts";
import { alertJson } from "../shapes/alert-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";
import { tableText } from "./table.ts";
import { agoText } from "./words.ts";

const SHOWN_USUALLY = 50;
const LIMIT_MAX = 10_000;

interface Options {
  readonly all?: boolean;
  readonly limit?: string;
  readonly before?: string;
}

export const define: DefineCommand = (command, { app, output }) => {
  command
    .option("--all", "also those that are over")
    .option("--limit <n>", `show at most so many (default: ${SHOWN_USUALLY})`)
    .option("--before <id>", "only older ones than this alert: the next page")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync alerts", "pobsync alerts --all --limit 20"],
        "0 done (also when alerts are open), 2 refused input, 6 not set up",
      ),
    )
    .action(async ({ all = false, limit, before }: Options) => {
      const page = {
        all,
        limit: limit === undefined ? SHOWN_USUALLY : parseCount("--limit", limit, 1, LIMIT_MAX),
        before: before === undefined ? undefined : parseCount("--before", before, 1, Number.MAX_SAFE_INTEGER),
      };
      const opened = await app();
      const { items, next } = await alertHistory(opened, page);
      const document = { items: items.map(alertJson), next: next === null ? null : String(next) };
      output.result(document, () => {
        if (items.length === 0) return all ? "There was no alert yet." : "No alert is open.";
        const more = next === null ? "" : `\nOlder ones: add --before ${next}`;
        return alertsTable(output, items, opened.clock()) + more;
      });
    });
};

const alertsTable = (output: Output, items: readonly ToldAlert[], now: Date): string =>
  tableText(
    output,
    ["id", "what", "since", "state", "told"],
    items.map(({ alert, notifications }) => [
      String(alert.id),
      output.style(alert.severity === "bad" ? "red" : "yellow", printable(alert.message)),
      agoText(alert.since ?? alert.openedAt, now),
      stateText(alert, now),
      toldText(notifications),
    ]),
  );

function stateText({ acknowledged, clearedAt, wellSince }: ToldAlert["alert"], now: Date): string {
  if (clearedAt !== null) return `over ${agoText(clearedAt, now)}`;
  if (wellSince !== null) return "seems to be over";
  if (acknowledged === null) return "open";
  const { by, reason } = acknowledged;
  return printable(`seen by ${by ?? "somebody"}${reason === null ? "" : `: ${reason}`}`);
}

/** The channels at which it arrived, and those at which it has not. */
function toldText(notifications: ToldAlert["notifications"]): string {
  const channels = [...new Set(notifications.map(({ channel }) => channel))];
  return channels
    .map((channel) => {
      const arrived = notifications.some((one) => one.channel === channel && one.state === "sent");
      return printable(arrived ? channel : `${channel} (not yet)`);
    })
    .join(", ");
}
