// Mending stored files one after the other: write, read again, and only then note that they are whole.
import type { Catalog } from "../catalog/catalog.ts";
import { noteDamage, noteReadings } from "../catalog/verification.ts";
import { pathText } from "../domain/path-text.ts";
import { type Content, readContents } from "../system/read-contents.ts";
import { keepFile, type RepairFolder } from "../system/repair-folder.ts";
import { type Rewritten, rewriteStored } from "../system/rewrite-file.ts";
import type { RunLog } from "../system/run-log.ts";
import { dataFolder, snapshotsFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import type { Patient } from "./plan-repair.ts";
import type { Mended } from "./verify-findings.ts";

/** What a repair has to do with. */
export interface Repair {
  readonly app: App;
  readonly context: HostContext;
  readonly root: string;
  readonly catalog: Catalog;
  readonly control: RunControl;
  readonly log: RunLog;
  readonly runId: number;
  readonly nameAt: (seq: number) => string;
}

/** How a file is to be mended. */
export interface Cure {
  readonly patient: Patient;
  /** A file with the content that it should have; null: its own is right by now, and only time or mode are not. */
  readonly source: Buffer | null;
  readonly from: "copy" | "host" | null;
}

export type Tell = (patient: Patient, mended: Mended) => void;

/** So many are written before they are read again together. */
const BATCH_FILES = 100;
/** In so many places a file is looked for whose snapshots go away meanwhile. */
const PLACES_MAX = 16;

/** Mends what can be; `tell` hears of each what became of it, once that is on record. */
export async function mend(
  repair: Repair,
  folder: RepairFolder,
  cures: readonly Cure[],
  tell: Tell,
): Promise<void> {
  for (let at = 0; at < cures.length; at += BATCH_FILES) {
    const written: { readonly cure: Cure; readonly path: Buffer }[] = [];
    const batch = cures.slice(at, at + BATCH_FILES);
    noteDamage(
      repair.catalog,
      batch.flatMap(({ patient }) => patient.names.map(({ row }) => row)),
    );
    for (const cure of batch) {
      repair.control.stop.throwIfAborted();
      const { path, result } = await write(repair, folder, cure);
      if (result.kind === "written") written.push({ cure, path });
      else
        tell(cure.patient, result.kind === "missing" ? { kind: "gone" } : { kind: "left", why: result.why });
    }
    const contents = await readAgain(
      repair,
      written.map(({ path }) => path),
    );
    for (const [index, { cure }] of written.entries())
      tell(cure.patient, settle(repair, cure, contents[index]));
  }
}

/** At the first of its places that is still there. */
async function write(
  { root, context, control, nameAt }: Repair,
  folder: RepairFolder,
  { patient, source }: Cure,
): Promise<{ path: Buffer; result: Rewritten }> {
  const { known, names } = patient;
  const keep = keepFile(folder, known.inode);
  const places = names.flatMap(({ path, places: seqs }) => seqs.map((seq) => ({ path, seq })));
  for (const { path, seq } of places.slice(0, PLACES_MAX)) {
    const snapshot = nameAt(seq);
    const tree = dataFolder(root, context.host.name, snapshot);
    const home = snapshotsFolder(root, context.host.name);
    const result = await rewriteStored({ tree, path, home }, known, source, keep, control.stop);
    if (result.kind !== "missing") return { path: Buffer.concat([Buffer.from(`${tree}/`), path]), result };
  }
  return { path: Buffer.alloc(0), result: { kind: "missing" } };
}

/** What the disk gives back decides, not what was written. */
function settle(
  { app, catalog, control }: Repair,
  { patient, from }: Cure,
  content: Content | undefined,
): Mended {
  const { expected, names } = patient;
  const error = content === undefined ? "ENOENT" : "error" in content ? content.error : null;
  if (error === "ENOENT") return { kind: "gone" };
  if (content === undefined || "error" in content)
    return { kind: "left", why: `it cannot be read after writing (${error})` };
  if (!content.digest.equals(expected))
    return { kind: "left", why: "the disk does not give back what was written" };
  const rows = names.map(({ row }) => row);
  noteReadings(catalog, [{ rows, found: content.digest, expected }], app.clock().getTime());
  const name = `/${pathText(names[0]?.path ?? Buffer.alloc(0))}`;
  control.note(from === null ? `an interrupted repair is done: ${name}` : `repaired (${from}): ${name}`);
  return from === null ? { kind: "whole" } : { kind: "repaired", from };
}

/** The contents of files, in their order. */
export async function readAgain(
  { app, control }: Repair,
  paths: readonly Buffer[],
): Promise<readonly Content[]> {
  const contents: Content[] = [];
  if (paths.length > 0)
    await readContents(
      app.hasher,
      paths,
      (at, content) => {
        contents[at] = content;
      },
      control.stop,
    );
  return contents;
}
