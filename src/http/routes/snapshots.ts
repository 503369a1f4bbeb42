// Snapshots of all hosts, and the trash.
import type { App } from "../../actions/app.ts";
import { hostContext } from "../../actions/host-context.ts";
import { type PinChange, pinSnapshot, unpinSnapshot } from "../../actions/pin-snapshot.ts";
import { queueBringBack, queueEmptyTrash } from "../../actions/queue-work.ts";
import { requireSnapshot } from "../../actions/require-snapshot.ts";
import { runChanges } from "../../actions/run-changes.ts";
import { snapshotPath, snapshotPaths } from "../../actions/snapshot-path.ts";
import type { SnapshotState } from "../../domain/snapshot.ts";
import { changesJson } from "../../shapes/changes-json.ts";
import { runJson, snapshotJson } from "../../shapes/shapes.ts";
import { findRun } from "../../store/runs.ts";
import { findSite } from "../../store/site.ts";
import { type SnapshotPlace, snapshotPage } from "../../store/snapshot-pages.ts";
import { routes } from "../implement.ts";

const { snapshots: os } = routes;

const USUAL_PAGE = 50;
const STILL_THERE: readonly SnapshotState[] = ["complete", "removing", "missing"];

interface PageWish {
  readonly host?: string | undefined;
  readonly kind?: "scheduled" | "manual" | undefined;
  readonly status?: "succeeded" | "warning" | undefined;
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

async function page(app: App, wish: PageWish, states: readonly SnapshotState[]) {
  const { host, kind, status, limit = USUAL_PAGE, after } = wish;
  // Before the first step of the set-up there is nothing, which is no failure.
  if ((await findSite(app)) === null) return { items: [], next: null };
  const filter = {
    ...{ states, kinds: kind && [kind], statuses: status && [status] },
    hostId: host === undefined ? undefined : (await hostContext(app, host)).host.id,
  };
  // One more than is shown tells whether there are more.
  const found = await snapshotPage(app.db, filter, limit + 1, after === undefined ? null : placeFrom(after));
  const shown = found.slice(0, limit);
  const pathOf = await snapshotPaths(app);
  const last = shown.at(-1);
  return {
    items: shown.map((snapshot) => snapshotJson(snapshot, pathOf(snapshot))),
    next: found.length > limit && last !== undefined ? placeText(last) : null,
  };
}

const placeText = ({ startedAt, id }: SnapshotPlace): string => `${startedAt.getTime()}.${id}`;

function placeFrom(text: string): SnapshotPlace {
  const [ms, id] = text.split(".").map(Number);
  return { startedAt: new Date(ms ?? 0), id: id ?? 0 };
}

const changedJson = ({ context: { site }, snapshot }: PinChange) =>
  snapshotJson(snapshot, snapshotPath(site, snapshot));

export const snapshots = {
  list: os.list.handler(({ context: { app }, input: { state, ...wish } }) =>
    page(app, wish, state ?? STILL_THERE),
  ),
  get: os.get.handler(async ({ context: { app }, input }) => {
    const { context, snapshot } = await requireSnapshot(app, input.host, input.snapshot);
    const { host, name, runId } = snapshot;
    const run = runId === null ? null : await findRun(app.db, runId);
    return {
      ...snapshotJson(snapshot, snapshotPath(context.site, snapshot)),
      changes: changesJson(runChanges(context.site, { host, snapshot: name })),
      run: run === null ? null : runJson(run),
    };
  }),
  pin: os.pin.handler(async ({ context: { app }, input: { host, snapshot, reason, until } }) =>
    changedJson(await pinSnapshot(app, host, snapshot, until === undefined ? { reason } : { reason, until })),
  ),
  unpin: os.unpin.handler(async ({ context: { app }, input: { host, snapshot } }) =>
    changedJson(await unpinSnapshot(app, host, snapshot)),
  ),
  trash: os.trash.handler(({ context: { app }, input }) => page(app, input, ["removing"])),
  bringBack: os.bringBack.handler(async ({ context: { app }, input: { host, snapshot } }) =>
    runJson(await queueBringBack(app, host, snapshot)),
  ),
  emptyTrash: os.emptyTrash.handler(async ({ context: { app }, input: { host = null } }) => ({
    items: (await queueEmptyTrash(app, host)).map(runJson),
    next: null,
  })),
};
