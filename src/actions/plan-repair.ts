// Which damaged files may be mended at all, and what is known about each.
import type { Catalog } from "../catalog/catalog.ts";
import { namesOf, type StoredName } from "../catalog/stored-names.ts";
import { asOnDisk } from "../system/kept-attributes.ts";
import type { KnownFile } from "../system/rewrite-file.ts";
import type { Finding, Mended } from "./verify-findings.ts";

/** A damaged file that is to be mended. */
export interface Patient {
  readonly finding: Finding;
  /** The checksum of its content as it should be. */
  readonly expected: Buffer;
  readonly known: KnownFile;
  /** All of its names, that of the newest snapshot first. */
  readonly names: readonly StoredName[];
}

export interface RepairPlan {
  readonly patients: readonly Patient[];
  /** What became of the others. */
  readonly refused: ReadonlyMap<Finding, Mended>;
}

/** Errors of reading after which a disk may take a new content all the same. */
const OF_THE_DISK = ["EIO", "EBADMSG", "EUCLEAN", "EREMOTEIO", "ENODATA"];

/** What snapshots at a place are like. */
interface Places {
  /** The tree of another tool, in which nothing is ever written. */
  readonly isForeign: (seq: number) => boolean;
  /** It keeps owners and modes in attributes. */
  readonly isFakeSuper: (seq: number) => boolean;
}

export function planRepair(
  catalog: Catalog,
  findings: readonly Finding[],
  { isForeign, isFakeSuper }: Places,
): RepairPlan {
  const names = namesOf(
    catalog,
    findings.flatMap(({ file }) => file.facts.inode ?? []),
  );
  const patients: Patient[] = [];
  const refused = new Map<Finding, Mended>();
  for (const finding of findings) {
    const { expected, file } = finding;
    const own = file.facts.inode === null ? [] : (names.get(file.facts.inode) ?? []);
    const why = whyNot(finding, own, isForeign);
    if (why !== null) refused.set(finding, { kind: "left", why });
    else if (own.length === 0) refused.set(finding, { kind: "gone" });
    else if (expected !== null && file.facts.inode !== null) {
      const facts = asOnDisk(file.facts, isFakeSuper(file.seq));
      patients.push({ finding, expected, known: { ...facts, inode: file.facts.inode }, names: own });
    }
  }
  return { patients, refused };
}

/** Null: nothing speaks against it. */
function whyNot(
  finding: Finding,
  names: readonly StoredName[],
  isForeign: (seq: number) => boolean,
): string | null {
  const { expected, file, kind } = finding;
  if (kind === "unreadable" && !OF_THE_DISK.includes(finding.item.error))
    return `it could not be opened (${finding.item.error})`;
  if (names.some(({ places }) => places.some(isForeign)))
    return "its tree belongs to another tool, and nothing of that is ever written to";
  if (expected === null) return "nobody has noted what its content should be";
  if (file.facts.inode === null) return "its inode's number is too large to be told from others";
  return names.every((name) => isOneFile(name, finding, expected))
    ? null
    : "the catalog says different things about its names";
}

/** One file has one size, one time and one content, whatever it is called. */
function isOneFile({ facts, checksum }: StoredName, { file }: Finding, expected: Buffer): boolean {
  const isSame = (of: keyof typeof facts): boolean => facts[of] === file.facts[of];
  const all = ["size", "mtimeSeconds", "mtimeNanoseconds", "mode", "uid", "gid"] as const;
  return all.every(isSame) && (checksum === null || checksum.equals(expected));
}
