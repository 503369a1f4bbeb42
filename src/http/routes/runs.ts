// The queue and the history.
import type { App } from "../../actions/app.ts";
import { queueRetention } from "../../actions/apply-retention.ts";
import { cancelRun, queueBackup, retryRun } from "../../actions/change-run.ts";
import { queueDrill } from "../../actions/drill.ts";
import { requireRun } from "../../actions/execute-run.ts";
import { hostContext } from "../../actions/host-context.ts";
import { queueDiscover } from "../../actions/queue-work.ts";
import { runLogPage, runLogText } from "../../actions/read-run-log.ts";
import { requireSnapshot } from "../../actions/require-snapshot.ts";
import { runChanges } from "../../actions/run-changes.ts";
import { queueVerify } from "../../actions/verify-snapshots.ts";
import { waitingOf } from "../../actions/why-waiting.ts";
import { Problem } from "../../domain/problem.ts";
import { PLAIN_RUN, type Run } from "../../domain/run.ts";
import { changesJson } from "../../shapes/changes-json.ts";
import { listedRunJson, runJson } from "../../shapes/shapes.ts";
import { listRuns } from "../../store/runs.ts";
import { routes } from "../implement.ts";
import { runEvents } from "../run-events.ts";
import { streamFor } from "./events.ts";

const { runs: os } = routes;

const USUAL_PAGE = 50;
const USUAL_LOG_PAGE = 500;

export const runs = {
  list: os.list.handler(async ({ context: { app, console }, input }) => {
    const { host, kind, status, trigger, after, limit = USUAL_PAGE } = input;
    const found = await listRuns(app.db, {
      ...(host === undefined ? {} : { hostId: (await hostContext(app, host)).host.id }),
      ...(kind === undefined ? {} : { kind }),
      ...(status === undefined ? {} : { statuses: status }),
      ...(trigger === undefined ? {} : { triggers: trigger }),
      ...(after === undefined ? {} : { before: after }),
      // One more than is shown tells whether there are more.
      limit: limit + 1,
    });
    const shown = found.slice(0, limit);
    const next = found.length > limit ? String(shown.at(-1)?.id) : null;
    return { items: shown.map(listedRunJson(await waitingOf(app, shown, console.facts.queue))), next };
  }),
  create: os.create.handler(async ({ context: { app }, input }) => {
    switch (input.kind) {
      case "backup": {
        const { host, prune = false, maxDelete = null, acceptEmpty = false, waitForWindow = false } = input;
        return runJson(
          await queueBackup(app, host, { ...PLAIN_RUN, prune, maxDelete, acceptEmpty, waitForWindow }),
        );
      }
      case "verify":
        return runJson(await verify(app, input));
      case "prune": {
        const { host, maxDelete = null, overrideHold = false } = input;
        return runJson(
          (await queueRetention(app, await hostContext(app, host), { maxDelete, overrideHold })).run,
        );
      }
      case "discover":
        return runJson(await queueDiscover(app, input.host));
      case "drill": {
        const { host, snapshot = null, files = null, bytes = null, seed = null } = input;
        return runJson(await queueDrill(app, host, { snapshot, files, bytes, seed }));
      }
      default:
        return input satisfies never;
    }
  }),
  get: os.get.handler(async ({ context: { app, console }, input: { id } }) => {
    const run = await requireRun(app, id);
    return {
      ...listedRunJson(await waitingOf(app, [run], console.facts.queue))(run),
      changes: changesJson(runChanges((await hostContext(app, run.host)).site, run)),
    };
  }),
  log: os.log.handler(async ({ context: { app, gone }, input: { id, from = 0, limit = USUAL_LOG_PAGE } }) => {
    const { lines, ...page } = await runLogPage(app, await requireRun(app, id), { from, limit }, gone);
    return { ...page, lines: [...lines] };
  }),
  logFile: os.logFile.handler(async ({ context: { app, gone }, input: { id } }) => {
    const run = await requireRun(app, id);
    const text = await runLogText(app, run, gone);
    if (text === null)
      throw new Problem("not_found", `There is no log of run ${id}.`, {
        hint: "It begins with the run, and is kept for as long as the settings of the site say.",
      });
    return { headers: textFile(`pobsync-${run.host}-run-${id}.log.txt`), body: ReadableStream.from(text) };
  }),
  events: os.events.handler(async ({ context, input: { id, from = 0 } }) => {
    const { app, live } = context.console;
    return runEvents({ app, live }, await requireRun(app, id), from, streamFor(context));
  }),
  cancel: os.cancel.handler(async ({ context: { app }, input: { id } }) => runJson(await cancelRun(app, id))),
  retry: os.retry.handler(async ({ context: { app }, input: { id } }) => runJson(await retryRun(app, id))),
};

interface VerifyInput {
  readonly host: string;
  readonly snapshot?: string | undefined;
  readonly percent?: number | undefined;
  readonly olderThanSeconds?: number | undefined;
  readonly damagedOnly?: boolean | undefined;
  readonly repair?: boolean | undefined;
}

async function verify(app: App, { host, snapshot: given, ...wish }: VerifyInput): Promise<Run> {
  const { percent = null, olderThanSeconds = null, damagedOnly = false, repair = false } = wish;
  // One that is not there is refused here and now, not by a run that somebody looks at later.
  const snapshot = given === undefined ? null : (await requireSnapshot(app, host, given)).snapshot.name;
  return queueVerify(app, host, { snapshot, percent, olderThanSeconds, damagedOnly, repair });
}

/** Names of hosts are letters, digits, dots, dashes and underscores, so they need no quoting. */
const textFile = (name: string): Record<string, string> => ({
  "content-type": "text/plain; charset=utf-8",
  "content-disposition": `attachment; filename="${name}"`,
  "content-security-policy": "sandbox",
});
