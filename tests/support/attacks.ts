// Attacks of a host on the server that backs it up, and what must be true after each: nothing outside of the attempt's own folder
// has changed, nothing of the server is in what came, and the end has a name.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { findReceiver, type Receiver, receive } from "../../src/actions/receive.ts";
import { effectiveSettings } from "../../src/domain/effective-settings.ts";
import { ONE_STREAM } from "../../src/domain/streams.ts";
import { judgeTransfer } from "../../src/domain/transfer-verdict.ts";
import { beginningFor, beginTree } from "../../src/system/begin-tree.ts";
import { removeTree } from "../../src/system/remove-tree.ts";
import { openRunLog } from "../../src/system/run-log.ts";
import { dataFolder, hostFolder, makeWorkplace, type Workplace } from "../../src/system/snapshot-tree.ts";
import { closeSubvolume, isOnBtrfs, makeSubvolume } from "../../src/system/subvolume.ts";
import { runTool } from "./tool.ts";
import { makeWorld } from "./world.ts";

export const ATTACKS = [
  ...[
    "names",
    "targets",
    "flip",
    "garbage",
    "repeat",
    "cut",
    "stall",
    "other",
    "swap",
    "escapes",
    "noise",
    "unasked",
  ],
] as const;

export type Attack = (typeof ATTACKS)[number];

const SENDER = join(import.meta.dirname, "attacking-sender.pl");
const SECRET = "what only the server may know";
const BASE = "20260101T000000Z-scheduled-abc123";
/** A host that stalls is given up after this; every attack has ended long before the other. */
const [STALL_MS, LIMIT_MS] = [1200, 30_000];

export interface AttackedSite {
  /** Lets a host attack, or not ("none"). Returns what must not have happened, in sentences. `attempt` is never used twice. */
  readonly attack: (attack: Attack | "none", seed: number, attempt: number) => Promise<string[]>;
  readonly dispose: () => void;
}

/**
 * A server with a finished snapshot of the host, another host, and a secret; and the host's own tree.
 * @param disk another folder for its backups; on btrfs, snapshots are subvolumes
 */
export async function makeAttackedSite(disk?: string): Promise<AttackedSite> {
  const world = makeWorld(disk === undefined ? {} : { disk });
  const { backupRoot } = world;
  const asSubvolume = await isOnBtrfs(backupRoot);
  const receiver = await findReceiver(backupRoot, "required");
  const [tree, swapped] = [join(world.hostDir, "tree"), join(world.hostDir, "swapped")];
  const secret = join(backupRoot, "mail", "secret");
  mkdirSync(join(backupRoot, "mail"));
  writeFileSync(secret, SECRET);
  const base = dataFolder(backupRoot, "web1", BASE);
  mkdirSync(asSubvolume ? join(base, "..") : base, { recursive: true });
  if (asSubvolume) await makeSubvolume(base);
  plantTree(tree, secret);
  await runTool("rsync", ["-aHAXS", "--relative", tree, base]);
  if (asSubvolume) await closeSubvolume(base);
  // What changed on the host since; the rest is as it was.
  for (const name of ["AAAAAAAA", "changed"]) writeFileSync(join(tree, name), `${name} now, and longer`);
  plantSwapped(swapped, secret);
  const outside = () =>
    factsBelow(disk ?? world.dir, [world.hostDir, join(hostFolder(backupRoot, "web1"), "incomplete")]);
  const attack: AttackedSite["attack"] = async (kind, seed, attempt) => {
    // Every other attack is on a host's first backup, which comes in one step.
    const against = seed % 2 === 0 ? base : null;
    const workplace = await beginTree(
      await makeWorkplace(backupRoot, "web1", attempt),
      await beginningFor(against, asSubvolume),
      against,
      new AbortController().signal,
    );
    const before = await outside();
    const startedAt = performance.now();
    const end = await endOf(() => {
      const remoteShell = ["perl", SENDER, kind, `${seed}`, tree, swapped];
      return receiveFrom(receiver, remoteShell, tree, workplace, against);
    });
    const found = end.kind === "bug" ? [`it ended with ${end.what}`] : [];
    // A first backup asks for no single name.
    if (kind === "unasked" && against !== null && end.kind !== "named") found.push("nobody minded it");
    // Proves that the attacks are attacks: without one all goes well.
    if (kind === "none") found.push(...(await notReceived(end, tree, workplace)));
    if (performance.now() - startedAt > LIMIT_MS) found.push("it took too long");
    found.push(...differences(before, await outside()));
    found.push(...(await ofTheServer(workplace, secret)));
    if (kind === "swap") bringBack(tree, swapped);
    await removeTree(workplace.path);
    return found.map((what) => `${kind} ${seed}: ${what}`);
  };
  return { attack, dispose: () => world.dispose() };
}

function plantTree(tree: string, secret: string): void {
  mkdirSync(join(tree, "d/deep"), { recursive: true });
  for (const name of ["AAAAAAAA", "changed", "another", "same", "d/one", "d/deep/two"])
    writeFileSync(join(tree, name), `this is ${name} as it was`);
  linkSync(join(tree, "same"), join(tree, "linked"));
  symlinkSync("TTTTTTTT", join(tree, "to"));
  symlinkSync(secret, join(tree, "absolute"));
  symlinkSync(join(secret, ".."), join(tree, "folder"));
  // A disk of the server, by its number: it may be kept, and must not be opened.
  execFileSync("mknod", [join(tree, "disk"), "b", "8", "0"]);
}

/** The tree that is there instead once the host has been compared. */
function plantSwapped(swapped: string, secret: string): void {
  plantTree(swapped, secret);
  for (const name of ["AAAAAAAA", "changed", "d"]) rmSync(join(swapped, name), { recursive: true });
  symlinkSync(secret, join(swapped, "changed"));
  for (const name of ["disk", "same"]) rmSync(join(swapped, name));
  writeFileSync(join(swapped, "disk"), "a file where a device was");
  execFileSync("mknod", [join(swapped, "same"), "c", "1", "3"]);
  symlinkSync(join(secret, ".."), join(swapped, "d"));
  mkdirSync(join(swapped, "AAAAAAAA/deeper"), { recursive: true });
  writeFileSync(join(swapped, "AAAAAAAA/deeper/secret"), "planted");
  writeFileSync(join(swapped, "suid"), "#!/bin/sh\n");
  chmodSync(join(swapped, "suid"), 0o6755);
  writeFileSync(join(swapped, "sparse"), "");
  truncateSync(join(swapped, "sparse"), 2 ** 26);
}

/** A sender that was killed had no chance to do so. */
function bringBack(tree: string, swapped: string): void {
  if (!readdirSync(join(tree, "..")).includes("tree.was")) return;
  renameSync(tree, swapped);
  renameSync(`${tree}.was`, tree);
}

type End = { readonly kind: "good" | "named" } | { readonly kind: "bug"; readonly what: string };

async function endOf(what: () => Promise<End>): Promise<End> {
  try {
    return await what();
  } catch (error) {
    if ((error as { code?: string }).code === "unsafe_remote") return { kind: "named" };
    return { kind: "bug", what: String(error) };
  }
}

async function receiveFrom(
  receiver: Receiver,
  remoteShell: readonly string[],
  tree: string,
  workplace: Workplace,
  base: string | null,
): Promise<End> {
  const log = openRunLog("/dev/null");
  const result = await receive(
    receiver,
    {
      origin: { transport: "ssh", alias: "web1", remoteShell },
      settings: effectiveSettings({}, { sources: [tree] }).values,
      leaveOut: [],
      folder: join(workplace.path, "../.."),
      workplace,
      base,
      leftovers: { received: [], linked: [] },
      siblings: { trees: [], note: () => {} },
      streams: ONE_STREAM,
      dial: null,
      aclsAsAttributes: true,
      note: () => {},
    },
    {
      onProgress: () => {},
      stop: new AbortController().signal,
      stallTimeoutMs: STALL_MS,
      log,
      outputFile: workplace.output,
      isLocal: false,
    },
  );
  await log.close();
  const verdict = judgeTransfer({ ...result, freeBytes: 2 ** 40, freeInodes: null, connectionProblem: null });
  if (!verdict.good && !result.stalled && verdict.problem.code === "internal_error")
    return { kind: "bug", what: verdict.problem.message };
  return { kind: verdict.good ? "good" : "named" };
}

async function notReceived(end: End, tree: string, { data }: Workplace): Promise<string[]> {
  const facts = async (folder: string): Promise<string> =>
    `${await runTool("find", [folder, "-printf", "%P %y %s %T@ %m %l\\n"])}`.split("\n").sort().join("\n");
  const isSame = (await facts(tree)) === (await facts(join(data, tree)).catch(String));
  return isSame && end.kind === "good" ? [] : [`it was no attack and did not come whole: ${end.kind}`];
}

/** Everything about all entries below a folder but these: a line each. */
async function factsBelow(folder: string, except: readonly string[]): Promise<string> {
  const without = except.flatMap((path) => ["-path", path, "-prune", "-o"]);
  const found = await runTool("find", [folder, ...without, "-printf", "%p %y %s %T@ %m %U %G %i %l\\n"]);
  const files = await runTool("find", [folder, ...without, "-type", "f", "-exec", "cksum", "{}", "+"]);
  return `${found}${files}`;
}

function differences(before: string, after: string): string[] {
  const was = new Set(before.split("\n"));
  return after
    .split("\n")
    .filter((line) => !was.has(line))
    .concat(before.length > after.length ? ["less than before"] : []);
}

/** What of the server is in an attempt's folder: a name of its file, or what stands in it. */
async function ofTheServer({ path }: Workplace, secret: string): Promise<string[]> {
  const inode = `${statSync(secret).ino}`;
  const found = await runTool("find", [path, "-type", "f", "-size", "-100k", "-printf", "%i %p\\0"]);
  // One character a byte: a host's names are not always text.
  return found
    .toString("latin1")
    .split("\0")
    .flatMap((line) => {
      const [number, ...name] = line.split(" ");
      const file = name.join(" ");
      if (file === "") return [];
      if (number === inode) return [`${file} is the server's own file`];
      return readFileSync(Buffer.from(file, "latin1"), "latin1").includes(SECRET)
        ? [`${file} has what only the server knows`]
        : [];
    });
}
