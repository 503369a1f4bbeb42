// Restores: what is wanted, where it lands, what would come of it, and whether a person has to say yes first.
import { countText } from "./count-text.ts";
import { parseHostName } from "./host-address.ts";
import { parseHostPath } from "./host-path.ts";
import { parseServerPath } from "./path-input.ts";
import { badInput, Problem } from "./problem.ts";
import { NAMED_MAX } from "./restore-tally.ts";

/** Where it goes. A host without a folder means that host's own paths. Folders are absolute. */
export type RestoreTarget =
  | { readonly to: "folder"; readonly dir: string }
  | { readonly to: "host"; readonly host: string; readonly dir: string | null }
  | { readonly to: "in-place" };

/** What was asked for. */
export interface RestoreOrder {
  readonly snapshot: string;
  /** Absolute, as text; `/` is everything that the snapshot has. */
  readonly path: string;
  readonly target: RestoreTarget;
  /** What stands below the restored path and is not in the snapshot goes. */
  readonly delete: boolean;
  /** A person has agreed that what exists is overwritten or deleted. */
  readonly yes: boolean;
  /** Afterwards, everything is compared by content. */
  readonly check: boolean;
  /** What a person was shown a moment ago; null: it has to be looked at first. */
  readonly preview: RestorePreview | null;
}

/** Where it lands, for people: the machine (null: this server) and the path there, which may be `/`. */
export interface RestorePlace {
  readonly kind: RestoreTarget["to"];
  readonly host: string | null;
  readonly path: string;
}

/** Entries of every type; names are absolute paths of the target, as text, and only the first ones. */
export interface RestorePreview {
  readonly created: number;
  readonly overwritten: number;
  /** Of those overwritten, how many keep their content: only their time, mode, owner or other attributes change. */
  readonly attributesOnly: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** Of the files whose content has to be written. */
  readonly bytes: number;
  readonly items: {
    readonly created: readonly string[];
    /** Those whose content is lost come first. */
    readonly overwritten: readonly string[];
    readonly attributesOnly: readonly string[];
    readonly deleted: readonly string[];
  };
}

/** Everything is already as it is in the snapshot. */
export const isNothingToDo = ({ created, overwritten, deleted }: RestorePreview): boolean =>
  created + overwritten + deleted === 0;

/** Whether every entry keeps its own absolute path on a machine that is in use. */
const isInPlace = (target: RestoreTarget): boolean =>
  target.to === "in-place" || (target.to === "host" && target.dir === null);

/** The folder that `--to` names. `absolute` is what was typed, made absolute. */
export const folderTarget = (absolute: string): RestoreTarget => ({
  to: "folder",
  dir: parseServerPath("The folder", absolute),
});

/** Reads `--to-host H` or `H:DIR`. rsync takes wildcards in a remote folder's name for patterns, so they are refused. */
export function hostTarget(given: string): RestoreTarget {
  const { host } = parseHostPath(given);
  parseHostName(host);
  const typed = given.slice(host.length + 1);
  if (typed === "") return { to: "host", host, dir: null };
  const dir = parseServerPath("The folder", typed);
  if (/[*?[]/.test(dir)) throw badInput("The folder", dir, "has a wildcard in it; pick a plainer name.");
  return { to: "host", host, dir };
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/"));

/** `host` is the one whose snapshot it is. */
export function placeOf(host: string, { path, target }: Pick<RestoreOrder, "path" | "target">): RestorePlace {
  const below = (dir: string): string => (path === "/" ? dir : `${dir === "/" ? "" : dir}${nameOf(path)}`);
  switch (target.to) {
    case "folder":
      return { kind: "folder", host: null, path: below(target.dir) };
    case "host":
      return { kind: "host", host: target.host, path: target.dir === null ? path : below(target.dir) };
    case "in-place":
      return { kind: "in-place", host, path };
    default:
      return target satisfies never;
  }
}

/** "web1:/etc/hosts", or the path alone on this server. */
export const placeText = ({ host, path }: RestorePlace): string => (host === null ? path : `${host}:${path}`);

/** What a look that compared contents has found. */
export const differencesIn = ({ created, overwritten, deleted, items }: RestorePreview) => ({
  differences: created + overwritten + deleted,
  items: [...items.deleted, ...items.overwritten, ...items.created].slice(0, NAMED_MAX),
});

/** What compared by content is not as it is in the snapshot. `items` are the first paths. */
export const restoreDiffers = (
  place: RestorePlace,
  differences: number,
  items: readonly string[],
  options: { readonly hint?: string } = {},
): Problem =>
  new Problem(
    "restore_differs",
    `${countText(differences, "entry differs", "entries differ")} from the snapshot in ${placeText(place)}.`,
    { detail: items.join("\n") || null, ...options },
  );

/** Why it must not be done without a person's word; null when that was given, or nothing that exists would change. */
export function missingConsent(
  order: Pick<RestoreOrder, "target" | "yes">,
  place: RestorePlace,
  preview: RestorePreview,
): Problem | null {
  if (order.yes || isNothingToDo(preview)) return null;
  const { overwritten, attributesOnly, deleted } = preview;
  const loss = (verb: string, count: number): string[] =>
    count > 0 ? [`${verb} ${countText(count, "entry", "entries")}`] : [];
  const losses = [
    ...loss("overwrite", overwritten - attributesOnly),
    ...loss("change the attributes of", attributesOnly),
    ...loss("delete", deleted),
  ];
  if (losses.length === 0 && !isInPlace(order.target)) return null;
  const what =
    losses.length === 0 ? "write into what is in use" : losses.join(", ").replace(/, (?=[^,]*$)/, " and ");
  return new Problem("confirmation_needed", `This would ${what} in ${placeText(place)}.`, {
    hint: "Nothing was changed. Look at what would become of it, then say --yes when you mean it.",
  });
}

/** A stored preview; null for anything else. */
export function parsePreview(value: unknown): RestorePreview | null {
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Record<string, unknown>;
  const number = (name: string): number => (typeof fields[name] === "number" ? (fields[name] as number) : 0);
  const items = (fields.items ?? {}) as Record<string, unknown>;
  const names = (name: string): string[] =>
    Array.isArray(items[name]) ? (items[name] as unknown[]).map(String) : [];
  return {
    ...{ created: number("created"), overwritten: number("overwritten"), deleted: number("deleted") },
    ...{ attributesOnly: number("attributesOnly"), unchanged: number("unchanged"), bytes: number("bytes") },
    items: {
      ...{ created: names("created"), overwritten: names("overwritten"), deleted: names("deleted") },
      attributesOnly: names("attributesOnly"),
    },
  };
}

/** A stored target; null for anything that is none. */
export function parseTarget(value: unknown): RestoreTarget | null {
  if (typeof value !== "object" || value === null) return null;
  const { to, dir, host } = value as Record<string, unknown>;
  const isDir = typeof dir === "string" && dir.startsWith("/");
  if (to === "in-place") return { to };
  if (to === "folder" && isDir) return { to, dir };
  if (to === "host" && typeof host === "string" && (isDir || dir === null))
    return { to, host, dir: isDir ? dir : null };
  return null;
}
