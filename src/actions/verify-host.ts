// The story of a verification: every stored file is read again, once, and held against the checksum that the host computed.
import { type Catalog, indexedSnapshots, openCatalog } from "../catalog/catalog.ts";
import {
  filesToRead,
  noteReadings,
  type ReadingOrder,
  type ReadResult,
  type StoredFile,
  verificationOf,
  weighReading,
} from "../catalog/verification.ts";
import type { Host } from "../domain/host.ts";
import { Problem } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { RunTask } from "../domain/run-task.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { VerifyResult } from "../domain/verify-result.ts";
import { holdAllOf, holdAlso } from "../store/snapshot-claims.ts";
import { findSnapshot, listSnapshots, saveVerification } from "../store/snapshots.ts";
import { catalogFile } from "../system/catalog-file.ts";
import { asOnDisk, hasKeptFacts } from "../system/kept-attributes.ts";
import { type Content, readContents } from "../system/read-contents.ts";
import { sweepRepairs } from "../system/repair-folder.ts";
import type { RunLog } from "../system/run-log.ts";
import { dataFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { type HostContext, rootHere } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import { readingProgress } from "./reading-progress.ts";
import { repairFiles } from "./repair-files.ts";
import { livingRuns } from "./run-fate.ts";
import { syncCatalog } from "./sync-catalog.ts";
import { collectFindings, type Findings, resultOf } from "./verify-findings.ts";

/** One program reads so many files, or so many bytes of them, before what it found is noted. */
const BATCH_FILES = 5000;
const BATCH_BYTES = 2 * 1024 ** 3;
/** Readers side by side: a disk has more than one request to choose from, and small files cost more than reading. */
const READERS = 2;

type VerifyTask = Extract<RunTask, { do: "verify" }>;

interface Verification {
  readonly app: App;
  readonly context: HostContext;
  readonly root: string;
  readonly catalog: Catalog;
  readonly control: RunControl;
  readonly nameAt: (seq: number) => string;
  /** Names of snapshots that keep owners and modes in attributes. */
  readonly fakeSuper: ReadonlySet<string>;
  readonly findings: Findings;
}

export interface Verified {
  readonly result: VerifyResult;
  /** What kept a repair from mending more. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads what the task asks for, and mends what is damaged if it asks for that. What was read is noted as it goes, so that a
 * run that is stopped has not worked in vain.
 */
export async function verifyHost(
  app: App,
  context: HostContext,
  run: Run,
  control: RunControl,
  log: RunLog,
): Promise<Verified> {
  const { task } = run.options;
  if (task?.do !== "verify")
    throw new Problem("internal_error", `Run ${run.id} does not say what is to be read.`);
  const { host, site } = context;
  await control.onPhase("verifying");
  const root = await rootHere(site);
  await holdWhatIsRead(app, run, task, host);
  const living = await livingRuns(app, host.id);
  // What cannot be tidied is left for the next one: it must not keep anybody from looking for damage.
  await sweepRepairs(root, host.name, (runId) => living.has(runId)).catch(() => {});
  await syncCatalog(app, root, host, { stop: control.stop });
  const file = catalogFile(root, host.name);
  const catalog = openCatalog(file, "write");
  // Reading a list and changing what is listed take a connection each.
  const list = openCatalog(file, "read");
  try {
    const names = new Map(indexedSnapshots(catalog).map(({ seq, name }) => [seq, name]));
    const nameAt = (seq: number): string => names.get(seq) ?? "";
    const order = orderOf(
      app,
      task,
      task.snapshot === null ? null : seqOf(catalog, host.name, task.snapshot),
    );
    const total = weighReading(list, order);
    const limitBytes = limitOf(task, total.bytes);
    const place = { host: host.name, catalog, nameAt, note: control.note };
    const findings = collectFindings(place, task.repair);
    const fakeSuper = await fakeSuperOf(app, host.id);
    const work = { app, context, root, catalog, control, nameAt, fakeSuper, findings };
    const files = upTo(filesToRead(list, order), limitBytes, limitBytes < total.bytes);
    const read = await readAll(work, files, { files: total.files, bytes: limitBytes });
    await noteSnapshots(work);
    if (!task.repair) return { result: resultOf(read, findings, null), warnings: [] };
    const { mended, warnings } = await repairFiles({ ...work, log, runId: run.id }, findings.all());
    await noteSnapshots(work);
    return { result: resultOf(read, findings, mended), warnings };
  } finally {
    list.close();
    catalog.close();
  }
}

/** From now on no prune takes away what is read. What was pruned while the run waited is not there to be read. */
async function holdWhatIsRead(app: App, { id }: Run, { snapshot: name }: VerifyTask, host: Host) {
  if (name === null) {
    await holdAllOf(app.db, id, host.id);
    return;
  }
  const snapshot = await findSnapshot(app.db, host.id, name);
  if (snapshot?.state === "complete") await holdAlso(app.db, id, snapshot.id);
}

async function fakeSuperOf(app: App, hostId: number): Promise<Set<string>> {
  const all = await listSnapshots(app.db, { hostId, states: ["complete"] });
  return new Set(all.flatMap(({ name, fakeSuper }) => (fakeSuper ? [name] : [])));
}

function seqOf(catalog: Catalog, host: string, name: string): number {
  const found = indexedSnapshots(catalog).find((snapshot) => snapshot.name === name);
  if (found !== undefined) return found.seq;
  throw new Problem("not_found", `${name} of ${host} is not on disk.`, {
    hint: `pobsync snapshots ${host} lists what is there.`,
  });
}

/**
 * A run that goes on where another one stopped leaves out what was read since that one began; but not what it is still to
 * mend.
 */
function orderOf(app: App, task: VerifyTask, seq: number | null): ReadingOrder {
  const { olderThanSeconds, since, damagedOnly, repair, percent, bytes = null } = task;
  const old = olderThanSeconds === null ? since : app.clock().getTime() - olderThanSeconds * 1000;
  return {
    ...{ seq, notSince: Math.min(since, old), damagedOnly, damagedSince: repair ? since : null },
    by: bytes !== null ? "oldest" : percent !== null ? "unread" : "disk",
  };
}

const limitOf = ({ percent, bytes = null }: VerifyTask, all: number): number =>
  Math.min(percent === null ? all : Math.ceil((all * percent) / 100), bytes ?? all);

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
  const { app, context, root, catalog, nameAt, control, findings } = work;
  const paths = batch.map(({ path, seq }) =>
    Buffer.concat([Buffer.from(`${dataFolder(root, context.host.name, nameAt(seq))}/`), path]),
  );
  const results: ReadResult[] = [];
  const odd: { readonly path: Buffer; readonly file: StoredFile; readonly content: Content }[] = [];
  const take = (at: number, content: Content): void => {
    const [file, path] = [batch[at], paths[at]];
    if (file === undefined || path === undefined) return;
    onRead(file.size);
    const isSame = isAsExpected(file, content);
    if (!isSame || file.wasDamaged) odd.push({ path, file, content });
    if ("digest" in content && !(isSame && file.wasDamaged)) results.push(readingOf(file, content.digest));
  };
  try {
    await readContents(app.hasher, paths, take, control.stop);
  } finally {
    if (results.length > 0) noteReadings(catalog, results, app.clock().getTime());
  }
  // A repair that was interrupted may have left the right content with a wrong time: that is not mended yet.
  for (const { path, file, content } of odd) {
    const facts = asOnDisk(file.facts, work.fakeSuper.has(nameAt(file.seq)));
    if ("digest" in content && isAsExpected(file, content) && (await hasKeptFacts(path, facts)))
      noteReadings(catalog, [readingOf(file, content.digest)], app.clock().getTime());
    else findings.add(file, content);
  }
}

const isAsExpected = ({ checksum }: StoredFile, content: Content): boolean =>
  "digest" in content && checksum?.equals(content.digest) !== false;

const readingOf = ({ rows, checksum }: StoredFile, found: Buffer): ReadResult => ({
  ...{ rows, found, expected: checksum },
});

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
