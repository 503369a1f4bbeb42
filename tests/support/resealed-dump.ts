// A dump that somebody changed and sealed again, so that only what was changed can be wrong with it.
import { createHash } from "node:crypto";

// biome-ignore lint/suspicious/noExplicitAny: any line, also one that no dump has
type Line = any;

/** Changes the lines before the end, and writes an end that fits them. */
export function resealed(dump: string, change: (lines: Line[]) => Line[]): string {
  const lines = dump.trimEnd().split("\n").slice(0, -1);
  const changed = change(lines.map((line) => JSON.parse(line)));
  const body = changed.map((line) => `${JSON.stringify(line)}\n`).join("");
  const rows: Record<string, number> = {};
  for (const { table } of changed) if (table !== undefined) rows[table] = (rows[table] ?? 0) + 1;
  const sha256 = createHash("sha256").update(body).digest("hex");
  return `${body}${JSON.stringify({ rows, sha256 })}\n`;
}
