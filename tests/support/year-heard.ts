// What a receiver has read: whoever gets a message has nothing but its words.
export type HeardKind = "opened" | "reminder" | "cleared";

export interface HeardItem {
  readonly kind: HeardKind;
  /** What it is about, in the judge's words. */
  readonly key: string;
  readonly code: string;
}

export interface Heard {
  readonly channel: string;
  readonly at: number;
  readonly isDigest: boolean;
  readonly items: readonly HeardItem[];
  /** Lines that say nothing that can be understood. */
  readonly strange: readonly string[];
}

const HEADS: Readonly<Record<string, HeardKind>> = {
  "Needs attention:": "opened",
  "Still, and nobody has acknowledged it:": "reminder",
  "Well again:": "cleared",
};

type Meaning = (parts: readonly string[]) => readonly [key: string, code: string];
const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [/planted on (host-\d+): files_vanished/, ([host]) => [`files_vanished@${host}`, "files_vanished"]],
  [/planted on (host-\d+): (\w+)/, ([host, code]) => [`backup@${host}`, `${code}`]],
  [/^(host-\d+) was never backed up/, ([host]) => [`backup@${host}`, "never"]],
  [/^(host-\d+) has had no good backup/, ([host]) => [`backup@${host}`, "late"]],
  [/^No (scheduler|worker) is running/, ([role]) => [`nobody_works@${role}`, "nobody_works"]],
  [/the backup disk is not mounted there/, () => ["root_not_mounted", "root_not_mounted"]],
  [/are free; --min-free asks for/, () => ["server_disk_full", "server_disk_full"]],
  [/^The disk of the backup root .* will be full/, () => ["disk_filling", "disk_filling"]],
  [/^A due time of (host-\d+) has passed/, ([host]) => [`schedule_overdue@${host}`, "schedule_overdue"]],
  [/^Nothing arrives at the channel (\w+):/, ([name]) => [`channel_broken@${name}`, "channel_broken"]],
];

function meaningOf(line: string): readonly [string, string] | null {
  for (const [pattern, meaning] of MEANINGS) {
    const match = pattern.exec(line);
    if (match !== null) return meaning(match.slice(1));
  }
  return null;
}

/** A message as it arrived: the JSON of a webhook. */
export function readMessage(channel: string, at: number, json: { kind: string; body: string }): Heard {
  const heard = { channel, at, isDigest: json.kind === "digest" };
  if (heard.isDigest) return { ...heard, items: [], strange: [] };
  const [first = "", ...more] = json.body.split("\n");
  // One alone has its advice below it; of several there is a list below each head.
  const lines = first in HEADS ? [first, ...more] : [`${first}`];
  const items: HeardItem[] = [];
  const strange: string[] = [];
  let kind = json.kind as HeardKind;
  for (const line of lines) {
    const head = HEADS[line];
    if (head !== undefined) kind = head;
    if (head !== undefined || line === "") continue;
    const meaning = meaningOf(line.replace(/^- /, "").replace(/^It is over: /, ""));
    if (meaning === null) strange.push(line);
    else items.push({ kind, key: meaning[0], code: meaning[1] });
  }
  return { ...heard, items, strange };
}
