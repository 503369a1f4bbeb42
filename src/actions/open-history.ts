// Opening the history of a host: its catalog, brought up to date first where that can be done.
import { type Catalog, indexedSnapshots, openCatalog } from "../catalog/catalog.ts";
import { countText } from "../domain/count-text.ts";
import { Problem } from "../domain/problem.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { catalogExists, catalogFile, requireCatalogPlace } from "../system/catalog-file.ts";
import type { App } from "./app.ts";
import { type HostContext, hostContext, rootHere } from "./host-context.ts";
import { isDamaged, syncCatalog } from "./sync-catalog.ts";

/** A complete snapshot that is in the catalog, at its place in time. */
export interface PlacedSnapshot extends Snapshot {
  readonly seq: number;
}

export interface History {
  readonly context: HostContext;
  readonly catalog: Catalog;
  /** Newest first; there is at least one. */
  readonly snapshots: readonly PlacedSnapshot[];
}

export interface LookObserver {
  /** Something that whoever waits should know. */
  readonly onNote?: (text: string) => void;
  readonly stop?: AbortSignal;
}

/**
 * Calls `look` with the history of a host, and closes it.
 *
 * A catalog that is behind is brought up to date. Where that cannot be done, on a disk that may only be read or while
 * somebody else does it, `look` gets what is in the catalog, and the note says how far behind it is. One that proves to be
 * damaged is made anew.
 *
 * Refuses with `not_configured`, `not_found` (no such host, or it has no snapshot), `root_not_mounted` or `catalog_unusable`.
 */
export async function withHistory<Result>(
  app: App,
  hostName: string,
  look: (history: History) => Result,
  observer: LookObserver = {},
): Promise<Result> {
  const context = await hostContext(app, hostName);
  const root = await rootHere(context.site);
  const complete = await listSnapshots(app.db, { hostId: context.host.id, states: ["complete"] });
  if (complete.length === 0)
    throw new Problem("not_found", `${hostName} has no snapshot yet.`, {
      hint: `Make one: pobsync backup ${hostName}`,
    });
  const lookOnce = async (): Promise<Result> => {
    const catalog = await openCurrent(app, context, root, complete, observer);
    try {
      return look({ context, catalog, snapshots: placed(catalog, complete) });
    } finally {
      catalog.close();
    }
  };
  try {
    return await lookOnce();
  } catch (error) {
    // What opening it did not show. A Problem is the answer to somebody's question.
    if (error instanceof Problem) throw error;
    const file = catalogFile(root, hostName);
    if (!isDamaged(error)) throw withReason(error, (why) => `The catalog ${file} cannot be read: ${why}.`);
    await bringUpToDate(app, context, root, observer, true).catch((failure: unknown) => {
      throw withReason(failure, (why) => damagedText(file, why));
    });
    return lookOnce();
  }
}

async function openCurrent(
  app: App,
  context: HostContext,
  root: string,
  complete: readonly Snapshot[],
  observer: LookObserver,
): Promise<Catalog> {
  const { name } = context.host;
  const file = catalogFile(root, name);
  requireCatalogPlace(file);
  const current = openForReading(file);
  if (current !== null && ask(current, () => isTrue(current, complete))) return current;
  current?.close();
  let whyNot: string | null = null;
  try {
    await bringUpToDate(app, context, root, observer, false);
  } catch (error) {
    whyNot = whyNotWritten(error);
    if (whyNot === null) throw error;
  }
  const catalog = openForReading(file);
  if (catalog === null)
    throw new Problem(
      "catalog_unusable",
      catalogExists(file)
        ? damagedText(file, `${whyNot}`)
        : `${name} has no catalog, and it cannot be made now: ${whyNot}.`,
      { hint: NOT_NOW },
    );
  const lacking = complete.length - ask(catalog, () => placed(catalog, complete).length);
  if (lacking === complete.length) {
    catalog.close();
    throw new Problem(
      "catalog_unusable",
      `None of the ${complete.length} snapshots of ${name} is in its catalog.`,
      {
        hint: `Is everything where it should be? pobsync discover-snapshots --host ${name}`,
        detail: whyNot,
      },
    );
  }
  // One that could not be indexed is passed over by whoever brings the catalog up to date.
  if (lacking > 0)
    observer.onNote?.(
      `The catalog of ${name} is behind${whyNot === null ? "" : `, ${whyNot}`}: ${lacking} of ${countText(complete.length, "snapshot")} not in it.`,
    );
  return catalog;
}

/** Null: there is none that can be read. */
function openForReading(file: string): Catalog | null {
  for (const how of ["read", "frozen"] as const)
    try {
      return openCatalog(file, how);
    } catch (error) {
      if (!(error instanceof Problem) && whyNotWritten(error) === null) throw error;
    }
  return null;
}

/** Asks something of a catalog that nobody else would close: an answer that a disk fails to give must not leave it open. */
function ask<Answer>(catalog: Catalog, question: () => Answer): Answer {
  try {
    return question();
  } catch (error) {
    catalog.close();
    throw error;
  }
}

/** Whether it has every complete snapshot, and no other. */
function isTrue(catalog: Catalog, complete: readonly Snapshot[]): boolean {
  const names = new Set(indexedSnapshots(catalog).map(({ name }) => name));
  return names.size === complete.length && complete.every(({ name }) => names.has(name));
}

/** In the order in which they are given. */
function placed(catalog: Catalog, complete: readonly Snapshot[]): PlacedSnapshot[] {
  const places = new Map(indexedSnapshots(catalog).map(({ name, seq }) => [name, seq]));
  return complete.flatMap((snapshot) => {
    const seq = places.get(snapshot.name);
    return seq === undefined ? [] : [{ ...snapshot, seq }];
  });
}

async function bringUpToDate(
  app: App,
  { host }: HostContext,
  root: string,
  { onNote, stop }: LookObserver,
  anew: boolean,
): Promise<void> {
  const { rebuilt } = await syncCatalog(app, root, host, {
    onIndexing: (_, at, of) => {
      if (at === 1) onNote?.(`Indexing ${countText(of, "snapshot")} of ${host.name} …`);
    },
    ...(stop === undefined ? {} : { stop }),
    anew,
  });
  if (rebuilt) onNote?.(`The catalog of ${host.name} was damaged and was made anew.`);
}

/** What SQLite says where it may not write, or has no room, or another process writes. */
const SQLITE_REASONS: Readonly<Record<number, string>> = {
  ...{ 5: "another process is at it", 6: "another process is at it" },
  ...{
    8: "it may not be written to",
    10: "the disk fails",
    13: "the disk is full",
    14: "it may not be written to",
  },
};

const NOT_NOW = "Try again later, or mend the backup disk. The snapshots themselves can be read as they are.";

const damagedText = (file: string, whyNot: string): string =>
  `The catalog ${file} cannot be used as it is, and it cannot be made anew now: ${whyNot}.`;

/** An error whose reason has a name, as a Problem; any other one is left as it is. */
function withReason(error: unknown, words: (why: string) => string): unknown {
  const why = error instanceof Problem ? null : whyNotWritten(error);
  if (why === null) return error;
  const detail = error instanceof Error ? error.message : null;
  return new Problem("catalog_unusable", words(why), { hint: NOT_NOW, detail, cause: error });
}

/** Why a catalog could not be brought up to date, for an error that says so. */
function whyNotWritten(error: unknown): string | null {
  const { code, errcode = 0, cause } = error as { code?: string; errcode?: number; cause?: unknown };
  const known = SQLITE_REASONS[errcode & 0xff];
  if (known !== undefined) return known;
  if (["EROFS", "EACCES", "EPERM", "EBUSY"].includes(code ?? "")) return "it may not be written to";
  if (code === "EIO") return "the disk fails";
  if (["ENOSPC", "EDQUOT"].includes(code ?? "")) return "the disk is full";
  return cause === undefined || cause === null ? null : whyNotWritten(cause);
}
