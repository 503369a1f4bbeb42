// Places on this server that no restore may touch: the backup root, and the trees of other tools that stand for snapshots.
import { pathBytes, pathText } from "../domain/path-text.ts";
import { badInput } from "../domain/problem.ts";
import type { Delivery, Entry } from "../domain/restore-plan.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { realPlace } from "../system/restore-place.ts";
import type { App } from "./app.ts";

const latin1 = (path: string): string => Buffer.from(pathBytes(path) ?? new Uint8Array()).toString("latin1");
const isWithin = (path: string, folder: string): boolean =>
  folder === "/" || path === folder || path.startsWith(`${folder}/`);

/**
 * Refuses with `bad_input` a restore into a snapshot, whose files other snapshots share, and one that deletes around one.
 *
 * Returns the real paths (Latin-1) of all that must be left alone.
 */
export async function requireOutside(
  app: App,
  root: string,
  deliveries: readonly Delivery[],
  entries: readonly Entry[],
  deletes: boolean,
  isRenamed: boolean,
): Promise<string[]> {
  const adopted = (await listSnapshots(app.db)).flatMap(({ adoptedFrom }) => adoptedFrom ?? []);
  const guarded = await Promise.all([root, ...new Set(adopted)].map(realPlace));
  for (const { base, anchor } of deliveries) {
    const at = await realPlace(base);
    for (const { path } of entries.filter((entry) => isWithin(entry.path, anchor))) {
      const below = isRenamed
        ? path.slice(path.lastIndexOf("/"))
        : path.slice(anchor === "/" ? 0 : anchor.length);
      const place = `${at === "/" ? "" : at}${below === "/" ? "" : latin1(below)}` || "/";
      refuseAmong(guarded, place, deletes);
    }
    refuseAmong(guarded, at, false);
  }
  return guarded;
}

function refuseAmong(guarded: readonly string[], place: string, deletes: boolean): void {
  for (const one of guarded) {
    const shown = pathText(Buffer.from(place, "latin1"));
    const where = pathText(Buffer.from(one, "latin1"));
    if (isWithin(place, one))
      throw badInput(
        "The place",
        shown,
        `lies in ${where}, where snapshots are: nothing may be written there.`,
      );
    if (deletes && isWithin(one, place))
      throw badInput(
        "The place",
        shown,
        `holds ${where}, where snapshots are: nothing may be deleted around them.`,
      );
  }
}

/** Of those, the paths below a folder, each with a slash before it, as rsync takes them in a pattern. */
export async function guardedBelow(guarded: readonly string[], base: string): Promise<string[]> {
  if (guarded.length === 0) return [];
  const at = await realPlace(base);
  return guarded
    .filter((one) => one !== at && isWithin(one, at))
    .map((one) => one.slice(at === "/" ? 0 : at.length))
    .map((below) => Buffer.from(below, "latin1").toString());
}
