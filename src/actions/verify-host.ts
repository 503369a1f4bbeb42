// The story of a verification: every stored file is read again, once, and held against the checksum that the host computed.
import { type Catalog, indexedSnapshots, openCatalog } from "../catalog/catalog.ts";
import {
  filesToRead,
  noteReadings,
  type ReadResult,
  reportDamage,
  type StoredFile,
  verificationOf,
  weighReading,
} from "../catalog/verification.ts";
import { countText } from "../domain/count-text.ts";
import { pathText } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import type { RunTask } from "../domain/run-task.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { DamagedFile, VerifyResult } from "../domain/verify-result.ts";
import { listSnapshots, saveVerification } from "../store/snapshots.ts";
import { requireRoot } from "../system/backup-root.ts";
import { catalogFile } from "../system/catalog-file.ts";
import { type Content, readContents } from "../system/read-contents.ts";
import { dataFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import { readingProgress } from "./reading-progress.ts";
import { syncCatalog } from "./sync-catalog.ts";

/** One program reads so many files, or so many bytes of them, before what it found is noted. */
const BATCH_FILES = 5000;
const BATCH_BYTES = 2 * 1024 ** 3;
/** Readers side by side: a disk has more than one request to choose from, and small files cost more than reading. */
const READERS = 2;
/** Named one by one; beyond it they are counted. A disk that is dying has very many. */
const NAMED_MAX = 1000;

export type VerifyTask = Extract<RunTask, { do: "verify" }>;

interface Verification {
  readonly app: App;
  readonly context: HostContext;
  readonly root: string;
  readonly catalog: Catalog;
  readonly control: RunControl;
  readonly nameAt: (seq: number) => string;
  readonly damaged: DamagedFile[];
  readonly unreadable: { readonly path: string; readonly error: string }[];
}

/** Reads what the task asks for. What was read is noted as it goes, so that a run that is stopped has not worked in vain. */
export async function verifyHost(
  app: App,
  context: HostContext,
  task: VerifyTask,
  control: RunControl,
): Promise<VerifyResult> {
  const { host, site } = context;
  await control.onPhase("verifying");
  const root = await requireRoot(site.backupRoot, site.rootId);
  await syncCatalog(app, root, host, { stop: control.stop });
  const file = catalogFile(root, host.name);
  const catalog = openCatalog(file, "write");
  // Reading a list and changing what is listed take a connection each.
  const list = openCatalog(file, "read");
  try {
    const names = new Map(indexedSnapshots(catalog).map(({ seq, name }) => [seq, name]));
    const nameAt = (seq: number): string => names.get(seq) ?? "";
    const seq = task.snapshot === null ? null : seqOf(catalog, host.name, task.snapshot);
    const notSince = notSinceMs(app, task);
    const order = { seq, notSince, oldestFirst: task.percent !== null };
    const total = weighReading(list, order);
    const limitBytes = task.percent === null ? total.bytes : Math.ceil((total.bytes * task.percent) / 100);
    const work = { app, context, root, catalog, control, nameAt, damaged: [], unreadable: [] };
    const files = upTo(filesToRead(list, order), limitBytes, task.percent !== null);
    const read = await readAll(work, files, { files: total.files, bytes: limitBytes });
    await noteSnapshots(work);
    const { damaged, unreadable } = work;
    return { ...read, damaged, unreadable };
  } finally {
    list.close();
    catalog.close();
  }
}

function seqOf(catalog: Catalog, host: string, name: string): number {
  const found = indexedSnapshots(catalog).find((snapshot) => snapshot.name === name);
  if (found !== undefined) return found.seq;
  throw new Problem("not_found", `${name} of ${host} is not on disk.`, {
    hint: `pobsync snapshots ${host} lists what is there.`,
  });
}

/** A run that goes on where another one stopped leaves out what was read since that one began. */
function notSinceMs(app: App, { olderThanSeconds, since }: VerifyTask): number {
  if (olderThanSeconds === null) return since;
  return Math.min(since, app.clock().getTime() - olderThanSeconds * 1000);
}

/** Ends a list when so many bytes are in it. */
function* upTo(files: Iterable<StoredFile>, limitBytes: number, isLimited: boolean): Generator<StoredFile> {
  let bytes = 0;
  for (const file of files) {
    if (isLimited && bytes >= limitBytes) return;
    bytes += file.size;
    yield file;
  }
}

async function readAll(
  work: Verification,
  files: Generator<StoredFile>,
  total: { readonly files: number; readonly bytes: number },
): Promise<{ checked: number; bytes: number }> {
  const progress = readingProgress(total.bytes, work.control.onProgress);
  const reader = async (): Promise<void> => {
    for (;;) {
      work.control.stop.throwIfAborted();
      const batch = takeBatch(files);
      if (batch.length === 0) return;
      await readBatch(work, batch, progress.add);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return progress.sum();
}

function takeBatch(files: Generator<StoredFile>): StoredFile[] {
  const batch: StoredFile[] = [];
  for (let bytes = 0; batch.length < BATCH_FILES && bytes < BATCH_BYTES; ) {
    const next = files.next();
    if (next.done === true) break;
    batch.push(next.value);
    bytes += next.value.size;
  }
  return batch;
}

async function readBatch(
  work: Verification,
  batch: readonly StoredFile[],
  onRead: (bytes: number) => void,
): Promise<void> {
  const { app, context, root, catalog, nameAt, control } = work;
  const paths = batch.map(({ path, seq }) =>
    Buffer.concat([Buffer.from(`${dataFolder(root, context.host.name, nameAt(seq))}/`), path]),
  );
  const results: ReadResult[] = [];
  const odd: { readonly file: StoredFile; readonly content: Content }[] = [];
  const take = (at: number, content: Content): void => {
    const file = batch[at];
    if (file === undefined) return;
    onRead(file.size);
    if ("digest" in content)
      results.push({ rows: file.rows, found: content.digest, expected: file.checksum });
    if ("error" in content || file.checksum?.equals(content.digest) === false) odd.push({ file, content });
  };
  try {
    await readContents(app.hasher, paths, take, control.stop);
  } finally {
    if (results.length > 0) noteReadings(catalog, results, app.clock().getTime());
  }
  for (const { file, content } of odd) report(work, file, content);
}

/** A file that a prune has taken away meanwhile is no damage: the snapshots that we hold are not pruned. */
function report(
  { context, catalog, nameAt, damaged, unreadable, control }: Verification,
  file: StoredFile,
  content: Content,
): void {
  const path = pathText(file.path);
  if ("error" in content) {
    if (unreadable.length < NAMED_MAX)
      unreadable.push({ path: `${nameAt(file.seq)}: /${path}`, error: content.error });
    control.note(`could not be read (${content.error}): /${path} in ${nameAt(file.seq)}`);
    return;
  }
  const expected = file.checksum ?? content.digest;
  const { snapshots, healthy } = reportDamage(catalog, file.rows, expected);
  control.note(`damaged: /${path} in ${countText(snapshots.length, "snapshot")}`);
  if (damaged.length >= NAMED_MAX) return;
  damaged.push({
    host: context.host.name,
    path: `/${path}`,
    snapshots,
    expected: expected.toString("hex"),
    found: content.digest.toString("hex"),
    healthy: healthy === null ? null : { snapshot: healthy.snapshot, path: `/${pathText(healthy.path)}` },
  });
}

/** Of each snapshot, since when all of it has been read, and whether anything was damaged. */
async function noteSnapshots({ app, context, catalog }: Verification): Promise<void> {
  const places = new Map(indexedSnapshots(catalog).map(({ name, seq }) => [name, seq]));
  for (const snapshot of await listSnapshots(app.db, { hostId: context.host.id, states: ["complete"] })) {
    const seq = places.get(snapshot.name);
    if (seq !== undefined) await noteSnapshot(app, snapshot, verificationOf(catalog, seq));
  }
}

async function noteSnapshot(
  app: App,
  snapshot: Snapshot,
  { sinceMs, damaged }: ReturnType<typeof verificationOf>,
): Promise<void> {
  const result = damaged > 0 ? "damaged" : sinceMs === null ? null : "ok";
  const at = sinceMs === null ? null : new Date(sinceMs);
  if (snapshot.verifyResult === result && snapshot.verifiedAt?.getTime() === at?.getTime()) return;
  await saveVerification(app.db, snapshot.id, at, result);
}

/** What a person has to be told of a verification; null when all is well. */
export function damageProblem({ damaged, unreadable }: VerifyResult): Problem | null {
  if (damaged.length > 0)
    return new Problem(
      "content_damaged",
      `${countText(damaged.length, "stored file is", "stored files are")} not what the host had.`,
      { detail: damaged.map(damageLine).join("\n") },
    );
  if (unreadable.length === 0) return null;
  return new Problem(
    "content_unreadable",
    `${countText(unreadable.length, "stored file", "stored files")} could not be read.`,
    { detail: unreadable.map(({ path, error }) => `${path} (${error})`).join("\n") },
  );
}

function damageLine({ path, snapshots, healthy }: DamagedFile): string {
  const [first = "?"] = snapshots;
  const where = snapshots.length === 1 ? first : `${snapshots.length} snapshots from ${first} on`;
  const copy =
    healthy === null ? "no other copy here" : `a healthy copy: ${healthy.path} in ${healthy.snapshot}`;
  return `${path} in ${where}; ${copy}`;
}
