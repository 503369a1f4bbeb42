// The printable report for whoever has to sign for the backups: what it says, in words and tables, whatever it is printed as.
import { countText, numberText, sizeText } from "./count-text.ts";
import { PROOF_DAYS, type Proof, shareText } from "./proof.ts";
import { durationText } from "./quantity.ts";
import type { FinishedStatus, RunKind } from "./run.ts";

/** Runs of a kind and host that failed one after the other, until one went well. */
export interface FailureSpell {
  readonly host: string;
  readonly kind: RunKind;
  readonly since: Date;
  /** When a run of the kind went well again; null: not yet. */
  readonly wellAt: Date | null;
  readonly runs: number;
  /** Of the last one. */
  readonly message: string;
}

export interface ReportedDrill {
  readonly host: string;
  readonly runId: number;
  readonly at: Date;
  readonly status: FinishedStatus;
  readonly message: string | null;
}

export interface ReportFacts {
  readonly node: string;
  readonly backupRoot: string;
  readonly version: string;
  readonly timeZone: string;
  readonly madeAt: Date;
  readonly from: Date;
  readonly to: Date;
  readonly proofs: readonly Proof[];
  readonly failures: readonly FailureSpell[];
  readonly drills: readonly ReportedDrill[];
  /** What keeps snapshots from being pruned before a person has looked. */
  readonly held: readonly { readonly host: string; readonly message: string }[];
}

export interface ReportTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How wide the columns are, in parts of all. */
  readonly widths: readonly number[];
}

export interface ReportSection {
  readonly title: string;
  readonly text: string;
  readonly table: ReportTable | null;
}

export interface ReportDocument {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly sections: readonly ReportSection[];
  /** Lines with room behind them. */
  readonly signature: readonly string[];
}

/** Failures of one host and kind, oldest run first. */
export interface EndedRun {
  readonly host: string;
  readonly kind: RunKind;
  readonly status: FinishedStatus;
  readonly at: Date;
  readonly message: string | null;
}

/** Puts failures in a row together. Those that begin after `to` are left out; how it went on later is said. */
export function spellsOf(runs: readonly EndedRun[], to: Date): FailureSpell[] {
  const open = new Map<string, FailureSpell>();
  const spells: FailureSpell[] = [];
  for (const run of runs) {
    const key = `${run.host} ${run.kind}`;
    const spell = open.get(key);
    if (run.status === "failed" && run.at <= to) {
      const { host, kind, at, message } = run;
      const runsNow = (spell?.runs ?? 0) + 1;
      const since = spell?.since ?? at;
      open.set(key, { host, kind, since, wellAt: null, runs: runsNow, message: message ?? "" });
    } else if (spell !== undefined && (run.status === "succeeded" || run.status === "warning")) {
      spells.push({ ...spell, wellAt: run.at });
      open.delete(key);
    }
  }
  return [...spells, ...open.values()].sort((one, other) => one.since.getTime() - other.since.getTime());
}

export function reportDocument(facts: ReportFacts): ReportDocument {
  const { node, backupRoot, version, proofs, failures, drills, held, timeZone } = facts;
  const at = clockOf(timeZone);
  const enabled = proofs.filter((proof) => proof.enabled);
  return {
    title: "Backups: report and proof",
    facts: [
      ["Backup server", node],
      ["Backup root", backupRoot],
      ["Period", `${at(facts.from)} to ${at(facts.to)} (${timeZone})`],
      ["Made", `${at(facts.madeAt)} by pobsync ${version}`],
      ["Hosts", `${numberText(proofs.length)}, ${numberText(enabled.length)} of them switched on`],
    ],
    sections: [
      hostSection(proofs, at),
      coverageSection(proofs),
      failureSection(failures, at),
      drillSection(drills, at),
      heldSection(held),
    ],
    signature: ["Looked through by", "Date and signature"],
  };
}

const clockOf = (timeZone: string): ((instant: Date | null) => string) => {
  // Sweden writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return (instant) => (instant === null ? "never" : format.format(instant));
};

const sizeWords = (bytes: number | null): string => (bytes === null ? "–" : sizeText(bytes));

type Clock = ReturnType<typeof clockOf>;

const hostSection = (proofs: readonly Proof[], at: Clock): ReportSection => ({
  title: "Hosts",
  text:
    proofs.length === 0
      ? "There are no hosts."
      : `Read: the share of what is stored that was read again within ${PROOF_DAYS} days and held against its checksum.`,
  table: tableOf(
    ["Host", "Last success", "Last drill", "Stored", "Read", "Damaged"],
    [20, 18, 26, 13, 11, 12],
    proofs.map(({ host, enabled, lastSuccessAt, lastDrill, storedBytes, readShare, damagedFiles }) => [
      enabled ? host : `${host} (switched off)`,
      at(lastSuccessAt),
      lastDrill === null ? "never" : `${outcome(lastDrill.status)} ${at(lastDrill.at)}`,
      sizeWords(storedBytes),
      shareText(readShare),
      damagedFiles === null ? "–" : numberText(damagedFiles),
    ]),
  ),
});

const outcome = (status: FinishedStatus): string => (status === "succeeded" ? "passed" : status);

function coverageSection(proofs: readonly Proof[]): ReportSection {
  const known = proofs.filter(({ storedBytes }) => storedBytes !== null);
  const sum = (of: (proof: Proof) => number | null): number =>
    known.reduce((total, proof) => total + (of(proof) ?? 0), 0);
  const [stored, read, damaged] = [
    sum((proof) => proof.storedBytes),
    sum((proof) => proof.readBytes),
    sum((proof) => proof.damagedFiles),
  ];
  const within = new Set(proofs.flatMap(({ verifyWithinSeconds }) => verifyWithinSeconds ?? []));
  const plan =
    within.size === 0
      ? "Nothing is read again by itself: pobsync configure-global --verify-within 90d"
      : `Hosts are to be read again within ${[...within]
          .sort((a, b) => a - b)
          .map(durationText)
          .join(", ")}.`;
  return {
    title: "Verification",
    text: `Of ${sizeWords(stored)} stored, ${sizeWords(read)} (${shareText(stored === 0 ? null : read / stored)}) were read again within ${PROOF_DAYS} days. ${
      damaged === 0
        ? "No stored file is known to be damaged."
        : `${countText(damaged, "stored file is", "stored files are")} damaged.`
    } ${plan}`,
    table: null,
  };
}

const failureSection = (failures: readonly FailureSpell[], at: Clock): ReportSection => ({
  title: "What failed, and when it was well again",
  text: failures.length === 0 ? "Nothing failed in this period." : "",
  table: tableOf(
    ["Host", "What", "Since", "Well again", "Runs", "Why"],
    [16, 10, 15, 15, 7, 37],
    failures.map(({ host, kind, since, wellAt, runs, message }) => [
      ...[host, kind, at(since), wellAt === null ? "not yet" : at(wellAt)],
      ...[numberText(runs), message],
    ]),
  ),
});

function drillSection(drills: readonly ReportedDrill[], at: Clock): ReportSection {
  const failed = drills.filter(({ status }) => status !== "succeeded");
  return {
    title: "Restore drills",
    text:
      drills.length === 0
        ? "There was no drill in this period. Have one made every week: pobsync configure-global --drill-every 7d"
        : `${countText(drills.length, "drill")}, ${numberText(drills.length - failed.length)} passed and ${numberText(failed.length)} did not.`,
    table: tableOf(
      ["Host", "When", "Run", "How it ended"],
      [22, 18, 10, 50],
      failed.map(({ host, at: when, runId, status, message }) => [
        ...[host, at(when), String(runId), message ?? status],
      ]),
    ),
  };
}

const heldSection = (held: ReportFacts["held"]): ReportSection => ({
  title: "Open anomalies",
  text:
    held.length === 0 ? "Nothing waits for a person to look at it." : "Nothing is pruned there before that.",
  table: tableOf(
    ["Host", "What is the matter"],
    [25, 75],
    held.map(({ host, message }) => [host, message]),
  ),
});

const tableOf = (
  head: readonly string[],
  widths: readonly number[],
  rows: readonly (readonly string[])[],
): ReportTable | null => (rows.length === 0 ? null : { head, widths, rows });
