// What writing takes from a file and has to be given back: its time, and what the kernel drops with the first byte.
import { chmod, lstat, open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { modeOnDisk } from "../domain/fake-super.ts";
import { syncFolder } from "./durable.ts";
import { runProgram } from "./program.ts";

/** A file's mode, owner and time as they should be. */
export interface KeptFacts {
  readonly mtimeSeconds: number;
  readonly mtimeNanoseconds: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The same as they are on a file that keeps its own in attributes: it is ours, and open to us. */
export const asOnDisk = <F extends KeptFacts>(facts: F, fakeSuper: boolean): F =>
  fakeSuper
    ? {
        ...facts,
        mode: modeOnDisk(facts.mode, false),
        ...{ uid: process.geteuid?.() ?? facts.uid, gid: process.getegid?.() ?? facts.gid },
      }
    : facts;

interface Stat {
  readonly mode: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly mtimeNs: bigint;
}

const MODE_BITS = 4095n;
const NANOSECONDS = 1_000_000_000n;

const timeOf = ({ mtimeSeconds, mtimeNanoseconds }: KeptFacts): bigint =>
  BigInt(mtimeSeconds) * NANOSECONDS + BigInt(mtimeNanoseconds);

/** Whether mode and time are these. */
export const isAsKept = (stat: Pick<Stat, "mode" | "mtimeNs">, facts: KeptFacts): boolean =>
  stat.mtimeNs === timeOf(facts) && (stat.mode & MODE_BITS) === BigInt(facts.mode);

/** The same of what lies at a path; false when nothing does. */
export async function hasKeptFacts(path: Buffer, facts: KeptFacts): Promise<boolean> {
  const stat = await lstat(path, { bigint: true }).catch(() => null);
  return stat !== null && isAsKept(stat, facts);
}

/** How touch is told a time. Before 1970 the fraction counts backwards, as in any decimal number. */
export function touchTime(facts: Pick<KeptFacts, "mtimeSeconds" | "mtimeNanoseconds">): string {
  const nanoseconds = timeOf({ ...facts, mode: 0, uid: 0, gid: 0 });
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = String(size % NANOSECONDS).padStart(9, "0");
  return `@${nanoseconds < 0n ? "-" : ""}${size / NANOSECONDS}.${fraction}`;
}

/**
 * Makes an empty file `keep` with the attributes of a file, and with the mode and time that it should have.
 *
 * The first write takes a file's capabilities (and from who is not root set-uid bits), and Node can neither read nor write
 * attributes. One that is there already was kept by a repair that was interrupted, and then the file may have lost them
 * already. Its inode's number may be another file's by now, though, so it counts only when it fits.
 */
export async function keepAttributes(file: string, keep: string, facts: KeptFacts): Promise<void> {
  const kept = await lstat(keep, { bigint: true }).catch(ignoringAbsence);
  if (kept?.isFile() === true && isAsKept(kept, facts) && isOwnedAs(kept, facts)) return;
  const fresh = join(dirname(keep), `${basename(keep)}.new`);
  await unlink(fresh).catch(ignoringAbsence);
  await copyAttributes(file, fresh);
  await chmod(fresh, facts.mode);
  await run(["touch", "-c", "-h", "-m", "-d", touchTime(facts), "--", fresh]);
  await flush(fresh);
  await rename(fresh, keep);
  await syncFolder(dirname(keep));
}

const isOwnedAs = (stat: Pick<Stat, "uid" | "gid">, { uid, gid }: KeptFacts): boolean =>
  stat.uid === BigInt(uid) && stat.gid === BigInt(gid);

/** Gives a file what was kept: mode, owner, attributes, and its time to the nanosecond, which Node would round. */
export const giveAttributesBack = (keep: string, file: string): Promise<void> => copyAttributes(keep, file);

export const forgetAttributes = (keep: string): Promise<void> => unlink(keep).catch(ignoringAbsence);

/** Lets the next reader have what the disk has, not what memory still knows. Where that cannot be done, it reads all the same. */
export async function forgetCached(file: string): Promise<void> {
  await runProgram(["dd", `if=${file}`, "iflag=nocache", "count=0", "status=none"]);
}

const copyAttributes = (from: string, to: string): Promise<void> =>
  run(["cp", "--attributes-only", "--preserve=all", "--", from, to]);

async function run(argv: readonly string[]): Promise<void> {
  const { code, stderr, startError } = await runProgram(argv);
  if (code !== 0) throw new AttributeError(startError?.message ?? stderr.trim());
}

/** Attributes could not be kept or given back; the message is what the program said. */
export class AttributeError extends Error {}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function ignoringAbsence(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}
