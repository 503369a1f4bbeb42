// The story of discover-snapshots: one look at the disk for each host, executed here, and hosts made anew where that is asked.
import type { DiscoverResult, RefusedEntry } from "../domain/discovery.ts";
import type { Host } from "../domain/host.ts";
import { factsOf, Problem, type ProblemFacts } from "../domain/problem.ts";
import { PLAIN_RUN, type Run } from "../domain/run.ts";
import type { AdoptOrder } from "../domain/run-task.ts";
import { findHost, listHostsHere, requireHost } from "../store/hosts.ts";
import { unfinishedAdoptions } from "../system/adopted-tree.ts";
import { hostFolder } from "../system/snapshot-tree.ts";
import { type AdoptionPlan, awaitedSnapshots, planAdoption } from "./adopt-trees.ts";
import type { App } from "./app.ts";
import { elsewhere, hostContext, requireSite, rootHere } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";
import { type LookedAt, lookAtHost, resultOf } from "./look-at-host.ts";
import { rebuildHost, type UnknownHost, unknownHosts } from "./rebuild-host.ts";
import { runNow } from "./run-now.ts";

export interface DiscoverOrder {
  /** Null: all hosts. */
  readonly host: string | null;
  /** Make hosts that SQL does not know. */
  readonly rebuild: boolean;
  /** The history of another tool to be adopted; needs a host. */
  readonly adopt: AdoptOrder | null;
  /** A person has said that trees may be moved. */
  readonly confirmed: boolean;
  /** Only look. */
  readonly dryRun: boolean;
}

export interface HostDiscovery {
  readonly host: string;
  /** Null when nothing was executed: a dry run, or another run had the host. */
  readonly run: Run | null;
  /** From which snapshot the host was made, when it was made. */
  readonly rebuilt: UnknownHost | null;
  readonly result: DiscoverResult;
  readonly problem: ProblemFacts | null;
}

export interface Discovery {
  readonly hosts: readonly HostDiscovery[];
  /** What lies below the root and belongs to no host. */
  readonly refused: readonly RefusedEntry[];
}

/** Executes what is done with one host where somebody watches it. */
export type Watch = <T>(host: string, work: (observer: RunObserver) => Promise<T>) => Promise<T>;

/**
 * Looks at the disk of one host or of all, also of disabled ones.
 *
 * Refuses before anything is written with `not_configured`, `root_not_mounted`, `not_found`, `bad_input`,
 * `confirmation_needed`, and, for a single host, `host_busy`.
 */
export async function discoverSnapshots(app: App, order: DiscoverOrder, watch: Watch): Promise<Discovery> {
  const site = await requireSite(app);
  const root = await rootHere(site);
  const unknown = await unknownHosts(app, root, order.host);
  const known = await knownHosts(app, order, unknown.hosts);
  const plan = order.adopt === null ? null : await adoptionPlan(app, root, known, order);
  const made = order.rebuild ? unknown.hosts : [];
  const refused = [...unknown.refused, ...(order.rebuild ? [] : unknown.hosts.map(notConfigured(root)))];
  if (order.dryRun) {
    const looked: LookedAt[] = [...known, ...made.map(({ name }) => ({ name, id: null }))];
    const look = (host: LookedAt) => watch(host.name, () => onlyLook(app, root, host, plan, known));
    return { hosts: await oneByOne(looked, look, made), refused };
  }
  for (const host of made) await rebuildHost(app, host);
  const names = [...known, ...made].map(({ name }) => ({ name })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const discover = ({ name }: { name: string }) =>
    watch(name, (observer) => discoverOne(app, name, plan, order.host === null, observer));
  return { hosts: await oneByOne(names, discover, made), refused };
}

/** Those in SQL that are to be looked at. Refuses when the one that was named is neither there nor to be made. */
async function knownHosts(
  app: App,
  { host, rebuild }: DiscoverOrder,
  unknown: readonly UnknownHost[],
): Promise<Host[]> {
  if (host === null) return listHostsHere(app);
  const found = await findHost(app.db, host);
  if (found !== null && found.node !== app.node) throw elsewhere(found.node);
  if (found !== null) return [found];
  if (!unknown.some(({ name }) => name === host)) return [await requireHost(app.db, host)];
  if (rebuild) return [];
  throw new Problem("not_found", `There is no host "${host}", but it has snapshots on the disk.`, {
    hint: `Make it from what they say: pobsync discover-snapshots --host ${host} --rebuild`,
  });
}

const notConfigured =
  (root: string) =>
  ({ name }: UnknownHost): RefusedEntry => ({
    path: hostFolder(root, name),
    why: "has snapshots, but no host of that name is configured; --rebuild makes it",
  });

async function adoptionPlan(
  app: App,
  root: string,
  [host]: readonly Host[],
  { adopt, confirmed, dryRun }: DiscoverOrder,
): Promise<AdoptionPlan | null> {
  if (adopt === null || host === undefined) return null;
  const plan = await planAdoption(app, root, host, adopt);
  if (!adopt.move || confirmed || dryRun || plan.adopt.length === 0) return plan;
  const { length } = plan.adopt;
  throw new Problem(
    "confirmation_needed",
    `This would move ${length === 1 ? "1 folder" : `${length} folders`} out of ${plan.order.dir} into the backup root.`,
    { detail: plan.adopt.map(({ tree, name }) => `${tree.path} becomes ${name}`).join("\n") },
  );
}

type Looked = Omit<HostDiscovery, "host" | "rebuilt">;

/** One host after the other: the disk is the bottleneck. Ends early when somebody ends it. */
async function oneByOne<T extends { readonly name: string }>(
  hosts: readonly T[],
  look: (host: T) => Promise<Looked>,
  made: readonly UnknownHost[],
): Promise<HostDiscovery[]> {
  const done: HostDiscovery[] = [];
  for (const host of hosts) {
    const looked = await look(host);
    const rebuilt = made.find(({ name }) => name === host.name) ?? null;
    done.push({ host: host.name, rebuilt, ...looked });
    if (looked.problem?.code === "interrupted") break;
  }
  return done;
}

async function onlyLook(
  app: App,
  root: string,
  host: LookedAt,
  plan: AdoptionPlan | null,
  [adopting]: readonly Host[],
): Promise<Looked> {
  const isAdopting = plan !== null && adopting !== undefined;
  const awaited = isAdopting ? await awaitedSnapshots(adopting, plan) : [];
  const look = await lookAtHost(app, root, host, awaited);
  const unfinished = (await unfinishedAdoptions(root, host.name)).map((name) => ({
    path: `${hostFolder(root, host.name)}/incomplete/adopt-${name}`,
    why: "is an adoption that was interrupted; the next look that is no dry run finishes it",
  }));
  const refused = [...unfinished, ...(plan?.refused ?? []), ...look.refused];
  return { run: null, result: resultOf({ ...look, refused }), problem: null };
}

async function discoverOne(
  app: App,
  host: string,
  plan: AdoptionPlan | null,
  isOneOfMany: boolean,
  observer: RunObserver,
): Promise<Looked> {
  const task = plan === null ? null : ({ do: "adopt", ...plan.order } as const);
  try {
    const context = await hostContext(app, host);
    const options = { ...PLAIN_RUN, retry: false, task };
    const run = await runNow(app, context, "discover", options, observer);
    return { run, result: discovered(run), problem: run.problem };
  } catch (error) {
    if (!isOneOfMany || !(error instanceof Problem) || error.code !== "host_busy") throw error;
    return { run: null, result: NOTHING, problem: factsOf(error) };
  }
}

const NOTHING: DiscoverResult = {
  ...{ found: 0, recorded: [], known: 0, missing: [], returned: [], refused: [] },
};

/** The result of a look, as the runner wrote it. */
const discovered = ({ result }: Run): DiscoverResult => (result as DiscoverResult | null) ?? NOTHING;
