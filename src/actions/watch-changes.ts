// Watching the whole site: which runs have changed, and what else a person who looks at it should look at anew.
import { isDeepStrictEqual } from "node:util";
import { isFinished, type Run } from "../domain/run.ts";
import { findRuns, listRuns } from "../store/runs.ts";
import { newAuditEntries, newRuns, queuedRunIds, schedulesMark } from "../store/what-is-new.ts";
import type { App } from "./app.ts";
import { whoIsAlive } from "./presence.ts";

/** Parts of the site that a page shows. */
export type Part = "hosts" | "schedules" | "snapshots" | "settings" | "users" | "tokens" | "workers";

/** What a look has found out. */
export interface Changes {
  /** Runs that have come, moved on or ended since the look before, by their ids; at the first look all open ones. */
  readonly runs: readonly Run[];
  readonly parts: ReadonlySet<Part>;
  /** Runs that are running, and those that have waited longest, as they are now. */
  readonly open: ReadonlyMap<number, Run>;
}

export interface ChangeWatch {
  /** A handful of small queries, however many hosts and runs there are. One look at a time. */
  readonly look: () => Promise<Changes>;
}

/** Of a longer queue the others are told of when they are queued, when they begin and when they end. */
const QUEUED_MAX = 2000;
const RUNNING_MAX = 1000;

/** What an entry of the audit makes worth looking at. Runs are told of by themselves. */
const PARTS_OF: Readonly<Record<string, readonly Part[] | undefined>> = {
  // With a host go its schedules and snapshots.
  host: ["hosts", "schedules", "snapshots"],
  schedule: ["schedules", "hosts"],
  snapshot: ["snapshots"],
  site: ["settings", "hosts"],
  user: ["users"],
  session: ["users"],
  token: ["tokens"],
};

/** A watch that begins with its first look. Whatever process changes something, it is noticed: all of it is in SQL. */
export function watchChanges(app: App): ChangeWatch {
  const { db } = app;
  const audit = newAuditEntries(db);
  const queued = newRuns(db);
  let open: ReadonlyMap<number, Run> = new Map();
  let marks: Marks | null = null;
  // What was found out stays here until a look comes to its end: the database may be away in the middle of one.
  const newIds = new Set<number>();
  const parts = new Set<Part>();

  const lookAround = async (): Promise<void> => {
    for (const { subjectKind } of await audit.look())
      for (const part of PARTS_OF[subjectKind] ?? []) parts.add(part);
    for (const { id } of await queued.look()) newIds.add(id);
    const before = marks;
    marks = { schedules: await schedulesMark(db), workers: await workersMark(app) };
    if (before !== null && before.schedules !== marks.schedules) parts.add("schedules").add("hosts");
    if (before !== null && before.workers !== marks.workers) parts.add("workers");
  };

  const lookAtRuns = async (): Promise<Run[]> => {
    const running = await listRuns(db, { statuses: ["running"], limit: RUNNING_MAX });
    const waiting = await queuedRunIds(db, QUEUED_MAX);
    const now = new Map<number, Run | undefined>(waiting.map((id) => [id, open.get(id)]));
    for (const run of running) now.set(run.id, run);
    const gone = [...open.keys()].filter((id) => !now.has(id));
    const unknown = [...waiting, ...newIds].filter((id) => now.get(id) === undefined);
    const fetched = await findRuns(db, [...new Set([...gone, ...unknown])]);
    const byId = new Map([...running, ...fetched].map((run) => [run.id, run]));
    const before = open;
    open = new Map(
      [...now.keys()].flatMap((id) => {
        const run = byId.get(id) ?? before.get(id);
        return run === undefined ? [] : [[id, run] as const];
      }),
    );
    newIds.clear();
    return [...byId.values()]
      .filter((run) => !isDeepStrictEqual(before.get(run.id), run))
      .sort((a, b) => a.id - b.id);
  };

  return {
    async look() {
      await lookAround();
      const runs = await lookAtRuns();
      // All others make or remove snapshots, or say something of them, and so of their host.
      if (runs.some(({ kind, status }) => kind !== "restore" && isFinished(status)))
        parts.add("snapshots").add("hosts");
      const told = new Set(parts);
      parts.clear();
      return { runs, parts: told, open };
    },
  };
}

interface Marks {
  readonly schedules: string;
  readonly workers: string;
}

const workersMark = async (app: App): Promise<string> =>
  (await whoIsAlive(app)).map(({ workerId, role, parallel }) => `${workerId} ${role} ${parallel}`).join("\n");
