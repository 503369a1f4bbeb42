// Files of snapshots: looked at through the catalog, downloaded from the disk.
import { openDownload } from "../../actions/download-files.ts";
import { findEntries } from "../../actions/find-in-history.ts";
import {
  compareSnapshots,
  listEntries,
  listVersions,
  type PageWish,
} from "../../actions/look-into-history.ts";
import type { LookObserver } from "../../actions/open-history.ts";
import { parsePlace } from "../../domain/host-path.ts";
import { Problem } from "../../domain/problem.ts";
import { LATEST } from "../../domain/snapshot-choice.ts";
import { comparisonJson, findingsJson, listingJson, versionsJson } from "../../shapes/history-shapes.ts";
import { answerDownload } from "../download.ts";
import { routes } from "../implement.ts";

const { files: os } = routes;

const USUAL_PAGE = 200;
const ROOT = "/";

interface PageInput {
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

const pageWish = ({ limit = USUAL_PAGE, after }: PageInput): PageWish => ({ limit, after: after ?? null });

/** Somebody who has gone is no fault of ours that the log should tell of. */
function observerOf(gone: AbortSignal): LookObserver {
  const stop = new AbortController();
  const end = (): void => stop.abort(new Problem("interrupted", "Whoever asked has gone."));
  if (gone.aborted) end();
  gone.addEventListener("abort", end, { once: true });
  return { stop: stop.signal };
}

export const files = {
  list: os.list.handler(async ({ context: { app, gone }, input }) => {
    const { host, snapshot = LATEST, path = ROOT, q } = input;
    const wish = { ...pageWish(input), ...(q === undefined ? {} : { named: q }) };
    return listingJson(
      await listEntries(app, { host, path: parsePlace(path) }, snapshot, wish, observerOf(gone)),
    );
  }),
  versions: os.versions.handler(async ({ context: { app, gone }, input }) => {
    const place = { host: input.host, path: parsePlace(input.path) };
    return versionsJson(await listVersions(app, place, pageWish(input), observerOf(gone)));
  }),
  diff: os.diff.handler(async ({ context: { app, gone }, input }) => {
    const { host, from, to, path = ROOT } = input;
    const place = { host, path: parsePlace(path) };
    return comparisonJson(await compareSnapshots(app, place, [from, to], pageWish(input), observerOf(gone)));
  }),
  search: os.search.handler(async ({ context: { app, gone }, input }) => {
    const { pattern, host } = input;
    const found = await findEntries(app, pattern, host ?? null, pageWish(input), observerOf(gone));
    return findingsJson(found, found.skipped);
  }),
  download: os.download.handler(({ context, input }) => {
    const { host, snapshot = LATEST, path = ROOT, format = "raw" } = input;
    const place = { host, path: parsePlace(path) };
    return answerDownload(context, () => openDownload(context.app, place, snapshot, format));
  }),
};
