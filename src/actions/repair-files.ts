// The story of a repair: what is damaged is mended from a healthy copy here, or from the host while it has the same version.
import { copiesOf } from "../catalog/stored-names.ts";
import { asProblem, Problem } from "../domain/problem.ts";
import { listRuns } from "../store/runs.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { diskProblem } from "../system/disk-problem.ts";
import {
  fetchedPath,
  fetchedSize,
  makeRepairFolder,
  type RepairFolder,
  removeRepairFolder,
} from "../system/repair-folder.ts";
import { dataFolder } from "../system/snapshot-tree.ts";
import { fetchForRepair, roomForRepair } from "./fetch-for-repair.ts";
import { mend, type Repair, readAgain, type Tell } from "./mend-files.ts";
import { type Patient, planRepair } from "./plan-repair.ts";
import { readingProgress } from "./reading-progress.ts";
import { livingRuns } from "./run-fate.ts";
import type { Finding, Mended } from "./verify-findings.ts";

export interface RepairDone {
  readonly mended: ReadonlyMap<Finding, Mended>;
  /** What kept the host from helping. */
  readonly warnings: readonly Problem[];
}

/** Of each content, so many stored files that should have it are read until one has. */
const COPIES_MAX = 4;

/** Mends what a verification found. What cannot be mended is told with the reason; only an interruption is thrown. */
export async function repairFiles(repair: Repair, findings: readonly Finding[]): Promise<RepairDone> {
  const { context, control, root, runId } = repair;
  if (findings.length === 0) return { mended: new Map(), warnings: [] };
  await control.onPhase("repairing");
  const other = await repairUnderWay(repair);
  if (other !== null)
    return leaving(findings, `run ${other} repairs files of this host: do it again when that has ended`);
  await control.requireLease();
  const folder = await makeRepairFolder(root, context.host.name, runId).catch((error: unknown) =>
    asProblem(diskProblem(error)),
  );
  if (folder instanceof Problem) return { ...leaving(findings, folder.message), warnings: [folder] };
  try {
    return await repairIn(folder, repair, findings);
  } finally {
    // What cannot be tidied is left for the next verification.
    await removeRepairFolder(root, context.host.name, folder).catch(() => {});
  }
}

/**
 * Another run that repairs files of this host, because two that write to one file would take its attributes from each other.
 * Each says first that it repairs and looks then, so never do two go on.
 */
async function repairUnderWay({ app, context, runId }: Repair): Promise<number | null> {
  const filter = { hostId: context.host.id, kind: "verify", statuses: ["running"] } as const;
  const living = await livingRuns(app, context.host.id);
  const others = (await listRuns(app.db, filter)).filter(
    ({ id, phase }) => id !== runId && phase === "repairing",
  );
  return others.find(({ id }) => living.has(id))?.id ?? null;
}

const leaving = (findings: readonly Finding[], why: string): RepairDone => ({
  mended: new Map(findings.map((finding) => [finding, { kind: "left", why }])),
  warnings: [],
});

async function repairIn(
  folder: RepairFolder,
  repair: Repair,
  findings: readonly Finding[],
): Promise<RepairDone> {
  const { app, context, catalog, control, nameAt } = repair;
  const all = await listSnapshots(app.db, { hostId: context.host.id });
  const foreign = new Set(all.filter(({ adoptedFrom }) => adoptedFrom !== null).map(({ name }) => name));
  const fake = new Set(all.filter(({ fakeSuper }) => fakeSuper).map(({ name }) => name));
  const { patients, refused } = planRepair(catalog, findings, {
    isForeign: (seq) => foreign.has(nameAt(seq)),
    isFakeSuper: (seq) => fake.has(nameAt(seq)),
  });
  const mended = new Map(refused);
  const bytes = patients.reduce((sum, { known }) => sum + known.size, 0);
  const progress = readingProgress(bytes, control.onProgress);
  const tell: Tell = ({ finding, known }, what) => {
    mended.set(finding, what);
    progress.add(known.size);
  };
  const whole = patients.filter(isWhole).map((patient) => ({ patient, source: null, from: null }));
  await mend(repair, folder, whole, tell);
  const ill = patients.filter((patient) => !isWhole(patient));
  const left = await mendFromCopies(repair, folder, ill, tell);
  const warnings = left.length === 0 ? [] : await mendFromHost(repair, folder, left, tell);
  return { mended, warnings };
}

/** Its content is right: an earlier repair was interrupted before it had put its time or mode back. */
const isWhole = ({ finding }: Patient): boolean =>
  finding.kind === "damaged" && finding.item.found === finding.item.expected;

/** Returns those for which there is no healthy copy here. */
async function mendFromCopies(
  repair: Repair,
  folder: RepairFolder,
  patients: readonly Patient[],
  tell: Tell,
): Promise<readonly Patient[]> {
  const { catalog, root, context, nameAt } = repair;
  if (patients.length === 0) return [];
  // Its own name is among those of a file that could not be read.
  const copies = copiesOf(
    catalog,
    patients.map(({ expected }) => expected),
    COPIES_MAX + 1,
  );
  let left = patients.map((patient) => ({
    patient,
    places: (copies.get(patient.expected.toString("hex")) ?? [])
      .filter(({ inode }) => inode !== patient.known.inode)
      .slice(0, COPIES_MAX)
      .map(({ path, seq }) =>
        Buffer.concat([Buffer.from(`${dataFolder(root, context.host.name, nameAt(seq))}/`), path]),
      ),
  }));
  for (let round = 0; round < COPIES_MAX; round += 1) {
    const tried = left.flatMap(({ patient, places }) => {
      const source = places[round];
      return source === undefined ? [] : [{ patient, source, from: "copy" } as const];
    });
    if (tried.length === 0) break;
    const healthy = await digestsOf(
      repair,
      tried.map(({ source }) => source),
    );
    const cures = tried.filter(({ patient, source }) => healthy.get(key(source)) === hex(patient.expected));
    await mend(repair, folder, cures, tell);
    const done = new Set(cures.map(({ patient }) => patient));
    left = left.filter(({ patient }) => !done.has(patient));
  }
  return left.map(({ patient }) => patient);
}

/** Returns what kept the host from helping. */
async function mendFromHost(
  repair: Repair,
  folder: RepairFolder,
  patients: readonly Patient[],
  tell: Tell,
): Promise<Problem[]> {
  const { app, context, root, control, log } = repair;
  const host = context.host.name;
  const leave = (patient: Patient, why: string): void =>
    tell(patient, { kind: "left", why: `no healthy copy here, and ${why}` });
  const room = await roomForRepair(root, context.site.minFreePercent);
  const { fitting, others } = upTo(room, patients);
  for (const patient of others) leave(patient, `too little room to fetch it from ${host}`);
  if (fitting.length === 0) return [];
  const wanted = fitting.map((patient) => ({ patient, path: hostPath(patient), size: patient.known.size }));
  const problem = await fetchForRepair(app, context, folder, wanted, control, log);
  const sizes = await Promise.all(wanted.map(({ path }) => fetchedSize(folder, path)));
  const likely = wanted.filter(({ size }, at) => sizes[at] === size);
  const paths = likely.map(({ path }) => fetchedPath(folder, path));
  const sources = new Map<string, Buffer>();
  const digests = await digestsOf(repair, paths);
  for (const path of paths) sources.set(digests.get(key(path)) ?? "", path);
  const cures = fitting.flatMap((patient) => {
    const source = sources.get(hex(patient.expected));
    return source === undefined ? [] : [{ patient, source, from: "host" } as const];
  });
  await mend(repair, folder, cures, tell);
  const cured = new Set(cures.map(({ patient }) => patient));
  for (const [at, { patient }] of wanted.entries())
    if (!cured.has(patient))
      leave(
        patient,
        problem !== null && sizes[at] === null
          ? `${host} could not give it: ${problem.message.replace(/\.$/, "")}`
          : `${host} does not have this version any more`,
      );
  return problem === null ? [] : [problem];
}

/** The smallest first, so that as many as possible can be mended. */
function upTo(bytes: number, patients: readonly Patient[]) {
  let left = bytes;
  const [fitting, others]: [Patient[], Patient[]] = [[], []];
  for (const patient of patients.toSorted((a, b) => a.known.size - b.known.size)) {
    left -= patient.known.size;
    (left >= 0 ? fitting : others).push(patient);
  }
  return { fitting, others };
}

/** Of its names, the one that was seen last is the likeliest to be there. */
const hostPath = ({ names }: Patient): Buffer =>
  Buffer.concat([Buffer.from("/"), names[0]?.path ?? Buffer.alloc(0)]);

const hex = (digest: Buffer): string => digest.toString("hex");
const key = (path: Buffer): string => path.toString("latin1");

/** What these files have in them, as hexadecimal checksums; those that cannot be read are left out. */
async function digestsOf(repair: Repair, paths: readonly Buffer[]): Promise<Map<string, string>> {
  const distinct = [...new Map(paths.map((path) => [key(path), path])).values()];
  const contents = await readAgain(repair, distinct);
  return new Map(
    distinct.flatMap((path, at) => {
      const content = contents[at];
      return content !== undefined && "digest" in content
        ? [[key(path), hex(content.digest)] as [string, string]]
        : [];
    }),
  );
}
