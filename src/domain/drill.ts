// Restore drills: what is tried, what is compared, and what a person has to be told of it.
import { countText } from "./count-text.ts";
import type { EntryFacts } from "./entry.ts";
import { pathText } from "./path-text.ts";
import { badInput, Problem } from "./problem.ts";
import { parseCount } from "./quantity.ts";
import { shellWord } from "./shell-word.ts";

/** What a drill tries. The same order of the same snapshot always picks the same files. */
export interface DrillOrder {
  readonly snapshot: string;
  /** How many files and links are picked at random. */
  readonly files: number;
  /** What they may come to, in bytes: a file that does not fit any more is passed over. Canaries always are restored. */
  readonly bytes: number;
  readonly seed: string;
}

export const DRILL_FILES = 100;
export const DRILL_BYTES = 1024 ** 3;
const FILES_MAX = 100_000;

export const parseDrillFiles = (given: unknown): number => parseCount("--files", given, 0, FILES_MAX);

export function parseSeed(given: unknown): string {
  if (typeof given === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(given)) return given;
  throw badInput("--seed", given, "is no seed: up to 64 letters, digits, dots, dashes and underscores.");
}

/** In which way a restored entry is not what the catalog says. */
const FAULTS = [
  ...(["not-in-snapshot", "missing", "unreadable", "damaged"] as const),
  ...(["wrong-type", "wrong-size", "wrong-owner", "wrong-mode", "wrong-time", "wrong-target"] as const),
] as const;
export type Fault = (typeof FAULTS)[number];

/** An entry that is not as it should be. `path` is absolute, as text. */
export interface DrillFinding {
  readonly path: string;
  readonly canary: boolean;
  readonly fault: Fault;
  /** What the catalog says, and what came back; null where there is nothing to say. */
  readonly expected: string | null;
  readonly found: string | null;
}

/** What became of the command that checks the restored files. */
export interface DrillCommand {
  readonly command: string;
  /** Null: it was ended, or could not be started. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
}

export interface DrillResult {
  readonly snapshot: string;
  readonly seed: string;
  /** Files and links that were picked at random, and entries that were declared as canaries or lie below one. */
  readonly sampled: number;
  readonly canaries: number;
  readonly bytes: number;
  /** Picked, and too large for what a drill may take. */
  readonly passedOver: number;
  /** Files of which nobody has a checksum yet, so that their content proves nothing. */
  readonly withoutChecksum: number;
  readonly faults: number;
  /** The first of them. */
  readonly findings: readonly DrillFinding[];
  readonly command: DrillCommand | null;
}

export const FINDINGS_MAX = 100;

/** As words that follow a path. */
const FAULT_WORDS: Readonly<Record<Fault, string>> = {
  "not-in-snapshot": "is not in the snapshot",
  missing: "is missing in the snapshot's tree",
  unreadable: "could not be read",
  damaged: "has other content",
  "wrong-type": "is of another type",
  "wrong-size": "has another size",
  "wrong-owner": "has another owner",
  "wrong-mode": "has other permissions",
  "wrong-time": "has another time",
  "wrong-target": "points elsewhere",
};

/** What a restored entry shows. `owner` may be that of the stored one: only root can give files away. */
export interface Restored {
  readonly facts: EntryFacts;
  readonly owner: Pick<EntryFacts, "uid" | "gid">;
  /** Hexadecimal; null for what has no content. */
  readonly digest: string | null;
}

/** What the catalog says of an entry. */
export interface Expected extends EntryFacts {
  readonly path: Uint8Array;
  readonly checksum: Uint8Array | null;
}

type Difference = Pick<DrillFinding, "fault" | "expected" | "found">;

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const timeText = ({ mtimeSeconds, mtimeNanoseconds }: EntryFacts): string =>
  `${mtimeSeconds}.${String(mtimeNanoseconds).padStart(9, "0")}`;

/** Every way in which an entry is not what the catalog says. Times of folders change with what is put into them. */
export function differencesOf(expected: Expected, { facts, owner, digest }: Restored): Difference[] {
  const found: Difference[] = [];
  const compare = (fault: Fault, should: string, is: string): void => {
    if (should !== is) found.push({ fault, expected: should, found: is });
  };
  compare("wrong-type", expected.type, facts.type);
  if (found.length > 0) return found;
  compare("wrong-owner", `${expected.uid}:${expected.gid}`, `${owner.uid}:${owner.gid}`);
  if (expected.type === "l")
    compare(
      "wrong-target",
      pathText(expected.target ?? new Uint8Array()),
      pathText(facts.target ?? new Uint8Array()),
    );
  else compare("wrong-mode", expected.mode.toString(8), facts.mode.toString(8));
  if (expected.type !== "d") compare("wrong-time", timeText(expected), timeText(facts));
  if (expected.type !== "f") return found;
  compare("wrong-size", String(expected.size), String(facts.size));
  if (expected.checksum !== null && digest !== null && expected.size === facts.size)
    compare("damaged", hex(expected.checksum), digest);
  return found;
}

const LINES_MAX = 20;

/** What the drill found, as a Problem; null when everything came back as it should. */
export function drillProblem(host: string, result: DrillResult): Problem | null {
  const { faults, findings, command } = result;
  if (faults > 0) {
    const more = faults - Math.min(findings.length, LINES_MAX);
    const lines = findings.slice(0, LINES_MAX).map(findingLine);
    return new Problem(
      "drill_differs",
      `${countText(faults, "thing is", "things are")} not as the catalog says after a restore of ${result.snapshot}.`,
      {
        hint: hintFor(host, findings),
        detail: [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n"),
      },
    );
  }
  if (command === null || command.exitCode === 0) return null;
  const how = command.timedOut
    ? "did not end in time"
    : command.exitCode === null
      ? "could not be run to its end"
      : `ended with exit code ${command.exitCode}`;
  return new Problem(
    "drill_command_failed",
    `Everything was restored as it should be, but the command that checks it ${how}: ${command.command}`,
  );
}

export const findingLine = ({ path, canary, fault, expected, found }: DrillFinding): string =>
  `${path} ${FAULT_WORDS[fault]}${canary ? " (a canary)" : ""}${
    expected === null && found === null ? "" : `: ${found ?? "nothing"} in place of ${expected ?? "nothing"}`
  }`;

/** The next step, from the worst that was found. */
function hintFor(host: string, findings: readonly DrillFinding[]): string {
  const worst = FAULTS.find((fault) => findings.some((finding) => finding.fault === fault));
  const path = findings.find(({ fault }) => fault === worst)?.path ?? "/";
  switch (worst) {
    case "not-in-snapshot":
      return `Was it moved, or is it excluded? See when it was there: pobsync versions ${shellWord(`${host}:${path}`)}`;
    case "missing":
      return `Somebody has removed it from the backup disk. Look for another copy: pobsync versions ${shellWord(`${host}:${path}`)}`;
    case "unreadable":
    case "damaged":
    case "wrong-size":
      return `Read everything and mend what can be mended: pobsync verify ${host} --repair. Look at the disk as well: smartctl, dmesg.`;
    default:
      return "Somebody has changed it on the backup disk since it was stored. Find out who, and look at the host's other snapshots.";
  }
}

/** What a stored result says; null for anything that is none. */
export function parseDrillResult(value: unknown): DrillResult | null {
  const fields = (value ?? {}) as Record<string, unknown>;
  if (typeof fields.snapshot !== "string" || typeof fields.seed !== "string") return null;
  return fields as unknown as DrillResult;
}
