// Rounds of killing prunes: one dies at a random moment, and the next one ends exactly where the first would have.
import { existsSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { compareTrees } from "./compare-trees.ts";
import type { RunningCommand } from "./pobsync.ts";
import { freezeTree, processesMentioning, signalProcess } from "./processes.ts";
import { type PruneStep, type RunRow, readPrune, STEPS, stepOf } from "./prune-steps.ts";
import { KEPT, type PruneWorld } from "./prune-world.ts";
import { trashOf } from "./pruning.ts";
import { below, pick } from "./random.ts";
import { type TreeFacts, treeFacts } from "./tree-facts.ts";
import { pathsBelow } from "./tree-paths.ts";
import { hasEnded } from "./victims.ts";
import { waitUntil } from "./wait-until.ts";

export const WHO = ["retention", "backup", "worker"] as const;
export type Who = (typeof WHO)[number];

export type PruneKill = {
  /** What each victim was doing when it died; null: it was over before that. */
  killedWhile: (PruneStep | null)[];
  /** Sentences about what is not as it must be; none when all is well. */
  violations: string[];
};

/** Within how many milliseconds of reaching a step the victim is killed. */
const PATIENCE: Record<PruneStep, number> = {
  ...{ planning: 8, marking: 8, moving: 8, deleting: 350, noting: 0, finishing: 6 },
};
const isFinished = ({ status }: RunRow): boolean => status !== "queued" && status !== "running";
const ORPHANS_GONE_WITHIN_MS = 2000;

const PRUNE = ["--json", "retention"] as const;
const APPLY = ["--apply", "--yes"] as const;

/**
 * Kills (SIGKILL) somebody's prune, now and then the one after it too, prunes again, and looks at everything.
 * @param keepsTrash whether what is removed stays in the trash; then one of them is brought back as well
 */
export async function pruneKillRound(
  world: PruneWorld,
  who: Who,
  keepsTrash: boolean,
  random: () => number,
): Promise<PruneKill> {
  const { site, host } = world;
  await world.rebuild(keepsTrash);
  const victims: Who[] = below(random, 3) === 0 ? [who, "retention"] : [who];
  const killedWhile: (PruneStep | null)[] = [];
  const violations: string[] = [];
  let what = keepsTrash ? "with trash" : "without trash";
  for (const victim of victims) {
    // Deleting takes longest, so that there is most to hit.
    const aims = [...STEPS, "deleting"] as const;
    const aim = pick(random, keepsTrash ? STEPS_INTO_TRASH : aims) ?? "marking";
    const patience = below(random, PATIENCE[aim] + 1);
    const kill = await killOne(world, victim, aim, patience);
    what += `, ${victim} killed ${patience} ms after ${aim} while ${kill.step}`;
    killedWhile.push(kill.step);
    violations.push(...kill.violations);
  }
  const { code, stdout, stderr } = await site.pobsync.run(...PRUNE, host, ...APPLY);
  if (code !== 0) violations.push(`the next prune ended with ${code}: ${stderr}${stdout}`);
  const known = ["by hand", ...world.snapshots.map(({ name }) => name)];
  const made = site.onDisk(host, "snapshots").filter((name) => !known.includes(name));
  violations.push(...(await wrongEnd(world, made, keepsTrash)), ...(await world.differences()));
  if (keepsTrash) violations.push(...(await bringOneBack(world, made, random)));
  return { killedWhile, violations: violations.map((line) => `${what}: ${line}`) };
}

const STEPS_INTO_TRASH = ["planning", "marking", "moving", "finishing"] as const;

async function killOne(
  world: PruneWorld,
  who: Who,
  aim: PruneStep,
  patience: number,
): Promise<{ step: PruneStep | null; violations: string[] }> {
  const { site, host } = world;
  const before = readPrune(site).runs.length;
  const victim = await start(world, who);
  const isThere = (): boolean => {
    const state = readPrune(site);
    const step = stepOf(site, host, state, KEPT);
    const isTheirs = state.runs.length > before;
    if (step !== null && isTheirs) return step === aim || STEPS.indexOf(step) > STEPS.indexOf(aim);
    return hasEnded(victim) || (isTheirs && state.runs.slice(before).every(isFinished));
  };
  await waitUntil(isThere, { what: `a prune to be ${aim}`, everyMs: 1, deadlineMs: 30_000 });
  if (patience > 0) await pause(patience);
  // Stopped for a moment with all that it started, so that it can be said what it died of.
  const [, ...children] = freezeTree(victim.pid);
  const state = readPrune(site);
  const step = stepOf(site, host, state, KEPT);
  const violations = unsafe(world, state.snapshots.length - world.snapshots.length);
  signalProcess(victim.pid, "SIGKILL");
  for (const pid of children) signalProcess(pid, "SIGCONT");
  await victim.ended;
  return { step, violations: [...violations, ...(await orphans(world, victim))] };
}

async function start({ site, host }: PruneWorld, who: Who): Promise<RunningCommand> {
  if (who === "retention") return site.pobsync.start(...PRUNE, host, ...APPLY);
  if (who === "backup") return site.pobsync.start("--json", "backup", host, "--prune");
  await site.ok(...PRUNE, host, ...APPLY, "--queue");
  return site.pobsync.start("worker", "--loop", "--interval", "1");
}

/** At every moment what stays is in its place, `latest` leads somewhere, and what still has its name is whole. */
function unsafe({ site, host, snapshots }: PruneWorld, made: number): string[] {
  const found: string[] = [];
  for (const [index, { name, entries }] of snapshots.entries()) {
    const isGoing = index >= KEPT - made;
    const places = [site.pathOf(host, "snapshots", name), site.pathOf(host, "trash", name)].filter(
      existsSync,
    );
    if (!isGoing && places.length === 0) found.push(`${name} was to stay and is gone`);
    for (const place of places) if (pathsBelow(place).length !== entries) found.push(`${place} is not whole`);
  }
  if (!existsSync(site.pathOf(host, "latest"))) found.push("latest leads nowhere");
  return found;
}

async function orphans({ site }: PruneWorld, { pid }: RunningCommand): Promise<string[]> {
  const left = () => [...processesMentioning(site.world.dir), ...processesMentioning(`/tmp/pobsync-${pid}-`)];
  const areGone = (): boolean => left().length === 0;
  await waitUntil(areGone, { what: "orphans to go", deadlineMs: ORPHANS_GONE_WITHIN_MS }).catch(() => {});
  return left().map(({ command }) => `an orphan runs: ${command}`);
}

/** What a backup adds takes the place of an older one. */
const splitBy = ({ snapshots }: PruneWorld, made: readonly string[]) => ({
  stay: snapshots.slice(0, KEPT - made.length),
  go: snapshots.slice(KEPT - made.length),
});

/** The planned state, on disk and in SQL, to the last attribute. */
async function wrongEnd(world: PruneWorld, made: string[], keepsTrash: boolean): Promise<string[]> {
  const { site, host, source } = world;
  const { stay, go } = splitBy(world, made);
  const found: string[] = [];
  const expect = (what: string, is: readonly string[], expected: readonly string[]): void => {
    if (`${is.toSorted()}` !== `${expected.toSorted()}`) found.push(`${what}: ${is}, expected ${expected}`);
  };
  const kept = [...made, ...stay.map(({ name }) => name)];
  const gone = go.map(({ name }) => name);
  expect("on disk", site.onDisk(host, "snapshots"), ["by hand", ...kept]);
  expect("in the trash", trashOf(site, host), ["by hand", ...(keepsTrash ? gone : [])]);
  const { snapshots, runs, held } = readPrune(site);
  const inState = (state: string): string[] =>
    snapshots.filter((one) => one.state === state).map(({ name }) => name);
  expect("complete", inState("complete"), kept);
  expect("gone", inState(keepsTrash ? "removing" : "removed"), gone);
  if (snapshots.length !== kept.length + gone.length) found.push(`${snapshots.length} are on record`);
  if (snapshots.some((one) => (one.trashUntil !== null) !== (one.state === "removing")))
    found.push("something is in the trash without an end, or has one and is not there");
  expect("held", held, []);
  // A worker's run that was lost is tried again, later.
  const isOpen = (run: RunRow): boolean => !isFinished(run) && !(run.status === "queued" && run.attempt > 1);
  expect(
    "open",
    runs.filter(isOpen).map(({ id }) => `run ${id}`),
    [],
  );
  const latest = readlinkSync(site.pathOf(host, "latest"));
  if (latest !== `snapshots/${kept[0]}`) found.push(`latest is ${latest}, expected ${kept[0]}`);
  for (const { name, facts } of stay)
    found.push(...changes(facts, await treeFacts(site.pathOf(host, "snapshots", name)), name));
  const leniency = { allowJoinedTwins: true, ignoreHoles: true };
  for (const name of made) {
    const tree = await treeFacts(site.pathOf(host, "snapshots", name, "data", source));
    found.push(...compareTrees(await treeFacts(source), tree, leniency).map((line) => `${name}: ${line}`));
  }
  return found;
}

const changes = (before: TreeFacts, now: TreeFacts, name: string): string[] =>
  compareTrees(before, now).map((line) => `${name}: ${line}`);

/** What lies in the trash is whole: one of them comes back as it was, and stays, and the rest can be emptied. */
async function bringOneBack(
  world: PruneWorld,
  made: readonly string[],
  random: () => number,
): Promise<string[]> {
  const { site, host } = world;
  const { name, facts } = pick(random, splitBy(world, made).go) ?? { name: "", facts: null };
  const { code, stderr } = await site.pobsync.run("restore-from-trash", host, name);
  if (code !== 0 || facts === null) return [`${name} was not brought back, ${code}: ${stderr}`];
  const found: string[] = [];
  // Its pin is written into its snapshot.json.
  const ignorePath = (path: string): boolean => path === "." || path === "snapshot.json";
  const back = await treeFacts(site.pathOf(host, "snapshots", name));
  found.push(...compareTrees(facts, back, { ignorePath }).map((line) => `${name}, brought back: ${line}`));
  if (existsSync(join(site.pathOf(host, "trash"), name))) found.push(`${name} is in the trash too`);
  const emptied = await site.pobsync.run("empty-trash", host, "--yes");
  if (emptied.code !== 0) found.push(`the trash was not emptied: ${emptied.stderr}`);
  const again = await site.pobsync.run(...PRUNE, host, ...APPLY);
  if (again.code !== 0) found.push(`the last prune ended with ${again.code}: ${again.stderr}`);
  const complete = readPrune(site).snapshots.filter(({ state }) => state === "complete");
  if (complete.length !== KEPT + 1 || !complete.some((one) => one.name === name))
    found.push(`in the end these are complete: ${complete.map((one) => one.name)}`);
  if (`${trashOf(site, host)}` !== "by hand") found.push(`the trash holds ${trashOf(site, host)}`);
  return found;
}
