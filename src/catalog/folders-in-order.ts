// Folders by the bytes of their paths, found one after the other: whoever wants the first page stops early.
import { type Catalog, ROOT_PATH } from "./catalog.ts";
import { type ByteText, byteText } from "./path-names.ts";

export interface FolderInOrder {
  readonly id: number;
  /** With a slash at both ends; the root's is one slash. */
  readonly path: ByteText;
}

interface Up {
  readonly parent: number;
  readonly name: Uint8Array | null;
}

/** Of so many folders it is quicker to read the rows of all there are. */
const MANY = 1000;

/**
 * These folders in order, from a path on.
 *
 * Only numbers are needed to know what lies below what. Names are read of the folders that are passed, and beforehand where
 * `passesAll` says that all of them will be.
 */
export function* foldersInOrder(
  catalog: Catalog,
  ids: readonly number[],
  { from, passesAll }: { readonly from: ByteText; readonly passesAll: boolean },
): Generator<FolderInOrder, void, undefined> {
  const rows = ids.length < MANY ? new Map<number, Up>() : everyFolder(catalog, passesAll);
  const ask = catalog.prepare("SELECT parent, name FROM paths WHERE id = ?");
  const up = (id: number): Up | undefined => rows.get(id) ?? (ask.get(id) as Up | undefined);
  const nameOf = (id: number): ByteText => {
    const name = rows.get(id)?.name ?? (ask.get(id) as Up | undefined)?.name;
    return name == null ? "" : byteText(name);
  };
  const wanted = new Set(ids);
  const below = childrenOf(ids, up);
  const pass = function* (folder: FolderInOrder): Generator<FolderInOrder, void, undefined> {
    if (wanted.has(folder.id) && folder.path >= from) yield folder;
    const inside = (below.get(folder.id) ?? [])
      .map((id) => ({ id, path: `${folder.path}${nameOf(id)}/` }))
      .filter(({ path }) => path >= from || from.startsWith(path));
    for (const one of inside.sort(byPath)) yield* pass(one);
  };
  yield* pass({ id: ROOT_PATH, path: "/" });
}

const byPath = (one: FolderInOrder, other: FolderInOrder): number => (one.path < other.path ? -1 : 1);

/** By a folder: those in it that are wanted, or hold one that is. */
function childrenOf(ids: readonly number[], up: (id: number) => Up | undefined): Map<number, number[]> {
  const below = new Map<number, number[]>();
  const seen = new Set<number>([ROOT_PATH]);
  for (const wanted of ids)
    for (let id = wanted; !seen.has(id); ) {
      seen.add(id);
      const row = up(id);
      // Its last name was let go a moment ago.
      if (row === undefined) break;
      const known = below.get(row.parent);
      if (known === undefined) below.set(row.parent, [id]);
      else known.push(id);
      id = row.parent;
    }
  return below;
}

/** The rows of all folders that ever had anything in them. */
function everyFolder(catalog: Catalog, withNames: boolean): Map<number, Up> {
  const rows = catalog.prepare(
    `SELECT f.id, p.parent, ${withNames ? "p.name" : "NULL"}
     FROM (SELECT DISTINCT parent AS id FROM paths) f JOIN paths p ON p.id = f.id`,
  );
  rows.setReturnArrays(true);
  const found = rows.all() as unknown as [number, number, Uint8Array | null][];
  return new Map(found.map(([id, parent, name]) => [id, { parent, name }]));
}
