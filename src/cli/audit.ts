// pobsync audit: who did what, newest first.
import type { AuditEntry } from "../domain/audit.ts";
import { printable } from "../domain/problem.ts";
import { parseCount } from "../domain/quantity.ts";
import { auditEntryJson } from "../shapes/people-shapes.ts";
import { listAudit } from "../store/audit.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";
import { tableText } from "./table.ts";
import { instantText } from "./words.ts";

const SHOWN_USUALLY = 50;
const LIMIT_MAX = 100_000;

interface Options {
  readonly limit?: string;
  readonly before?: string;
  readonly actor?: string;
  readonly action?: string;
}

export const define: DefineCommand = (command, { app, output }) => {
  command
    .option("--limit <n>", `show at most so many (default: ${SHOWN_USUALLY})`)
    .option("--before <id>", "only older ones than this entry: the next page")
    .option("--actor <name>", "only what this person did")
    .option("--action <action>", "only this, such as host.changed or login.failed")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync audit", "pobsync audit --actor ada --limit 10", "pobsync audit --action login.failed"],
        "0 done, 2 refused input, 6 not set up",
      ),
    )
    .action(async ({ limit, before, actor, action }: Options) => {
      const page = {
        limit: limit === undefined ? SHOWN_USUALLY : parseCount("--limit", limit, 1, LIMIT_MAX),
        before: before === undefined ? undefined : parseCount("--before", before, 1, Number.MAX_SAFE_INTEGER),
      };
      const { db } = await app();
      const { items, next } = await listAudit(db, { actor, action }, page);
      output.result({ items: items.map(auditEntryJson), next }, () => {
        if (items.length === 0) return "Nothing like that was done yet.";
        const more = next === null ? "" : `\nOlder ones: add --before ${next}`;
        return auditTable(output, items) + more;
      });
    });
};

const auditTable = (output: Output, entries: readonly AuditEntry[]): string =>
  tableText(
    output,
    ["when", "who", "what", "to what", ""],
    entries.map(({ at, actor, action, subjectKind, subject, detail }) => [
      instantText(at),
      actorText(actor),
      output.style("bold", action),
      printable(`${subjectKind} ${subject}`.trim()),
      output.style("dim", detailText(detail)),
    ]),
  );

const actorText = ({ name, kind, address }: AuditEntry["actor"]): string =>
  printable(`${name ?? "?"} (${address === null ? kind : `${kind}, ${address}`})`);

const DETAIL_CHARACTERS_MAX = 100;

/** Changed fields as "address: a → b", others as "host: web1"; cut where a line would become too long. */
function detailText(detail: AuditEntry["detail"]): string {
  const text = Object.entries(detail)
    .map(([name, value]) => `${name}: ${valueText(value)}`)
    .join(", ");
  const characters = [...printable(text)];
  return characters.length <= DETAIL_CHARACTERS_MAX
    ? characters.join("")
    : `${characters.slice(0, DETAIL_CHARACTERS_MAX).join("")}…`;
}

function valueText(value: unknown): string {
  if (typeof value === "object" && value !== null && "before" in value && "after" in value)
    return `${valueText(value.before)} → ${valueText(value.after)}`;
  return typeof value === "string" ? value : JSON.stringify(value);
}
