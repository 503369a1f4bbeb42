// Counting what rsync says it would do, or has done, with each entry of a restore.
import { pathBytes, pathText } from "./path-text.ts";
import { pathOfMessage } from "./rsync-complaint.ts";

/** `attributes`: its content stays, only its time, mode, owner, ACL or attributes change. */
export type ItemKind = "created" | "overwritten" | "attributes" | "deleted";

/** Names are as rsync writes them. */
export interface RestoreTally {
  created: number;
  overwritten: number;
  attributes: number;
  deleted: number;
  /** Of the files whose content is written, and of those among them that were not there. */
  bytes: number;
  createdBytes: number;
  readonly names: { readonly [K in ItemKind]: string[] };
  /** Large files that were not there: they may have holes, which take no room. */
  readonly large: { readonly name: string; readonly bytes: number }[];
}

/** Shown to people; the log has all. */
export const NAMED_MAX = 20;
const LARGE_BYTES = 1024 * 1024;
/** Beyond it their holes are not looked for. */
const LARGE_MAX = 20_000;

export const newRestoreTally = (): RestoreTally => ({
  ...{ created: 0, overwritten: 0, attributes: 0, deleted: 0, bytes: 0, createdBytes: 0 },
  names: { created: [], overwritten: [], attributes: [], deleted: [] },
  large: [],
});

/**
 * rsync's eleven characters of what happens to an entry: `*deleting`, all plus signs for a new one, or what differs. A dot at
 * their beginning says that nothing is sent or made for it.
 */
function kindOf(code: string): ItemKind {
  if (code.startsWith("*")) return "deleted";
  if (code[2] === "+") return "created";
  return code.startsWith(".") ? "attributes" : "overwritten";
}

/** Counts one item. The name is made only when it is kept. */
export function countItem(tally: RestoreTally, code: string, bytes: number, name: () => string): void {
  const kind = kindOf(code);
  tally[kind] += 1;
  if (tally.names[kind].length < NAMED_MAX) tally.names[kind].push(name());
  const isContent = (code[0] === "<" || code[0] === ">") && code[1] === "f";
  if (!isContent) return;
  tally.bytes += bytes;
  if (kind !== "created") return;
  tally.createdBytes += bytes;
  if (bytes >= LARGE_BYTES && tally.large.length < LARGE_MAX) tally.large.push({ name: name(), bytes });
}

/** A name of rsync's as bytes, without the slash behind a folder. */
export const itemBytes = (name: string): Uint8Array =>
  pathBytes(pathOfMessage(name.endsWith("/") ? name.slice(0, -1) : name)) ?? new Uint8Array();

/** The absolute path that a name stands for below `base`, as text. */
export function itemText(base: string, name: string): string {
  const below = pathText(itemBytes(name));
  if (below === "." || below === "") return base;
  return `${base === "/" ? "" : base}/${below}`;
}
