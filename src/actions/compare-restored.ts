// Comparing what a drill has restored with the catalog, which knows nothing of the tree it came from.
import { type DrillFinding, differencesOf, type Expected } from "../domain/drill.ts";
import { type KeptTree, lookAtKept } from "../system/look-at-decoded.ts";
import { readContents } from "../system/read-contents.ts";
import type { WalkedEntry } from "../system/walked-entry.ts";
import type { App } from "./app.ts";

interface Place {
  /** The snapshot's tree, and the folder with what came of it. */
  readonly data: string;
  readonly files: string;
  /** Both keep owners, modes and kinds in attributes. */
  readonly fakeSuper: boolean;
  readonly expected: readonly Expected[];
}

/** A finding of the entry at a place of the list. */
type Found = Omit<DrillFinding, "path" | "canary"> & { readonly at: number };

/** Every way in which an entry did not come back as the catalog says, in the order of the list. */
export async function compareRestored(
  app: App,
  { data, files, fakeSuper, expected }: Place,
  stop: AbortSignal,
): Promise<Found[]> {
  const paths = expected.map(({ path }) => Buffer.from(path));
  const lookAtTree = (tree: string) => lookAt({ tree, fakeSuper }, paths, stop);
  const [restored, stored] = [await lookAtTree(files), await lookAtTree(data)];
  const digests = await digestsOf(app, files, paths, restored, stop);
  // Only root can give files away: whoever else runs this compares the owner of what is stored.
  const givesAway = fakeSuper || process.getuid?.() === 0;
  return expected.flatMap((entry, at): Found[] => {
    const key = keyOf(entry.path);
    const facts = restored.get(key);
    const source = stored.get(key);
    if (facts === undefined || source === undefined) {
      const fault = source === undefined ? "missing" : "unreadable";
      return [{ at, fault, expected: null, found: null }];
    }
    const digest = digests.get(at) ?? null;
    if (digest !== null && "error" in digest)
      return [{ at, fault: "unreadable", expected: null, found: digest.error }];
    const owner = givesAway ? facts : source;
    return differencesOf(entry, { facts, owner, digest: digest?.digest.toString("hex") ?? null }).map(
      (difference) => ({ at, ...difference }),
    );
  });
}

const keyOf = (path: Uint8Array): string => Buffer.from(path).toString("latin1");

async function lookAt(tree: KeptTree, paths: readonly Buffer[], stop: AbortSignal) {
  const found = new Map<string, WalkedEntry["facts"]>();
  const take = ({ path, facts }: WalkedEntry): void => void found.set(keyOf(path), facts);
  await lookAtKept(tree, paths, take, stop);
  return found;
}

type Content = { readonly digest: Buffer } | { readonly error: string };

async function digestsOf(
  app: App,
  files: string,
  paths: readonly Buffer[],
  restored: ReadonlyMap<string, WalkedEntry["facts"]>,
  stop: AbortSignal,
): Promise<Map<number, Content>> {
  const places = [...paths.keys()].filter(
    (at) => restored.get(keyOf(paths[at] ?? Buffer.alloc(0)))?.type === "f",
  );
  const digests = new Map<number, Content>();
  if (places.length === 0) return digests;
  const full = places.map((at) => Buffer.concat([Buffer.from(`${files}/`), paths[at] ?? Buffer.alloc(0)]));
  await readContents(
    app.hasher,
    full,
    (index, content) => {
      const at = places[index];
      if (at !== undefined) digests.set(at, content);
    },
    stop,
  );
  return digests;
}
