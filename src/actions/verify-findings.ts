// What a verification found to be damaged or unreadable, file by file, until it is known what became of each.
import type { Catalog } from "../catalog/catalog.ts";
import { reportDamage, type StoredFile } from "../catalog/verification.ts";
import { countText, numberText } from "../domain/count-text.ts";
import { pathText } from "../domain/path-text.ts";
import type { DamagedFile, Mending, UnreadableFile, VerifyResult } from "../domain/verify-result.ts";
import type { Content } from "../system/read-contents.ts";

/** `expected`: the checksum that it should have; null when nobody knows it. */
export type Finding = { readonly file: StoredFile; readonly expected: Buffer | null } & (
  | { readonly kind: "damaged"; readonly item: Omit<DamagedFile, keyof Mending> }
  | { readonly kind: "unreadable"; readonly item: Omit<UnreadableFile, keyof Mending> }
);

/** What became of a finding. `whole`: nothing is wrong with it any more; `gone`: no snapshot has it any more. */
export type Mended =
  | { readonly kind: "repaired"; readonly from: "copy" | "host" }
  | { readonly kind: "whole" }
  | { readonly kind: "gone" }
  | { readonly kind: "left"; readonly why: string | null };

export interface Findings {
  readonly add: (file: StoredFile, content: Content) => void;
  readonly all: () => readonly Finding[];
  /** Of each sort the first one that is too many for a repair, so that it is not forgotten that there are more. */
  readonly beyond: () => readonly Finding[];
}

/** Named one by one; beyond it they are counted. A disk that is dying has very many. */
const NAMED_MAX = 1000;
/** A repair takes so many of each sort at a time. */
const REPAIRED_MAX = 20_000;

interface Place {
  readonly host: string;
  readonly catalog: Catalog;
  readonly nameAt: (seq: number) => string;
  readonly note: (text: string) => void;
}

export function collectFindings({ host, catalog, nameAt, note }: Place, isForRepair: boolean): Findings {
  const [found, beyond]: [Finding[], Finding[]] = [[], []];
  const most = isForRepair ? REPAIRED_MAX : NAMED_MAX;
  const counts = { damaged: 0, unreadable: 0 };
  const keep = (finding: Finding): void => {
    counts[finding.kind] += 1;
    if (counts[finding.kind] <= most) found.push(finding);
    else if (isForRepair && counts[finding.kind] === most + 1) beyond.push(finding);
  };
  return {
    /** A file that a prune has taken away meanwhile is no damage: the snapshots that we hold are not pruned. */
    add: (file, content) => {
      const path = pathText(file.path);
      if ("error" in content) {
        note(`could not be read (${content.error}): /${path} in ${nameAt(file.seq)}`);
        const item = { path: `${nameAt(file.seq)}: /${path}`, error: content.error };
        keep({ kind: "unreadable", file, expected: file.checksum, item });
        return;
      }
      const expected = file.checksum ?? content.digest;
      const { snapshots, healthy } = reportDamage(catalog, file.rows, expected);
      note(`damaged: /${path} in ${countText(snapshots.length, "snapshot")}`);
      const item = {
        ...{ host, path: `/${path}`, snapshots },
        ...{ expected: expected.toString("hex"), found: content.digest.toString("hex") },
        healthy: healthy === null ? null : { snapshot: healthy.snapshot, path: `/${pathText(healthy.path)}` },
      };
      keep({ kind: "damaged", file, expected, item });
    },
    all: () => found,
    beyond: () => beyond,
  };
}

/** What the findings come to. `mended` is null when nobody was to mend anything. What is still damaged comes first. */
export function resultOf(
  read: Pick<VerifyResult, "checked" | "bytes">,
  findings: Findings,
  mended: ReadonlyMap<Finding, Mended> | null,
): VerifyResult {
  const damaged: DamagedFile[] = [];
  const unreadable: UnreadableFile[] = [];
  const why = mended === null ? null : `there are more than ${numberText(REPAIRED_MAX)}: do it again`;
  for (const finding of [...findings.all(), ...findings.beyond()]) {
    const mending = mendingOf(mended?.get(finding) ?? { kind: "left", why });
    if (mending === null) continue;
    if (finding.kind === "damaged") damaged.push({ ...finding.item, ...mending });
    else unreadable.push({ ...finding.item, ...mending });
  }
  return { ...read, damaged: leftFirst(damaged), unreadable: leftFirst(unreadable) };
}

function mendingOf(mended: Mended): Mending | null {
  switch (mended.kind) {
    case "repaired":
      return { repaired: mended.from, whyNot: null };
    case "left":
      return { repaired: null, whyNot: mended.why };
    case "whole":
    case "gone":
      return null;
    default:
      return mended satisfies never;
  }
}

const leftFirst = <Item extends Mending>(items: readonly Item[]): Item[] =>
  [
    ...items.filter(({ repaired }) => repaired === null),
    ...items.filter(({ repaired }) => repaired !== null),
  ].slice(0, NAMED_MAX);
