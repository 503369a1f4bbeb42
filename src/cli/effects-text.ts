// What changed rules of retention would do, told before they are saved.
import type { RetentionEffect } from "../actions/retention-effect.ts";
import { countText } from "../domain/count-text.ts";
import { effectsJson } from "../shapes/retention-shapes.ts";
import type { Output } from "./output.ts";

/** Hosts and names beyond these are counted: the list is for a person who is about to decide. */
const HOSTS_SHOWN = 20;
const NAMES_SHOWN = 5;

/** With --dry-run: only what the change would do. */
export function showEffects(output: Output, effects: readonly RetentionEffect[]): void {
  output.result(effectsJson(effects), () =>
    effects.length === 0
      ? "The change is fine, and leaves retention as it is. Nothing was changed."
      : `${effectsText(output, effects)}\nNothing was changed.`,
  );
}

/** Before a change is saved: on its way, because the result is the configuration. */
export function noteEffects(output: Output, effects: readonly RetentionEffect[]): void {
  const real = effects.filter(({ more, fewer }) => more.length + fewer.length > 0);
  if (real.length > 0) output.note(effectsText(output, real));
}

function effectsText(output: Output, effects: readonly RetentionEffect[]): string {
  // Those that lose most first.
  const ordered = effects.toSorted((a, b) => b.more.length - a.more.length);
  const lines = ordered.slice(0, HOSTS_SHOWN).map((effect) => effectText(output, effect));
  if (ordered.length > HOSTS_SHOWN)
    lines.push(`… and ${countText(ordered.length - HOSTS_SHOWN, "more host")}`);
  return lines.join("\n");
}

function effectText(output: Output, { host, before, after, more, fewer }: RetentionEffect): string {
  const head = `${output.style("bold", host)} keeps ${after}; before: ${before}.`;
  const lines = [head];
  if (more.length > 0) {
    const rest = more.length - NAMES_SHOWN;
    lines.push(
      `  ${output.style("yellow", "!")} The next prune would remove ${countText(more.length, "more snapshot")}: ${more.slice(0, NAMES_SHOWN).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`,
    );
  }
  if (fewer.length > 0)
    lines.push(
      `  ${countText(fewer.length, "snapshot")} that would have gone ${fewer.length === 1 ? "stays" : "stay"}.`,
    );
  if (more.length + fewer.length === 0) lines.push("  The same snapshots stay as before.");
  else if (more.length > 0) lines.push(`  Look at the plan: pobsync retention ${host}`);
  return lines.join("\n");
}
