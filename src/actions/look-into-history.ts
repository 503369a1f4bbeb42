// Looking into a host's history through its catalog: a folder, a path over time, two snapshots side by side.
import { indexedSnapshots } from "../catalog/catalog.ts";
import { changesBetween, firstByPath } from "../catalog/compare.ts";
import { entriesIn, entryAt, pathId } from "../catalog/look-ups.ts";
import { placesOf, versionsAt } from "../catalog/path-history.ts";
import { bytesOfText, byteText } from "../catalog/path-names.ts";
import type { ChangeSummary, Entry, EntryChange, EntryVersion, Page } from "../domain/history.ts";
import { summaryOf } from "../domain/history.ts";
import { bytesBelowRoot, type HostPath, parsePlace } from "../domain/host-path.ts";
import { type NamePattern, parseNamePattern } from "../domain/name-pattern.ts";
import { pathBytes, pathText } from "../domain/path-text.ts";
import { badInput } from "../domain/problem.ts";
import { chooseSnapshot } from "../domain/snapshot-choice.ts";
import type { App } from "./app.ts";
import { missingEntry, unknownPath } from "./missing-entry.ts";
import { type History, type LookObserver, type PlacedSnapshot, withHistory } from "./open-history.ts";

/** Which part of a list is wanted. `limit` null: all of it. `after` is where the part before it ended. */
export interface PageWish {
  readonly limit: number | null;
  readonly after: string | null;
}

/** Of a folder, only names that have this in them, in any case: text of a path in which nothing stands for anything else. */
export interface ListingWish extends PageWish {
  readonly named?: string;
}

export interface Listing extends Page<Entry> {
  readonly snapshot: PlacedSnapshot;
  /** The place is a folder, and these are its entries; else it is the one entry. */
  readonly isFolder: boolean;
}

/** What lies in a folder of a snapshot, by the bytes of names; or the entry itself, when it is no folder. */
export const listEntries = async (
  app: App,
  place: HostPath,
  snapshotGiven: string,
  wish: ListingWish,
  observer?: LookObserver,
): Promise<Listing> => {
  const pattern = wish.named === undefined ? null : partOfName(wish.named);
  return withHistory(
    app,
    place.host,
    (history) => {
      const snapshot = choose(history, snapshotGiven);
      const path = bytesOf(place.path);
      const own = path.length === 0 ? null : entryAt(history.catalog, path, snapshot.seq);
      if (path.length > 0 && own === null) throw missingEntry(history, place, snapshot);
      if (own !== null && own.type !== "d")
        return { items: [{ ...own, path: fullPath(path) }], next: null, snapshot, isFolder: false };
      const entries = entriesIn(
        history.catalog,
        path,
        snapshot.seq,
        // One more than is shown tells whether there are more. -1 means all to SQL.
        wish.limit === null ? -1 : wish.limit + 1,
        wish.after === null ? undefined : nameAfter(place.path, wish.after),
        pattern,
      );
      const above = path.length === 0 ? fullPath(path) : Buffer.concat([fullPath(path), SLASH]);
      const items = entries.map(({ name, version }) => ({
        ...version,
        path: Buffer.concat([above, name]),
      }));
      return { ...pageOf(items, wish.limit, ({ path: last }) => pathText(last)), snapshot, isFolder: true };
    },
    observer,
  );
};

export interface Versions extends Page<EntryVersion> {
  /** Name of the newest snapshot, whether it has the path or not. */
  readonly newest: string;
}

/** All that ever lay at a path, newest first. */
export const listVersions = (
  app: App,
  place: HostPath,
  wish: PageWish,
  observer?: LookObserver,
): Promise<Versions> =>
  withHistory(
    app,
    place.host,
    (history) => {
      const { catalog } = history;
      const id = pathId(catalog, bytesOf(place.path));
      const versions = id === null ? [] : versionsAt(catalog, id, placesOf(catalog));
      if (versions.length === 0) throw unknownPath(history, place);
      const names = indexedSnapshots(catalog).map(({ name }) => name);
      const before = wish.after === null ? names.length : names.indexOf(choose(history, wish.after).name);
      const items = versions
        .filter(({ newest }) => newest < before)
        .map(({ oldest, newest, ...version }) => ({
          ...version,
          firstSnapshot: names[oldest] ?? "",
          lastSnapshot: names[newest] ?? "",
          snapshots: newest - oldest + 1,
        }));
      const page = pageOf(items, wish.limit, ({ firstSnapshot }) => firstSnapshot);
      return { ...page, newest: names.at(-1) ?? "" };
    },
    observer,
  );

export interface Comparison extends Page<EntryChange> {
  readonly from: PlacedSnapshot;
  readonly to: PlacedSnapshot;
  readonly summary: ChangeSummary;
}

/** What is other in the second snapshot than in the first, at a path and below it, by the bytes of paths. */
export const compareSnapshots = (
  app: App,
  place: HostPath,
  [fromGiven, toGiven]: readonly [string, string],
  wish: PageWish,
  observer?: LookObserver,
): Promise<Comparison> =>
  withHistory(
    app,
    place.host,
    (history) => {
      const { catalog } = history;
      const [from, to] = [choose(history, fromGiven), choose(history, toGiven)];
      const path = bytesOf(place.path);
      if (pathId(catalog, path) === null) throw unknownPath(history, place);
      const after =
        wish.after === null ? "" : byteText(pathBytes(parsePlace(wish.after)) ?? new Uint8Array());
      // One more than is shown tells whether there are more.
      const first = firstByPath(after, wish.limit === null ? Number.POSITIVE_INFINITY : wish.limit + 1);
      const summary = summaryOf(seen(changesBetween(catalog, from.seq, to.seq, path), first.take));
      const page = pageOf(first.sorted(), wish.limit, (last) => pathText(bytesOfText(last.path)));
      const items = page.items.map((change) => ({ ...change, path: bytesOfText(change.path) }));
      return { items, next: page.next, from, to, summary };
    },
    observer,
  );

/** The same, each shown on its way. */
function* seen<Item>(items: Iterable<Item>, show: (item: Item) => void): Generator<Item, void, undefined> {
  for (const item of items) {
    show(item);
    yield item;
  }
}

const choose = ({ context, snapshots }: History, given: string): PlacedSnapshot =>
  chooseSnapshot(context.host.name, snapshots, given, context.effective.values.timeZone);

const bytesOf = (path: string): Buffer => Buffer.from(bytesBelowRoot(path));
const SLASH = Buffer.from("/");
const fullPath = (path: Buffer): Buffer => Buffer.concat([SLASH, path]);

function partOfName(given: string): NamePattern {
  const pattern = parseNamePattern(given.replace(/[*?[]/g, "\\$&"));
  if (pattern.isOfPath) throw badInput("The part of a name", given, "has a slash, which no name has.");
  return pattern;
}

/** The name behind which a page of a folder begins: that of the last entry of the page before. */
function nameAfter(folder: string, given: string): Buffer {
  const path = parsePlace(given);
  const above = folder === "/" ? "/" : `${folder}/`;
  const name = path.startsWith(above) ? path.slice(above.length) : "";
  if (name === "" || name.includes("/")) throw badInput("--after", given, `is no entry of ${folder}.`);
  return Buffer.from(pathBytes(name) ?? new Uint8Array());
}

/** The first items of a list that may be longer. */
function pageOf<Item>(
  items: readonly Item[],
  limit: number | null,
  cursorOf: (last: Item) => string,
): Page<Item> {
  const shown = limit === null ? items : items.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown, next: shown.length < items.length && last !== undefined ? cursorOf(last) : null };
}
